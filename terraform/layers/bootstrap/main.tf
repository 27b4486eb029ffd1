# What must be there before a workflow can do anything. An administrator applies it, once and after changes.

locals {
  name = "${var.project}-${var.environment}"
}

module "state" {
  source = "../../modules/state"

  name = local.name
}

module "ecr" {
  source = "../../modules/ecr"

  name             = var.project
  repositories     = var.image_repositories
  pull_account_ids = var.image_pull_account_ids
}

module "github_oidc" {
  source = "../../modules/github-oidc"

  name                = local.name
  environment         = var.environment
  repository          = var.repository
  create_provider     = var.owns_account
  state_bucket_arn    = module.state.bucket_arn
  state_kms_key_arn   = module.state.kms_key_arn
  push_images         = length(var.image_repositories) > 0
  ecr_repository_arns = module.ecr.repository_arns
}

module "budget" {
  source = "../../modules/budget"

  name          = local.name
  monthly_limit = var.monthly_budget
  emails        = var.emails
}

# No bucket of this account is ever public, whoever makes it.
resource "aws_s3_account_public_access_block" "account" {
  count = var.owns_account ? 1 : 0

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_ebs_encryption_by_default" "account" {
  count   = var.owns_account ? 1 : 0
  enabled = true
}
