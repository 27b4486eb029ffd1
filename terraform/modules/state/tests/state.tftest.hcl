mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name = "alder-test"
}

run "state_is_private_and_encrypted" {
  assert {
    condition     = aws_s3_bucket.state.bucket == "alder-test-state-123456789012"
    error_message = "The bucket's name must be the prefix, what it is, and the account."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.state.block_public_acls, aws_s3_bucket_public_access_block.state.block_public_policy,
      aws_s3_bucket_public_access_block.state.ignore_public_acls, aws_s3_bucket_public_access_block.state.restrict_public_buckets,
    ])
    error_message = "Nothing of the state may be public."
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.state.rule).apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms"
    error_message = "The state must be encrypted with its own key."
  }

  assert {
    condition     = aws_kms_key.state.enable_key_rotation
    error_message = "The key must rotate."
  }

  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled"
    error_message = "A broken state must be recoverable from an older version."
  }
}

run "only_tls_reaches_the_state" {
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_s3_bucket_policy.state.policy).Statement :
      statement.Effect == "Deny" && statement.Principal == "*" && statement.Action == "s3:*"
    ])
    error_message = "The policy may only deny, and must deny everybody."
  }

  assert {
    condition     = contains([for statement in jsondecode(aws_s3_bucket_policy.state.policy).Statement : try(statement.Condition.Bool["aws:SecureTransport"], "")], "false")
    error_message = "Requests without TLS must be denied."
  }
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "Alder_Test"
  }

  expect_failures = [var.name]
}
