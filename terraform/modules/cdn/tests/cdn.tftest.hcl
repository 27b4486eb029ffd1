mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name        = "alder-test"
  production  = false
  alb         = { arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/alder-test/1", dns_name = "internal-alder-test.elb.amazonaws.com", tls = false }
  media       = { bucket = "alder-test-media", arn = "arn:aws:s3:::alder-test-media", domain = "alder-test-media.s3.eu-central-1.amazonaws.com" }
  web_acl_arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/alder-test/1"
}

run "answers_say_how_long_they_are_kept" {
  assert {
    condition     = alltrue([for policy in [aws_cloudfront_cache_policy.api, aws_cloudfront_cache_policy.storefront] : policy.min_ttl == 0 && policy.default_ttl == 0])
    error_message = "CloudFront keeps nothing that doesn't ask for it."
  }

  assert {
    condition     = one(aws_cloudfront_cache_policy.api.parameters_in_cache_key_and_forwarded_to_origin[0].headers_config[0].headers).items == toset(["Authorization", "Origin"])
    error_message = "One shopper's answers must never be given to another one."
  }

  assert {
    condition     = aws_cloudfront_cache_policy.media.default_ttl == 31536000
    error_message = "Media never change under their name."
  }
}

run "paths_find_their_origin" {
  assert {
    condition = { for behaviour in aws_cloudfront_distribution.shop.ordered_cache_behavior : behaviour.path_pattern => behaviour.target_origin_id } == {
      "/api/*" = "alb", "/robots.txt" = "alb", "/sitemap.xml" = "alb", "/health" = "alb", "/media/*" = "media"
    }
    error_message = "The backend's paths go to the load balancer, media to their bucket."
  }

  assert {
    condition     = alltrue([for behaviour in concat(aws_cloudfront_distribution.shop.default_cache_behavior, aws_cloudfront_distribution.shop.ordered_cache_behavior) : behaviour.viewer_protocol_policy == "redirect-to-https" && behaviour.response_headers_policy_id == aws_cloudfront_response_headers_policy.security.id])
    error_message = "Everything travels over TLS, with security headers."
  }

  assert {
    condition     = length(aws_cloudfront_distribution.shop.custom_error_response) == 0
    error_message = "The storefront's server falls back to index.html; CloudFront would hide the API's errors."
  }

  assert {
    condition     = aws_cloudfront_distribution.shop.http_version == "http2and3" && aws_cloudfront_distribution.shop.web_acl_id == var.web_acl_arn
    error_message = "HTTP/3, behind the web access list."
  }
}

run "origins_are_private" {
  assert {
    condition     = aws_cloudfront_vpc_origin.alb.vpc_origin_endpoint_config[0].arn == var.alb.arn && aws_cloudfront_vpc_origin.alb.vpc_origin_endpoint_config[0].origin_protocol_policy == "http-only"
    error_message = "CloudFront comes in through the network."
  }

  assert {
    condition     = aws_cloudfront_origin_access_control.media.signing_behavior == "always" && aws_cloudfront_origin_access_control.media.signing_protocol == "sigv4"
    error_message = "CloudFront signs what it asks of the bucket."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_s3_bucket_policy.media.policy).Statement : statement if statement.Effect == "Allow"
      ]) == {
      Sid       = "ThisDistributionReads", Effect = "Allow", Principal = { Service = "cloudfront.amazonaws.com" }, Action = "s3:GetObject",
      Resource  = "arn:aws:s3:::alder-test-media/media/*",
      Condition = { StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.shop.arn } }
    }
    error_message = "Only this distribution reads media, and only media."
  }

  assert {
    condition     = one([for statement in jsondecode(aws_s3_bucket_policy.media.policy).Statement : statement if statement.Effect == "Deny"]).Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "Without TLS nothing is read or written."
  }
}

run "production_has_its_name" {
  variables {
    production = true
    domain     = { name = "shop.example.com", zone_id = "Z1" }
    alb        = { arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/alder-test/1", dns_name = "internal", tls = true }
  }

  assert {
    condition     = aws_cloudfront_distribution.shop.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021" && aws_cloudfront_distribution.shop.aliases == toset(["shop.example.com"]) && aws_acm_certificate.shop["shop"].region == "us-east-1"
    error_message = "Its own name, certificate and a modern TLS."
  }

  assert {
    condition     = aws_cloudfront_vpc_origin.alb.vpc_origin_endpoint_config[0].origin_protocol_policy == "https-only" && toset(keys(aws_route53_record.shop)) == toset(["A", "AAAA"]) && output.url == "https://shop.example.com"
    error_message = "TLS up to the load balancer, and records for both families of addresses."
  }
}

run "refuses_production_without_domain" {
  command = plan

  variables {
    production = true
  }

  expect_failures = [aws_cloudfront_distribution.shop]
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "Alder"
  }

  expect_failures = [var.name]
}

run "refuses_address_as_domain" {
  command = plan

  variables {
    domain = { name = "https://shop.example.com", zone_id = "Z1" }
  }

  expect_failures = [var.domain]
}

run "refuses_unknown_price" {
  command = plan

  variables {
    price_class = "PriceClass_1"
  }

  expect_failures = [var.price_class]
}
