mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name = "alder-test"
}

run "known_attacks_are_refused" {
  assert {
    condition     = aws_wafv2_web_acl.main.scope == "CLOUDFRONT" && aws_wafv2_web_acl.main.region == "us-east-1"
    error_message = "CloudFront takes web access lists of us-east-1 only."
  }

  assert {
    condition     = toset([for rule in aws_wafv2_web_acl.main.rule : trimprefix(rule.name, "AWSManagedRules")]) == toset(["AmazonIpReputationList", "KnownBadInputsRuleSet", "CommonRuleSet", "SQLiRuleSet", "rate-all", "rate-sign-in"])
    error_message = "Four groups of rules that AWS maintains, and two limits."
  }

  assert {
    condition     = alltrue(flatten([for rule in aws_wafv2_web_acl.main.rule : [for action in rule.override_action : length(action.none) == 1 && length(action.count) == 0]]))
    error_message = "No group may only count."
  }
}

run "nobody_asks_too_often" {
  assert {
    condition     = { for rule in aws_wafv2_web_acl.main.rule : rule.name => rule.statement[0].rate_based_statement[0].limit if startswith(rule.name, "rate-") } == { rate-all = 3000, rate-sign-in = 300 }
    error_message = "All requests and those that sign in are limited."
  }

  assert {
    condition     = alltrue([for rule in aws_wafv2_web_acl.main.rule : length(rule.action[0].block) == 1 if startswith(rule.name, "rate-")])
    error_message = "Whoever asks too often is refused."
  }
}

run "logs_hold_no_tokens" {
  assert {
    condition     = toset(flatten([for field in aws_wafv2_web_acl_logging_configuration.main.redacted_fields : field.single_header[*].name])) == toset(["authorization", "cookie"])
    error_message = "What signs somebody in is never logged."
  }

  assert {
    condition     = aws_cloudwatch_log_group.waf.name == "aws-waf-logs-alder-test" && aws_cloudwatch_log_group.waf.retention_in_days == 30
    error_message = "WAF insists on the prefix; logs end."
  }
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "Alder"
  }

  expect_failures = [var.name]
}

run "refuses_impatience" {
  command = plan

  variables {
    requests_per_five_minutes = 50
  }

  expect_failures = [var.requests_per_five_minutes]
}

run "refuses_uncountable" {
  command = plan

  variables {
    sign_ins_per_five_minutes = 5
  }

  expect_failures = [var.sign_ins_per_five_minutes]
}
