output "state_bucket" {
  description = "Bucket for envs/<environment>/backend.hcl."
  value       = module.state.bucket
}

output "role_arns" {
  description = "Roles of the workflows, for the variables of the GitHub environments."
  value       = module.github_oidc.role_arns
}

output "image_repositories" {
  description = "Addresses of the images' repositories."
  value       = module.ecr.repository_urls
}
