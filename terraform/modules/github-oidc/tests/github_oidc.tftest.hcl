mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name                = "alder-test"
  environment         = "demo"
  repository          = "example/shop"
  push_images         = true
  state_bucket_arn    = "arn:aws:s3:::state"
  state_kms_key_arn   = "arn:aws:kms:eu-central-1:123456789012:key/state"
  ecr_repository_arns = ["arn:aws:ecr:eu-central-1:123456789012:repository/alder/backend"]
}

run "each_role_believes_its_subjects" {
  assert {
    condition = {
      for purpose, role in aws_iam_role.workflow : purpose => jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"]
      } == {
      plan       = ["repo:example/shop:pull_request", "repo:example/shop:environment:demo-plan"]
      apply      = ["repo:example/shop:environment:demo"]
      ops-read   = ["repo:example/shop:environment:demo-ops-read"]
      ops-write  = ["repo:example/shop:environment:demo-ops-write"]
      image-push = ["repo:example/shop:ref:refs/heads/main"]
    }
    error_message = "A role trusts another subject than it should."
  }

  assert {
    condition = alltrue([
      for role in aws_iam_role.workflow :
      jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
      && length(jsondecode(role.assume_role_policy).Statement) == 1
      && role.max_session_duration <= 3600
    ])
    error_message = "A role must be meant for AWS, trust nobody else, and last at most an hour."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.workflow : startswith(role.name, "alder-test-github-")])
    error_message = "Roles must be named after the environment; the apply role's limits depend on it."
  }
}

run "roles_may_little" {
  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.workflow : [
        for statement in jsondecode(policy.policy).Statement :
        statement.Effect == "Deny" || !contains(statement.Action, "*") && alltrue([for action in statement.Action : !endswith(action, ":*")])
      ]
    ]))
    error_message = "No statement may allow all actions, or all of a service."
  }

  assert {
    condition     = contains(jsondecode(aws_iam_role_policy.workflow["plan"].policy).Statement[0].Action, "secretsmanager:GetSecretValue") && jsondecode(aws_iam_role_policy.workflow["plan"].policy).Statement[0].Effect == "Deny"
    error_message = "A pull request must never read a secret."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.workflow["image-push"].policy).Statement :
      statement.Action == ["ecr:GetAuthorizationToken"] || try(tolist(statement.Resource), []) == var.ecr_repository_arns
    ])
    error_message = "Images may be pushed to the given repositories only."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.workflow["ops-read"].policy).Statement :
      alltrue([for action in statement.Action : can(regex("^[a-z-]+:(Get|List|Describe|Filter|StartQuery|StopQuery)", action))])
    ])
    error_message = "The reading role may only read."
  }

  assert {
    condition     = { for purpose, attachment in aws_iam_role_policy_attachment.workflow : purpose => basename(attachment.policy_arn) } == { plan = "ReadOnlyAccess", apply = "PowerUserAccess" }
    error_message = "Only plan and apply have a managed policy, and none is an administrator's."
  }

  assert {
    condition     = anytrue([for statement in jsondecode(aws_iam_role_policy.workflow["apply"].policy).Statement : statement.Effect == "Deny" && statement.Resource == "arn:aws:iam::123456789012:role/alder-test-github-*"])
    error_message = "The apply role must not change the roles of workflows."
  }
}

run "nobody_pushes_where_no_images_are" {
  variables {
    push_images         = false
    ecr_repository_arns = []
  }

  assert {
    condition     = !contains(keys(aws_iam_role.workflow), "image-push")
    error_message = "There must be no role to push images with."
  }
}

run "second_environment_of_an_account" {
  variables {
    create_provider = false
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "An account has one provider."
  }
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "a"
  }

  expect_failures = [var.name]
}

run "refuses_unknown_environment" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}

run "refuses_address_as_repository" {
  command = plan

  variables {
    repository = "https://github.com/example/shop"
  }

  expect_failures = [var.repository]
}
