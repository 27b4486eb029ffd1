# Valkey, which speaks Redis's protocol: what replicas of the backend share. Nothing here is the only copy of anything.

resource "aws_elasticache_subnet_group" "main" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "cache" {
  name        = "${var.name}-cache"
  description = "Cache: in from the pods, nothing out"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-cache" }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  security_group_id            = aws_security_group.cache.id
  description                  = "Redis protocol from the pods"
  referenced_security_group_id = var.client_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

# The user may do what the backend does (backend/src/cache), on the backend's own keys, and nothing that looks at others.
resource "aws_elasticache_user" "shop" {
  user_id              = "${var.name}-shop"
  user_name            = "shop"
  engine               = "valkey"
  access_string        = "on ~alder:* ~rate-limit:* &alder:* -@all +@connection +publish +subscribe +unsubscribe +get +set +eval +incr +pttl +pexpire"
  passwords_wo         = var.password
  passwords_wo_version = var.password_version

  authentication_mode {
    type = "password"
  }
}

resource "aws_elasticache_user_group" "main" {
  user_group_id = var.name
  engine        = "valkey"
  user_ids      = [aws_elasticache_user.shop.user_id]
}

resource "aws_elasticache_replication_group" "main" {
  replication_group_id       = var.name
  description                = "Shared by the backend's replicas"
  engine                     = "valkey"
  engine_version             = "8.0"
  node_type                  = var.node_type
  num_cache_clusters         = var.nodes
  automatic_failover_enabled = var.nodes > 1
  multi_az_enabled           = var.nodes > 1
  port                       = 6379
  subnet_group_name          = aws_elasticache_subnet_group.main.name
  security_group_ids         = [aws_security_group.cache.id]
  user_group_ids             = [aws_elasticache_user_group.main.user_group_id]
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  at_rest_encryption_enabled = true
  kms_key_id                 = var.kms_key_arn
  auto_minor_version_upgrade = true
  maintenance_window         = "sun:04:30-sun:05:30"

  lifecycle {
    precondition {
      condition     = !var.production || var.nodes >= 2
      error_message = "Production needs a cache with two nodes."
    }
  }
}
