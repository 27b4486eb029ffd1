# Somebody is told before the bill comes: at half, at four fifths and at all of the limit, and when a month is heading
# above it.

locals {
  notifications = {
    half     = { type = "ACTUAL", percent = 50 }
    most     = { type = "ACTUAL", percent = 80 }
    all      = { type = "ACTUAL", percent = 100 }
    forecast = { type = "FORECASTED", percent = 100 }
  }
}

resource "aws_budgets_budget" "month" {
  name         = "${var.name}-month"
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_limit)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  dynamic "notification" {
    for_each = local.notifications

    content {
      comparison_operator        = "GREATER_THAN"
      notification_type          = notification.value.type
      threshold                  = notification.value.percent
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = var.emails
    }
  }
}
