output "arn" {
  description = "ARN of the load balancer, for CloudFront's VPC origin."
  value       = aws_lb.main.arn
}

output "arn_suffix" {
  description = "Name of the load balancer in metrics."
  value       = aws_lb.main.arn_suffix
}

output "dns_name" {
  description = "Address of the load balancer inside the network."
  value       = aws_lb.main.dns_name
}

output "target_group_arns" {
  description = "Target groups of backend and frontend, for the charts' TargetGroupBindings."
  value       = { for name, group in aws_lb_target_group.pods : name => group.arn }
}

output "target_group_arn_suffixes" {
  description = "Names of the target groups in metrics."
  value       = { for name, group in aws_lb_target_group.pods : name => group.arn_suffix }
}

output "tls" {
  description = "Whether the load balancer speaks TLS."
  value       = var.domain != null
}
