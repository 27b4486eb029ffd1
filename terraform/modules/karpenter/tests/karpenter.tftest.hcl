mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name         = "alder-test"
  cluster_name = "alder-test"
  cluster_arn  = "arn:aws:eks:eu-central-1:123456789012:cluster/alder-test"
  kms_key_arn  = "arn:aws:kms:eu-central-1:123456789012:key/test"
}

run "nodes_join_and_pull" {
  assert {
    condition     = aws_eks_access_entry.node.type == "EC2_LINUX" && output.node_role_name == "alder-test-karpenter-node"
    error_message = "Karpenter's nodes join with their own role."
  }

  assert {
    condition     = toset([for attachment in aws_iam_role_policy_attachment.node : basename(attachment.policy_arn)]) == toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"])
    error_message = "Nodes join and pull, nothing else."
  }
}

run "interruptions_are_heard" {
  assert {
    condition     = toset(flatten([for rule in aws_cloudwatch_event_rule.interruption : jsondecode(rule.event_pattern).source])) == toset(["aws.ec2", "aws.health"]) && length(aws_cloudwatch_event_target.interruption) == 4
    error_message = "All four kinds of news reach the queue."
  }

  assert {
    condition     = aws_sqs_queue.interruptions.kms_master_key_id == var.kms_key_arn && output.queue_name == "alder-test-karpenter"
    error_message = "The queue is encrypted and named after the environment."
  }

  assert {
    condition     = contains([for statement in jsondecode(aws_sqs_queue_policy.interruptions.policy).Statement : try(statement.Condition.Bool["aws:SecureTransport"], "")], "false")
    error_message = "Messages travel over TLS only."
  }
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "Alder"
  }

  expect_failures = [var.name]
}
