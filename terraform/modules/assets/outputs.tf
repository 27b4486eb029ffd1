output "bucket" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.media.id
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.media.arn
}

output "bucket_domain" {
  description = "Address of the bucket, for CloudFront."
  value       = aws_s3_bucket.media.bucket_regional_domain_name
}
