# The public face. CloudFront decides nothing by itself: how long an answer may be kept is what the answer says, and
# without a word it isn't kept. The storefront's hashed files say a year, index.html says ask, most of the API says no.

locals {
  alb_origin   = "alb"
  media_origin = "media"

  # Managed by AWS; the same in every account.
  caching_disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  all_viewer       = "216adef6-5c7f-47e4-b989-5492eafa07d3"

  # Paths that the backend answers (backend/src/routes.rs), and by which cache policy.
  backend_paths = {
    "/api/*"       = aws_cloudfront_cache_policy.api.id
    "/robots.txt"  = aws_cloudfront_cache_policy.api.id
    "/sitemap.xml" = aws_cloudfront_cache_policy.api.id
    "/health"      = local.caching_disabled
  }
  all_methods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
}

resource "aws_cloudfront_vpc_origin" "alb" {
  vpc_origin_endpoint_config {
    name                   = var.name
    arn                    = var.alb.arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = var.alb.tls ? "https-only" : "http-only"

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }
}

resource "aws_cloudfront_origin_access_control" "media" {
  name                              = "${var.name}-media"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# Answers of the API differ by question and by who asks; a signed-in shopper's answers are never another one's.
resource "aws_cloudfront_cache_policy" "api" {
  name        = "${var.name}-api"
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "whitelist"

      headers {
        items = ["Authorization", "Origin"]
      }
    }

    query_strings_config {
      query_string_behavior = "all"
    }
  }
}

# The storefront's files depend on nothing but their path.
resource "aws_cloudfront_cache_policy" "storefront" {
  name        = "${var.name}-storefront"
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "none"
    }
  }
}

# Media have names that change with their content.
resource "aws_cloudfront_cache_policy" "media" {
  name        = "${var.name}-media"
  min_ttl     = 86400
  default_ttl = 31536000
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = false
    enable_accept_encoding_gzip   = false

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "none"
    }
  }
}

# The shop sends these itself, with a content security policy that only it knows; its own win. This is for answers that
# come from elsewhere: media, and CloudFront's own errors.
resource "aws_cloudfront_response_headers_policy" "security" {
  name = "${var.name}-security"

  security_headers_config {
    content_type_options {
      override = false
    }

    frame_options {
      frame_option = "DENY"
      override     = false
    }

    referrer_policy {
      referrer_policy = "strict-origin-when-cross-origin"
      override        = false
    }

    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = true
      override                   = true
    }
  }
}

resource "aws_cloudfront_distribution" "shop" {
  comment         = var.name
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  price_class     = var.price_class
  web_acl_id      = var.web_acl_arn
  aliases         = var.domain == null ? [] : [var.domain.name]

  origin {
    origin_id   = local.alb_origin
    domain_name = var.alb.dns_name

    vpc_origin_config {
      vpc_origin_id            = aws_cloudfront_vpc_origin.alb.id
      origin_read_timeout      = 30
      origin_keepalive_timeout = 60
    }
  }

  origin {
    origin_id                = local.media_origin
    domain_name              = var.media.domain
    origin_access_control_id = aws_cloudfront_origin_access_control.media.id
  }

  default_cache_behavior {
    target_origin_id           = local.alb_origin
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD", "OPTIONS"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = aws_cloudfront_cache_policy.storefront.id
    origin_request_policy_id   = local.all_viewer
    response_headers_policy_id = aws_cloudfront_response_headers_policy.security.id
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.backend_paths

    content {
      path_pattern               = ordered_cache_behavior.key
      target_origin_id           = local.alb_origin
      viewer_protocol_policy     = "redirect-to-https"
      allowed_methods            = local.all_methods
      cached_methods             = ["GET", "HEAD"]
      compress                   = true
      cache_policy_id            = ordered_cache_behavior.value
      origin_request_policy_id   = local.all_viewer
      response_headers_policy_id = aws_cloudfront_response_headers_policy.security.id
    }
  }

  ordered_cache_behavior {
    path_pattern               = "/media/*"
    target_origin_id           = local.media_origin
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = aws_cloudfront_cache_policy.media.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.security.id
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    # CloudFront's own certificate allows no better minimum; production has a domain.
    cloudfront_default_certificate = var.domain == null
    acm_certificate_arn            = one(aws_acm_certificate_validation.shop[*].certificate_arn)
    ssl_support_method             = var.domain == null ? null : "sni-only"
    minimum_protocol_version       = var.domain == null ? "TLSv1" : "TLSv1.2_2021"
  }

  lifecycle {
    precondition {
      condition     = !var.production || var.domain != null
      error_message = "Production needs a domain, for a certificate that refuses old versions of TLS."
    }
  }
}

resource "aws_s3_bucket_policy" "media" {
  bucket = var.media.bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "ThisDistributionReads"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = "s3:GetObject"
        Resource  = "${var.media.arn}/media/*"
        Condition = { StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.shop.arn } }
      },
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [var.media.arn, "${var.media.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}
