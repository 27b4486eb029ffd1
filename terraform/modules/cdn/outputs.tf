output "distribution_id" {
  description = "The distribution, for invalidations and metrics."
  value       = aws_cloudfront_distribution.shop.id
}

output "url" {
  description = "Address of the shop, for the backend's PUBLIC_URL."
  value       = "https://${var.domain == null ? aws_cloudfront_distribution.shop.domain_name : var.domain.name}"
}
