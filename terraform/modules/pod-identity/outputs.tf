output "role_arn" {
  description = "ARN of the pods' role."
  value       = aws_iam_role.pods.arn
}

output "account" {
  description = "Namespace and service account of the pods, as <namespace>/<service account>."
  value       = "${aws_eks_pod_identity_association.pods.namespace}/${aws_eks_pod_identity_association.pods.service_account}"
}
