# Aurora PostgreSQL, Serverless v2. The master's password is RDS's own secret and is used only to make the two users of
# the shop (see scripts/delivery/database-roles.sh): one that migrates, one that reads and writes.

resource "aws_db_subnet_group" "main" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "database" {
  name        = "${var.name}-database"
  description = "Database: in from the pods, nothing out"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-database" }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL from the pods"
  referenced_security_group_id = var.client_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_rds_cluster_parameter_group" "main" {
  name        = var.name
  family      = "aurora-postgresql${split(".", var.engine_version)[0]}"
  description = "TLS for everybody; slow statements are logged"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "500"
  }

  parameter {
    name  = "log_lock_waits"
    value = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_rds_cluster" "main" {
  cluster_identifier              = var.name
  engine                          = "aurora-postgresql"
  engine_mode                     = "provisioned"
  engine_version                  = var.engine_version
  database_name                   = "shop"
  master_username                 = "master"
  manage_master_user_password     = true
  master_user_secret_kms_key_id   = var.kms_key_arn
  storage_encrypted               = true
  kms_key_id                      = var.kms_key_arn
  db_subnet_group_name            = aws_db_subnet_group.main.name
  vpc_security_group_ids          = [aws_security_group.database.id]
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.main.name
  # The Data API makes the users without a way into the network.
  enable_http_endpoint                = true
  iam_database_authentication_enabled = true
  backup_retention_period             = var.backup_days
  preferred_backup_window             = "02:00-03:00"
  preferred_maintenance_window        = "sun:03:30-sun:04:30"
  copy_tags_to_snapshot               = true
  deletion_protection                 = var.deletion_protection
  skip_final_snapshot                 = !var.production
  final_snapshot_identifier           = var.production ? "${var.name}-final" : null
  enabled_cloudwatch_logs_exports     = ["postgresql"]
  performance_insights_enabled        = true
  performance_insights_kms_key_id     = var.kms_key_arn

  serverlessv2_scaling_configuration {
    min_capacity             = var.capacity.min
    max_capacity             = var.capacity.max
    seconds_until_auto_pause = var.capacity.seconds_until_auto_pause
  }

  lifecycle {
    # Minor versions move by themselves.
    ignore_changes = [engine_version]

    precondition {
      condition     = !var.production || (var.instances >= 2 && var.deletion_protection && var.backup_days >= 14 && var.capacity.min > 0)
      error_message = "Production needs two instances, deletion protection, backups of 14 days and a database that never pauses."
    }
  }
}

resource "aws_rds_cluster_instance" "main" {
  count = var.instances

  identifier                      = "${var.name}-${count.index}"
  cluster_identifier              = aws_rds_cluster.main.id
  engine                          = aws_rds_cluster.main.engine
  engine_version                  = aws_rds_cluster.main.engine_version_actual
  instance_class                  = "db.serverless"
  auto_minor_version_upgrade      = true
  publicly_accessible             = false
  performance_insights_enabled    = true
  performance_insights_kms_key_id = var.kms_key_arn
  promotion_tier                  = count.index

  lifecycle {
    ignore_changes = [engine_version]
  }
}

resource "aws_cloudwatch_log_group" "postgresql" {
  name              = "/aws/rds/cluster/${var.name}/postgresql"
  retention_in_days = 30
  kms_key_id        = var.kms_key_arn
}
