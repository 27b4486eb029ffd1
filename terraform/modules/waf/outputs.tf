output "arn" {
  description = "ARN of the web access list, for CloudFront."
  value       = aws_wafv2_web_acl.main.arn
}

output "name" {
  description = "Name of the web access list in metrics."
  value       = aws_wafv2_web_acl.main.name
}
