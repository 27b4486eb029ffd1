output "bucket" {
  description = "Name of the bucket, for `terraform init -backend-config=bucket=…`."
  value       = aws_s3_bucket.state.id
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.state.arn
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts the state."
  value       = aws_kms_key.state.arn
}
