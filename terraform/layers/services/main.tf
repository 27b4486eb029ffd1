# What the shop uses: database, cache, media, secrets, the way in from the internet, and who watches.

locals {
  name       = "${var.project}-${var.environment}"
  production = var.environment == "prod"
  platform   = { for fact, parameter in data.aws_ssm_parameter.platform : fact => nonsensitive(parameter.value) }
}

data "aws_ssm_parameter" "platform" {
  for_each = toset([
    "kms-key-arn", "vpc-id", "database-subnet-ids", "cluster-name", "pods-security-group-id", "alb-arn", "alb-arn-suffix",
    "alb-dns-name", "alb-tls", "target-group-backend-metrics-name", "target-group-frontend-metrics-name",
  ])

  name = "/${local.name}/platform/${each.key}"
}

module "database" {
  source = "../../modules/database"

  name                     = local.name
  kms_key_arn              = local.platform.kms-key-arn
  production               = local.production
  vpc_id                   = local.platform.vpc-id
  subnet_ids               = split(",", local.platform.database-subnet-ids)
  client_security_group_id = local.platform.pods-security-group-id
  capacity                 = var.database.capacity
  instances                = var.database.instances
  backup_days              = var.database.backup_days
  deletion_protection      = var.database.deletion_protection
}

# Known to the cache and to the backend's secret, and to nobody else.
ephemeral "random_password" "redis" {
  length  = 48
  special = false
}

module "cache" {
  source = "../../modules/cache"

  name                     = local.name
  kms_key_arn              = local.platform.kms-key-arn
  production               = local.production
  vpc_id                   = local.platform.vpc-id
  subnet_ids               = split(",", local.platform.database-subnet-ids)
  client_security_group_id = local.platform.pods-security-group-id
  node_type                = var.cache.node_type
  nodes                    = var.cache.nodes
  password                 = ephemeral.random_password.redis.result
  password_version         = var.secret_versions.redis
}

module "secrets" {
  source = "../../modules/secrets"

  name           = local.name
  kms_key_arn    = local.platform.kms-key-arn
  versions       = var.secret_versions
  database       = { host = module.database.endpoint, port = module.database.port, name = module.database.database }
  redis          = { host = module.cache.endpoint, port = 6379, user = module.cache.user }
  redis_password = ephemeral.random_password.redis.result
}

module "assets" {
  source = "../../modules/assets"

  name        = local.name
  kms_key_arn = local.platform.kms-key-arn
}

module "waf" {
  source = "../../modules/waf"

  name = local.name
}

module "cdn" {
  source = "../../modules/cdn"

  name        = local.name
  production  = local.production
  alb         = { arn = local.platform.alb-arn, dns_name = local.platform.alb-dns-name, tls = tobool(local.platform.alb-tls) }
  media       = { bucket = module.assets.bucket, arn = module.assets.bucket_arn, domain = module.assets.bucket_domain }
  web_acl_arn = module.waf.arn
  domain      = var.domain
  price_class = var.price_class
}

module "observability" {
  source = "../../modules/observability"

  name        = local.name
  kms_key_arn = local.platform.kms-key-arn
  emails      = var.emails
  runbook_url = var.runbook_url
  targets = {
    load_balancer     = local.platform.alb-arn-suffix
    backend           = local.platform.target-group-backend-metrics-name
    frontend          = local.platform.target-group-frontend-metrics-name
    cluster           = local.platform.cluster-name
    database          = module.database.cluster_identifier
    database_capacity = var.database.capacity.max
    cache             = module.cache.replication_group_id
    distribution      = module.cdn.distribution_id
    web_acl           = module.waf.name
  }
}

# Administrators' pictures are the only thing the backend writes outside its database.
module "backend" {
  source = "../../modules/pod-identity"

  name            = local.name
  cluster_name    = local.platform.cluster-name
  namespace       = var.shop_namespace
  service_account = "backend"
  statements = [
    {
      Sid      = "KeepMedia"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
      Resource = "${module.assets.bucket_arn}/media/*"
    },
    {
      Sid      = "EncryptMedia"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = local.platform.kms-key-arn
    },
  ]
}

check "somebody_is_told" {
  assert {
    condition     = !local.production || length(var.emails) > 0
    error_message = "Nobody hears of alarms: production needs an address in emails."
  }
}
