mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name        = "alder-test"
  kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/test"
  emails      = ["operations@example.com"]
  runbook_url = "https://example.com/operations"
  targets = {
    load_balancer = "app/alder-test/1", backend = "targetgroup/backend/1", frontend = "targetgroup/frontend/1", cluster = "alder-test"
    database      = "alder-test", database_capacity = 2, cache = "alder-test", distribution = "E1", web_acl = "alder-test"
  }
}

run "somebody_is_told_and_knows_what_to_do" {
  assert {
    condition     = alltrue([for key, alarm in aws_cloudwatch_metric_alarm.alarm : endswith(alarm.alarm_description, "https://example.com/operations#${key}") && alarm.alarm_name == "alder-test-${key}" && alarm.alarm_actions == toset([aws_sns_topic.alarms.arn])])
    error_message = "Every alarm tells somebody, and names its runbook."
  }

  assert {
    condition     = alltrue([for key, alarm in aws_cloudwatch_composite_alarm.burn : endswith(alarm.alarm_description, "#slo-${key}-burn") && alarm.alarm_actions == toset([aws_sns_topic.alarms.arn])])
    error_message = "So does the objective."
  }

  assert {
    condition     = aws_sns_topic_subscription.emails["operations@example.com"].protocol == "email" && aws_sns_topic.alarms.kms_master_key_id == var.kms_key_arn
    error_message = "Alarms arrive by e-mail and are encrypted on their way."
  }

  assert {
    condition     = length(output.alarms) == length(aws_cloudwatch_metric_alarm.alarm) + 2
    error_message = "The list of alarms, which the runbooks are checked against, must be complete."
  }
}

run "silence_is_bad_only_where_pods_should_be" {
  assert {
    condition     = toset([for key, alarm in aws_cloudwatch_metric_alarm.alarm : key if alarm.treat_missing_data == "breaching"]) == toset(["backend-gone", "frontend-gone"])
    error_message = "An idle shop is no alarm; a shop without pods is."
  }
}

run "the_budget_burns_at_two_speeds" {
  assert {
    condition     = { for key, alarm in aws_cloudwatch_metric_alarm.burn : key => alarm.threshold } == { fast-long = 0.0144, fast-short = 0.0144, slow-long = 0.006, slow-short = 0.006 }
    error_message = "14.4 and 6 times the budget of 0.1 per cent."
  }

  assert {
    condition     = { for key, alarm in aws_cloudwatch_metric_alarm.burn : key => max([for query in alarm.metric_query : query.metric[0].period if length(query.metric) > 0]...) } == { fast-long = 3600, fast-short = 300, slow-long = 21600, slow-short = 1800 }
    error_message = "A long and a short window each."
  }

  assert {
    condition     = aws_cloudwatch_composite_alarm.burn["fast"].alarm_rule == "ALARM(\"alder-test-slo-fast-long\") AND ALARM(\"alder-test-slo-fast-short\")"
    error_message = "Both windows must burn."
  }
}

run "the_dashboard_shows_the_shop" {
  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.shop.dashboard_body).widgets) == 10 && alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.shop.dashboard_body).widgets : length(widget.properties.metrics) > 0])
    error_message = "Ten graphs, none empty."
  }
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "Alder"
  }

  expect_failures = [var.name]
}

run "refuses_key_id" {
  command = plan

  variables {
    kms_key_arn = "1"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_no_address" {
  command = plan

  variables {
    emails = ["nobody"]
  }

  expect_failures = [var.emails]
}

run "refuses_plain_runbook" {
  command = plan

  variables {
    runbook_url = "http://example.com"
  }

  expect_failures = [var.runbook_url]
}

run "refuses_perfection" {
  command = plan

  variables {
    availability_objective = 100
  }

  expect_failures = [var.availability_objective]
}

run "refuses_no_time" {
  command = plan

  variables {
    latency_objective_seconds = 0
  }

  expect_failures = [var.latency_objective_seconds]
}
