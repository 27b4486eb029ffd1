output "cluster_name" {
  description = "Name of the cluster."
  value       = aws_eks_cluster.main.name
}

output "cluster_arn" {
  description = "ARN of the cluster."
  value       = aws_eks_cluster.main.arn
}

output "cluster_endpoint" {
  description = "Address of the cluster's API."
  value       = aws_eks_cluster.main.endpoint
}

output "cluster_security_group_id" {
  description = "Security group of nodes and pods."
  value       = aws_eks_cluster.main.vpc_config[0].cluster_security_group_id
}
