# What CloudFront refuses before it asks the shop. Web access lists of CloudFront live in us-east-1.

locals {
  region = "us-east-1"

  # In order of price: the cheapest verdict first. `count` names rules that only count: the API accepts bodies of up to
  # its own limit, and refuses larger ones itself.
  managed = {
    AWSManagedRulesAmazonIpReputationList = { priority = 10, count = [] }
    AWSManagedRulesKnownBadInputsRuleSet  = { priority = 11, count = [] }
    AWSManagedRulesCommonRuleSet          = { priority = 12, count = ["SizeRestrictions_BODY"] }
    AWSManagedRulesSQLiRuleSet            = { priority = 13, count = [] }
  }

  rates = {
    all     = { priority = 20, limit = var.requests_per_five_minutes, path = "/" }
    sign-in = { priority = 21, limit = var.sign_ins_per_five_minutes, path = "/api/auth/" }
  }
}

resource "aws_wafv2_web_acl" "main" {
  region = local.region
  name   = var.name
  scope  = "CLOUDFRONT"

  default_action {
    allow {}
  }

  dynamic "rule" {
    for_each = local.managed

    content {
      name     = rule.key
      priority = rule.value.priority

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          name        = rule.key
          vendor_name = "AWS"

          dynamic "rule_action_override" {
            for_each = rule.value.count

            content {
              name = rule_action_override.value

              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-${rule.key}"
        sampled_requests_enabled   = true
      }
    }
  }

  dynamic "rule" {
    for_each = local.rates

    content {
      name     = "rate-${rule.key}"
      priority = rule.value.priority

      action {
        block {}
      }

      statement {
        rate_based_statement {
          limit                 = rule.value.limit
          aggregate_key_type    = "IP"
          evaluation_window_sec = 300

          scope_down_statement {
            byte_match_statement {
              positional_constraint = "STARTS_WITH"
              search_string         = rule.value.path

              field_to_match {
                uri_path {}
              }

              text_transformation {
                priority = 0
                type     = "NORMALIZE_PATH"
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-rate-${rule.key}"
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = true
  }
}

resource "aws_cloudwatch_log_group" "waf" {
  region = local.region
  # WAF insists on the prefix.
  name              = "aws-waf-logs-${var.name}"
  retention_in_days = 30
}

resource "aws_wafv2_web_acl_logging_configuration" "main" {
  region                  = local.region
  resource_arn            = aws_wafv2_web_acl.main.arn
  log_destination_configs = [aws_cloudwatch_log_group.waf.arn]

  # Tokens and cookies sign somebody in.
  dynamic "redacted_fields" {
    for_each = ["authorization", "cookie"]

    content {
      single_header {
        name = redacted_fields.value
      }
    }
  }

  # Who was let through is of no interest here.
  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }

      condition {
        action_condition {
          action = "COUNT"
        }
      }
    }
  }
}
