# Secrets under the names of the backend's variables. Their values are made here, travel to Secrets Manager as write-only
# arguments and are never in a plan or in the state. The External Secrets operator brings them into the cluster.

locals {
  secrets = {
    signing          = "Signs access tokens and payment events"
    database         = "How the backend reaches the database"
    database-migrate = "How the migration reaches the database"
    redis            = "How the backend reaches the cache"
  }

  # With %s for the passwords, so that nothing keeps tests from reading them: all of them ask for TLS.
  addresses = {
    database         = "postgres://shop_app:%s@${var.database.host}:${var.database.port}/${var.database.name}?sslmode=require"
    database-migrate = "postgres://shop_migrate:%s@${var.database.host}:${var.database.port}/${var.database.name}?sslmode=require"
    redis            = "rediss://${var.redis.user}:%s@${var.redis.host}:${var.redis.port}"
  }
}

resource "aws_secretsmanager_secret" "secret" {
  for_each = local.secrets

  name                    = "${var.name}/${each.key}"
  description             = each.value
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.recovery_days
}

# Letters and digits only, so that they need no escaping in an address: 48 of them have 285 bits.
ephemeral "random_password" "value" {
  for_each = toset(["jwt", "webhook", "app", "migrate"])

  length  = 48
  special = false
}

resource "aws_secretsmanager_secret_version" "signing" {
  secret_id = aws_secretsmanager_secret.secret["signing"].id
  secret_string_wo = jsonencode({
    JWT_SECRET             = ephemeral.random_password.value["jwt"].result
    PAYMENT_WEBHOOK_SECRET = ephemeral.random_password.value["webhook"].result
  })
  secret_string_wo_version = var.versions.signing
}

resource "aws_secretsmanager_secret_version" "database" {
  secret_id = aws_secretsmanager_secret.secret["database"].id
  secret_string_wo = jsonencode({
    DATABASE_URL = format(local.addresses.database, ephemeral.random_password.value["app"].result)
  })
  secret_string_wo_version = var.versions.database
}

resource "aws_secretsmanager_secret_version" "database_migrate" {
  secret_id = aws_secretsmanager_secret.secret["database-migrate"].id
  secret_string_wo = jsonencode({
    DATABASE_URL = format(local.addresses.database-migrate, ephemeral.random_password.value["migrate"].result)
  })
  secret_string_wo_version = var.versions.database
}

resource "aws_secretsmanager_secret_version" "redis" {
  secret_id = aws_secretsmanager_secret.secret["redis"].id
  secret_string_wo = jsonencode({
    REDIS_URL = format(local.addresses.redis, var.redis_password)
  })
  secret_string_wo_version = var.versions.redis
}
