# The objective allows a budget of errors. An alarm is raised for the speed at which it burns, seen over a long window,
# so that a blip wakes nobody, and a short one, so that it ends when the trouble does.

locals {
  error_budget = 1 - var.availability_objective / 100

  # Speed 1 uses the budget up in exactly 30 days; 14.4 uses two per cent of it in an hour, 6 five per cent in six hours.
  burns = {
    fast = { speed = 14.4, windows = { long = 60, short = 5 }, text = "Errors use up the month's budget within two days" }
    slow = { speed = 6, windows = { long = 360, short = 30 }, text = "Errors use up the month's budget within five days" }
  }
  windows = merge([
    for burn, settings in local.burns : {
      for window, minutes in settings.windows : "${burn}-${window}" => { speed = settings.speed, minutes = minutes }
    }
  ]...)
}

resource "aws_cloudwatch_metric_alarm" "burn" {
  for_each = local.windows

  alarm_name          = "${var.name}-slo-${each.key}"
  alarm_description   = "Part of ${var.name}-slo-${split("-", each.key)[0]}-burn"
  comparison_operator = "GreaterThanThreshold"
  # Written out, since binary fractions of a plan and of an answer would differ for ever.
  threshold          = tonumber(format("%.6f", each.value.speed * local.error_budget))
  evaluation_periods = 1
  treat_missing_data = "notBreaching"

  metric_query {
    id          = "ratio"
    expression  = "IF(requests > 0, FILL(errors, 0) / requests, 0)"
    label       = "Share of errors"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = "HTTPCode_Target_5XX_Count", requests = "RequestCount" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        dimensions  = local.backend
        stat        = "Sum"
        period      = each.value.minutes * 60
      }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "burn" {
  for_each = local.burns

  alarm_name        = "${var.name}-slo-${each.key}-burn"
  alarm_description = "${each.value.text}. What to do: ${var.runbook_url}#slo-${each.key}-burn"
  alarm_rule        = join(" AND ", [for window in keys(each.value.windows) : "ALARM(\"${aws_cloudwatch_metric_alarm.burn["${each.key}-${window}"].alarm_name}\")"])
  alarm_actions     = [aws_sns_topic.alarms.arn]
  ok_actions        = [aws_sns_topic.alarms.arn]
}
