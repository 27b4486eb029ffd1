mock_provider "aws" {
  source = "../../tests/mocks"
}

# Terraform can't mock ephemeral values; the provider makes real ones, which are thrown away.
provider "random" {}

variables {
  name           = "alder-test"
  kms_key_arn    = "arn:aws:kms:eu-central-1:123456789012:key/test"
  versions       = { database = 1, redis = 2, signing = 3 }
  database       = { host = "db.internal", port = 5432, name = "shop" }
  redis          = { host = "cache.internal", port = 6379, user = "shop" }
  redis_password = "only-for-tests-0123456789"
}

run "no_value_is_stored" {
  assert {
    condition = alltrue([
      for version in [aws_secretsmanager_secret_version.signing, aws_secretsmanager_secret_version.database, aws_secretsmanager_secret_version.database_migrate, aws_secretsmanager_secret_version.redis] :
      version.secret_string_wo == null
    ])
    error_message = "Values are write-only: the state must not hold them."
  }

  assert {
    condition     = aws_secretsmanager_secret_version.database.secret_string_wo_version == 1 && aws_secretsmanager_secret_version.database_migrate.secret_string_wo_version == 1 && aws_secretsmanager_secret_version.redis.secret_string_wo_version == 2 && aws_secretsmanager_secret_version.signing.secret_string_wo_version == 3
    error_message = "Each group of secrets is made anew by its own version."
  }
}

run "users_have_secrets_of_their_own" {
  assert {
    condition     = output.names == { signing = "alder-test/signing", database = "alder-test/database", database-migrate = "alder-test/database-migrate", redis = "alder-test/redis" }
    error_message = "Secrets are named after the environment; the operator of secrets may read only those."
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.secret : secret.kms_key_id == var.kms_key_arn && secret.recovery_window_in_days == 7])
    error_message = "Secrets are encrypted with the environment's key, and a deleted one can be brought back."
  }
}

run "everything_travels_by_tls" {
  command = plan

  assert {
    condition     = local.addresses.redis == "rediss://shop:%s@cache.internal:6379"
    error_message = "The cache is reached by TLS, as the backend's user."
  }

  assert {
    condition     = alltrue([for role in ["app", "migrate"] : contains(values(local.addresses), "postgres://shop_${role}:%s@db.internal:5432/shop?sslmode=require")])
    error_message = "The database is reached by TLS, as a role for each purpose."
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

run "refuses_version_zero" {
  command = plan

  variables {
    versions = { database = 0, redis = 1, signing = 1 }
  }

  expect_failures = [var.versions]
}

run "refuses_deletion_for_good" {
  command = plan

  variables {
    recovery_days = 0
  }

  expect_failures = [var.recovery_days]
}
