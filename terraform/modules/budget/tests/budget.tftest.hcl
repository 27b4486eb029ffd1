mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name          = "alder-test"
  monthly_limit = 250
  emails        = ["operations@example.com"]
}

run "somebody_is_told_in_time" {
  assert {
    condition     = aws_budgets_budget.month.name == "alder-test-month" && aws_budgets_budget.month.limit_amount == "250" && aws_budgets_budget.month.limit_unit == "USD"
    error_message = "The limit must be the given one, in dollars."
  }

  assert {
    condition     = sort([for notice in aws_budgets_budget.month.notification : "${notice.notification_type} ${notice.threshold}"]) == tolist(["ACTUAL 100", "ACTUAL 50", "ACTUAL 80", "FORECASTED 100"])
    error_message = "Half, four fifths, all and the forecast are told."
  }

  assert {
    condition     = alltrue([for notice in aws_budgets_budget.month.notification : contains(notice.subscriber_email_addresses, "operations@example.com")])
    error_message = "Every notice must reach somebody."
  }
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "-"
  }

  expect_failures = [var.name]
}

run "refuses_no_money" {
  command = plan

  variables {
    monthly_limit = 0
  }

  expect_failures = [var.monthly_limit]
}

run "refuses_nobody" {
  command = plan

  variables {
    emails = []
  }

  expect_failures = [var.emails]
}
