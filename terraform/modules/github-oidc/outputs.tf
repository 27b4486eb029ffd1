output "role_arns" {
  description = "Roles by what they are for: plan, apply, ops-read, ops-write, and image-push where images are kept."
  value       = { for purpose, role in aws_iam_role.workflow : purpose => role.arn }
}
