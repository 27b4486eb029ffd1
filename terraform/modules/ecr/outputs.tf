output "repository_urls" {
  description = "Addresses to push to and pull from, by image."
  value       = { for name, repository in aws_ecr_repository.image : name => repository.repository_url }
}

output "repository_arns" {
  description = "ARNs of the repositories."
  value       = [for repository in aws_ecr_repository.image : repository.arn]
}
