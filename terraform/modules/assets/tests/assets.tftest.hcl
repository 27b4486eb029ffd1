mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name        = "alder-test"
  kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/test"
}

run "private_and_encrypted" {
  assert {
    condition     = aws_s3_bucket.media.bucket == "alder-test-media-123456789012"
    error_message = "The bucket's name must be the prefix, what it is, and the account."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.media.block_public_acls, aws_s3_bucket_public_access_block.media.block_public_policy,
      aws_s3_bucket_public_access_block.media.ignore_public_acls, aws_s3_bucket_public_access_block.media.restrict_public_buckets,
    ])
    error_message = "No picture is public but through CloudFront."
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.media.rule).apply_server_side_encryption_by_default[0].kms_master_key_id == var.kms_key_arn && aws_s3_bucket_ownership_controls.media.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "Media are encrypted with the environment's key and belong to it."
  }

  assert {
    condition     = aws_s3_bucket_versioning.media.versioning_configuration[0].status == "Enabled" && one(aws_s3_bucket_lifecycle_configuration.media.rule).noncurrent_version_expiration[0].noncurrent_days == 30
    error_message = "What was overwritten can be brought back for a month."
  }

  assert {
    condition     = length(aws_s3_bucket_cors_configuration.media) == 0
    error_message = "No page may upload unless it is named."
  }
}

run "named_pages_upload" {
  variables {
    upload_origins = ["https://shop.example.com"]
  }

  assert {
    condition     = one(aws_s3_bucket_cors_configuration.media[0].cors_rule).allowed_origins == toset(["https://shop.example.com"]) && one(aws_s3_bucket_cors_configuration.media[0].cors_rule).allowed_methods == toset(["PUT"])
    error_message = "Exactly the named pages put pictures."
  }
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "Alder"
  }

  expect_failures = [var.name]
}

run "refuses_key_id" {
  command = plan

  variables {
    kms_key_arn = "1"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_any_page" {
  command = plan

  variables {
    upload_origins = ["https://*.example.com"]
  }

  expect_failures = [var.upload_origins]
}
