output "endpoint" {
  description = "Address of the writer."
  value       = aws_rds_cluster.main.endpoint
}

output "port" {
  description = "Port of the database."
  value       = 5432
}

output "database" {
  description = "Name of the shop's database."
  value       = aws_rds_cluster.main.database_name
}

output "cluster_identifier" {
  description = "Name of the cluster, for metrics and for parking it."
  value       = aws_rds_cluster.main.cluster_identifier
}

output "cluster_arn" {
  description = "ARN of the cluster, for the Data API."
  value       = aws_rds_cluster.main.arn
}

output "master_secret_arn" {
  description = "RDS's own secret with the master's password."
  value       = one(aws_rds_cluster.main.master_user_secret[*].secret_arn)
}
