output "vpc_id" {
  description = "The network."
  value       = aws_vpc.main.id
}

output "private_subnet_ids" {
  description = "Subnets of nodes, pods and the load balancer, one a zone."
  value       = [for subnet in aws_subnet.private : subnet.id]
}

output "database_subnet_ids" {
  description = "Subnets without a way out, one a zone."
  value       = [for subnet in aws_subnet.database : subnet.id]
}
