mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name                     = "alder-test"
  kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/test"
  production               = false
  vpc_id                   = "vpc-1"
  subnet_ids               = ["subnet-a", "subnet-b", "subnet-c"]
  client_security_group_id = "sg-pods"
  capacity                 = { min = 0, max = 2, seconds_until_auto_pause = 1800 }
  instances                = 1
  backup_days              = 1
  deletion_protection      = false
}

run "encrypted_and_closed" {
  assert {
    condition     = aws_rds_cluster.main.storage_encrypted && aws_rds_cluster.main.kms_key_id == var.kms_key_arn && aws_rds_cluster.main.cluster_identifier == "alder-test"
    error_message = "The database is encrypted with the environment's key and named after it."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.clients.referenced_security_group_id == "sg-pods" && aws_vpc_security_group_ingress_rule.clients.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.clients.to_port == 5432
    error_message = "Only pods connect."
  }

  assert {
    condition     = alltrue([for instance in aws_rds_cluster_instance.main : !instance.publicly_accessible])
    error_message = "No instance has a public address."
  }

  assert {
    condition     = contains([for parameter in aws_rds_cluster_parameter_group.main.parameter : "${parameter.name}=${parameter.value}"], "rds.force_ssl=1")
    error_message = "Connections without TLS are refused."
  }
}

run "nobody_knows_the_master" {
  assert {
    condition     = aws_rds_cluster.main.manage_master_user_password && aws_rds_cluster.main.master_password == null && aws_rds_cluster.main.master_user_secret_kms_key_id == var.kms_key_arn
    error_message = "RDS makes and keeps the master's password."
  }
}

run "demo_sleeps" {
  assert {
    condition     = aws_rds_cluster.main.serverlessv2_scaling_configuration[0].min_capacity == 0 && aws_rds_cluster.main.serverlessv2_scaling_configuration[0].max_capacity == 2 && aws_rds_cluster.main.serverlessv2_scaling_configuration[0].seconds_until_auto_pause == 1800
    error_message = "Idle, it pauses after half an hour; at most it has two units."
  }

  assert {
    condition     = length(aws_rds_cluster_instance.main) == 1 && aws_rds_cluster.main.skip_final_snapshot
    error_message = "Demo is cheap and can be thrown away."
  }
}

run "production_survives" {
  variables {
    production          = true
    capacity            = { min = 0.5, max = 16 }
    instances           = 2
    backup_days         = 14
    deletion_protection = true
  }

  assert {
    condition     = length(aws_rds_cluster_instance.main) == 2 && aws_rds_cluster.main.deletion_protection && !aws_rds_cluster.main.skip_final_snapshot && aws_rds_cluster.main.backup_retention_period == 14
    error_message = "Two instances, protected, backed up, and a last snapshot."
  }

  assert {
    condition     = aws_rds_cluster_parameter_group.main.family == "aurora-postgresql17"
    error_message = "The parameters belong to the engine's major version."
  }
}

run "refuses_a_production_that_can_be_lost" {
  command = plan

  variables {
    production = true
    capacity   = { min = 0.5, max = 16 }
  }

  expect_failures = [aws_rds_cluster.main]
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

run "refuses_one_zone" {
  command = plan

  variables {
    subnet_ids = ["subnet-a"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_old_engine" {
  command = plan

  variables {
    engine_version = "15.4"
  }

  expect_failures = [var.engine_version]
}

run "refuses_least_above_most" {
  command = plan

  variables {
    capacity = { min = 4, max = 2 }
  }

  expect_failures = [var.capacity]
}

run "refuses_pause_without_sleep" {
  command = plan

  variables {
    capacity = { min = 0.5, max = 2, seconds_until_auto_pause = 300 }
  }

  expect_failures = [var.capacity]
}

run "refuses_no_instance" {
  command = plan

  variables {
    instances = 0
  }

  expect_failures = [var.instances]
}

run "refuses_no_backup" {
  command = plan

  variables {
    backup_days = 0
  }

  expect_failures = [var.backup_days]
}
