output "endpoint" {
  description = "Address of the cache."
  value       = aws_elasticache_replication_group.main.primary_endpoint_address
}

output "user" {
  description = "Name of the shop's user."
  value       = aws_elasticache_user.shop.user_name
}

output "replication_group_id" {
  description = "Name of the cache in metrics."
  value       = aws_elasticache_replication_group.main.replication_group_id
}
