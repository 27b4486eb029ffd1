# A name of one's own. CloudFront takes certificates of us-east-1 only. The record that proves the name is the same for
# every certificate of an account; the load balancer's module makes it.

locals {
  domains = var.domain == null ? {} : { shop = var.domain }
}

resource "aws_acm_certificate" "shop" {
  for_each = local.domains

  region            = "us-east-1"
  domain_name       = each.value.name
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_acm_certificate_validation" "shop" {
  count = length(local.domains)

  region          = "us-east-1"
  certificate_arn = aws_acm_certificate.shop["shop"].arn
}

resource "aws_route53_record" "shop" {
  for_each = { for type in ["A", "AAAA"] : type => var.domain if var.domain != null }

  zone_id = each.value.zone_id
  name    = each.value.name
  type    = each.key

  alias {
    name                   = aws_cloudfront_distribution.shop.domain_name
    zone_id                = aws_cloudfront_distribution.shop.hosted_zone_id
    evaluate_target_health = false
  }
}
