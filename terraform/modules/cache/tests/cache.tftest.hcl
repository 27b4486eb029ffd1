mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name                     = "alder-test"
  kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/test"
  production               = false
  vpc_id                   = "vpc-1"
  subnet_ids               = ["subnet-a", "subnet-b"]
  client_security_group_id = "sg-pods"
  nodes                    = 1
  password                 = "only-for-tests-0123456789"
  password_version         = 1
}

run "encrypted_and_closed" {
  assert {
    condition     = aws_elasticache_replication_group.main.transit_encryption_enabled && aws_elasticache_replication_group.main.transit_encryption_mode == "required" && aws_elasticache_replication_group.main.at_rest_encryption_enabled == "true"
    error_message = "TLS is required, and what is kept is encrypted."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.clients.referenced_security_group_id == "sg-pods" && aws_vpc_security_group_ingress_rule.clients.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.clients.to_port == 6379
    error_message = "Only pods connect."
  }
}

run "one_user_may_little" {
  assert {
    condition     = alltrue([for word in ["-@all", "~alder:*", "~rate-limit:*", "&alder:*"] : contains(split(" ", aws_elasticache_user.shop.access_string), word)]) && !can(regex("[+](@all|@dangerous|@admin|flush|keys|config)", aws_elasticache_user.shop.access_string)) && !can(regex("~[*]( |$)", aws_elasticache_user.shop.access_string))
    error_message = "The user may use the backend's keys and commands, no others."
  }

  assert {
    condition     = toset(aws_elasticache_user_group.main.user_ids) == toset([aws_elasticache_user.shop.user_id]) && output.user == "shop"
    error_message = "There is no other user."
  }
}

run "demo_has_one_node" {
  assert {
    condition     = aws_elasticache_replication_group.main.num_cache_clusters == 1 && !aws_elasticache_replication_group.main.automatic_failover_enabled && output.replication_group_id == "alder-test"
    error_message = "One node has nothing to fail over to."
  }
}

run "production_fails_over" {
  variables {
    production = true
    nodes      = 2
  }

  assert {
    condition     = aws_elasticache_replication_group.main.num_cache_clusters == 2 && aws_elasticache_replication_group.main.automatic_failover_enabled && aws_elasticache_replication_group.main.multi_az_enabled
    error_message = "The second node, in another zone, takes over."
  }
}

run "refuses_one_node_in_production" {
  command = plan

  variables {
    production = true
  }

  expect_failures = [aws_elasticache_replication_group.main]
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

run "refuses_odd_machine" {
  command = plan

  variables {
    node_type = "t4g.micro"
  }

  expect_failures = [var.node_type]
}

run "refuses_no_node" {
  command = plan

  variables {
    nodes = 0
  }

  expect_failures = [var.nodes]
}
