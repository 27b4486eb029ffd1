output "role_arn" {
  description = "ARN of the pods' role."
  value       = aws_iam_role.pods.arn
}
