mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  environment        = "demo"
  region             = "eu-central-1"
  account_id         = "123456789012"
  repository         = "example/shop"
  image_repositories = ["backend", "frontend"]
  monthly_budget     = 100
  emails             = ["operations@example.com"]
}

run "first_environment_of_an_account" {
  assert {
    condition     = length(aws_s3_account_public_access_block.account) == 1 && contains(keys(output.role_arns), "image-push") && toset(keys(output.image_repositories)) == toset(["backend", "frontend"])
    error_message = "It blocks public access and keeps the images."
  }

  assert {
    condition     = toset([for parameter in aws_ssm_parameter.fact : parameter.name]) == toset(["/alder-demo/bootstrap/role-apply", "/alder-demo/bootstrap/role-ops-read", "/alder-demo/bootstrap/role-ops-write"])
    error_message = "The platform reads these."
  }
}

run "second_environment_of_an_account" {
  variables {
    environment        = "prod"
    owns_account       = false
    image_repositories = []
  }

  assert {
    condition     = length(aws_s3_account_public_access_block.account) == 0 && !contains(keys(output.role_arns), "image-push")
    error_message = "What an account has once is the first one's."
  }
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
