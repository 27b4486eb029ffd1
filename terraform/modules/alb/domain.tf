# TLS between CloudFront and the load balancer. CloudFront passes the shop's name on, so that is the name certified.

resource "aws_acm_certificate" "shop" {
  count = var.domain == null ? 0 : 1

  domain_name       = var.domain.name
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

# The same record proves the certificate of CloudFront.
resource "aws_route53_record" "proof" {
  count = var.domain == null ? 0 : 1

  zone_id = var.domain.zone_id
  name    = one(aws_acm_certificate.shop[0].domain_validation_options).resource_record_name
  type    = one(aws_acm_certificate.shop[0].domain_validation_options).resource_record_type
  records = [one(aws_acm_certificate.shop[0].domain_validation_options).resource_record_value]
  ttl     = 300
}

resource "aws_acm_certificate_validation" "shop" {
  count = var.domain == null ? 0 : 1

  certificate_arn         = aws_acm_certificate.shop[0].arn
  validation_record_fqdns = [aws_route53_record.proof[0].fqdn]
}
