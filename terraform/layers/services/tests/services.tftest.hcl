mock_provider "aws" {
  source = "../../tests/mocks"
}

# Terraform can't mock ephemeral values; the provider makes real ones, which are thrown away.
provider "random" {}

variables {
  environment = "demo"
  region      = "eu-central-1"
  account_id  = "123456789012"
  database    = { capacity = { min = 0, max = 2, seconds_until_auto_pause = 600 }, instances = 1, backup_days = 1, deletion_protection = false }
  cache       = { node_type = "cache.t4g.micro", nodes = 1 }
  emails      = ["operations@example.com"]
  runbook_url = "https://example.com/operations"
}

override_data {
  target = data.aws_ssm_parameter.platform["alb-tls"]
  values = { value = "true" }
}

override_data {
  target = data.aws_ssm_parameter.platform["kms-key-arn"]
  values = { value = "arn:aws:kms:eu-central-1:123456789012:key/test" }
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

run "refuses_production_that_tells_nobody" {
  command = plan

  variables {
    environment = "prod"
    database    = { capacity = { min = 0.5, max = 16 }, instances = 2, backup_days = 14, deletion_protection = true }
    cache       = { node_type = "cache.t4g.small", nodes = 2 }
    domain      = { name = "shop.example.com", zone_id = "Z1" }
    emails      = []
  }

  expect_failures = [check.somebody_is_told]
}
