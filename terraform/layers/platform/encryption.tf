# One key for what the environment stores.

data "aws_caller_identity" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id

  # Services that use the key for resources of this account.
  key_users = {
    Logs = {
      service   = "logs.${var.region}.amazonaws.com"
      condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${var.region}:${local.account}:log-group:*" } }
    }
    Alarms = {
      service   = "cloudwatch.amazonaws.com"
      condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }
    Events = {
      service   = "events.amazonaws.com"
      condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }
    Media = {
      service   = "cloudfront.amazonaws.com"
      condition = { ArnLike = { "aws:SourceArn" = "arn:aws:cloudfront::${local.account}:distribution/*" } }
    }
  }
}

resource "aws_kms_key" "main" {
  description             = "What ${local.name} stores"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "AccountDecides"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      }],
      [for user, grant in local.key_users : {
        Sid       = user
        Effect    = "Allow"
        Principal = { Service = grant.service }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = grant.condition
      }],
    )
  })
}

resource "aws_kms_alias" "main" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.main.key_id
}
