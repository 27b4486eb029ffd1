output "node_role_name" {
  description = "Role of Karpenter's nodes, for its EC2NodeClass."
  value       = aws_iam_role.node.name
}

output "queue_name" {
  description = "Queue with interruptions, for Karpenter's settings."
  value       = aws_sqs_queue.interruptions.name
}
