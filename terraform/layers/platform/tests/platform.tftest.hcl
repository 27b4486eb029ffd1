mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  environment             = "demo"
  region                  = "eu-central-1"
  account_id              = "123456789012"
  nat                     = "single"
  kubernetes_version      = "1.35"
  api_allowed_cidrs       = []
  administrator_role_arns = ["arn:aws:iam::123456789012:role/administrators"]
}

run "refuses_bad_project" {
  command = plan

  variables {
    project = "Alder shop"
  }

  expect_failures = [var.project]
}

run "refuses_unknown_environment" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}

run "refuses_zone_as_region" {
  command = plan

  variables {
    region = "eu-central-1a"
  }

  expect_failures = [var.region]
}

run "refuses_account_name" {
  command = plan

  variables {
    account_id = "alder"
  }

  expect_failures = [var.account_id]
}

run "refuses_cluster_without_administrator" {
  command = plan

  variables {
    administrator_role_arns = []
  }

  expect_failures = [var.administrator_role_arns]
}

run "refuses_production_without_tls_to_the_door" {
  command = plan

  variables {
    environment = "prod"
    nat         = "per-az"
  }

  expect_failures = [check.door]
}

run "lets_collector_hand_over_and_nothing_else" {
  command = plan

  assert {
    condition = alltrue([
      for statement in local.collector_statements : alltrue([
        for action in statement.Action : can(regex("^(xray:(Put|GetSampling)|logs:(Create|Describe|Put)Log)", action))
      ])
    ])
    error_message = "The collector may do more than hand over traces and metrics."
  }

  assert {
    condition = alltrue([
      for statement in local.collector_statements : statement.Sid == "HandTracesOver" || alltrue([
        for resource in flatten([statement.Resource]) : can(regex(":log-group:/metrics/AlderShop(:\\*)?$", resource))
      ])
    ])
    error_message = "The collector may write to other logs than that of the metrics."
  }

  assert {
    condition     = module.collector.account == "observability/collector"
    error_message = "The collector's pods have no rights."
  }
}
