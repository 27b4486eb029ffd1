mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name            = "alder-test"
  cluster_name    = "alder-test"
  namespace       = "shop"
  service_account = "backend"
  statements      = [{ Sid = "Read", Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::media/*" }]
}

run "one_service_account_takes_the_role" {
  assert {
    condition     = aws_iam_role.pods.name == "alder-test-backend" && aws_eks_pod_identity_association.pods.namespace == "shop" && aws_eks_pod_identity_association.pods.service_account == "backend"
    error_message = "The role belongs to one service account and is named after it."
  }

  assert {
    condition     = jsondecode(aws_iam_role.pods.assume_role_policy).Statement == [{ Effect = "Allow", Principal = { Service = "pods.eks.amazonaws.com" }, Action = ["sts:AssumeRole", "sts:TagSession"] }]
    error_message = "Only pods take the role."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.pods.policy).Statement[0].Action == ["s3:GetObject"]
    error_message = "The role may do what was given."
  }
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "X"
  }

  expect_failures = [var.name]
}

run "refuses_every_action" {
  command = plan

  variables {
    statements = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  }

  expect_failures = [var.statements]
}
