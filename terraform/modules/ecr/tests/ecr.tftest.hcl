mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name             = "alder"
  repositories     = ["backend", "frontend"]
  pull_account_ids = ["210987654321"]
}

run "images_never_change" {
  assert {
    condition     = alltrue([for repository in aws_ecr_repository.image : repository.image_tag_mutability == "IMMUTABLE" && repository.image_scanning_configuration[0].scan_on_push && repository.encryption_configuration[0].encryption_type == "KMS"])
    error_message = "Repositories must be immutable, scanned and encrypted."
  }

  assert {
    condition     = toset([for repository in aws_ecr_repository.image : repository.name]) == toset(["alder/backend", "alder/frontend"])
    error_message = "Repositories are named after the project."
  }

  assert {
    condition     = [for rule in jsondecode(aws_ecr_lifecycle_policy.image["backend"].policy).rules : rule.selection.countNumber] == [7, 50]
    error_message = "Untagged images go after a week, and 50 stay."
  }
}

run "other_accounts_only_pull" {
  assert {
    condition = alltrue([
      for action in jsondecode(aws_ecr_repository_policy.image["backend"].policy).Statement[0].Action : can(regex("Get|Check", action))
    ]) && jsondecode(aws_ecr_repository_policy.image["backend"].policy).Statement[0].Principal.AWS == ["arn:aws:iam::210987654321:root"]
    error_message = "Exactly the named accounts pull, and do nothing else."
  }
}

run "no_images_no_key" {
  variables {
    repositories = []
  }

  assert {
    condition     = length(aws_kms_key.images) == 0
    error_message = "A key without images costs money for nothing."
  }
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "A"
  }

  expect_failures = [var.name]
}

run "refuses_bad_repository" {
  command = plan

  variables {
    repositories = ["Backend"]
  }

  expect_failures = [var.repositories]
}

run "refuses_short_history" {
  command = plan

  variables {
    kept_images = 3
  }

  expect_failures = [var.kept_images]
}

run "refuses_bad_account" {
  command = plan

  variables {
    pull_account_ids = ["1"]
  }

  expect_failures = [var.pull_account_ids]
}
