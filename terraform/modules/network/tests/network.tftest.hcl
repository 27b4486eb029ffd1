mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name        = "alder-test"
  kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/test"
  production  = false
  nat         = "single"
}

run "three_tiers_in_three_zones" {
  assert {
    condition     = length(aws_subnet.public) == 3 && length(aws_subnet.private) == 3 && length(aws_subnet.database) == 3
    error_message = "Each tier has a subnet in three zones."
  }

  assert {
    condition     = aws_vpc.main.cidr_block == "10.0.0.0/16" && length(distinct([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private), values(aws_subnet.database)) : subnet.cidr_block])) == 9
    error_message = "Nine ranges of 10.0.0.0/16."
  }

  assert {
    condition     = alltrue([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private), values(aws_subnet.database)) : subnet.map_public_ip_on_launch != true])
    error_message = "No machine gets a public address by itself."
  }

  assert {
    condition     = aws_subnet.private["eu-central-1a"].tags["karpenter.sh/discovery"] == "alder-test"
    error_message = "Karpenter finds its subnets by a tag."
  }
}

run "the_database_has_no_way_out" {
  assert {
    condition     = !contains(concat([aws_route.internet.route_table_id], [for route in aws_route.nat : route.route_table_id]), aws_route_table.database.id)
    error_message = "No route leaves the database's subnets."
  }

  assert {
    condition     = alltrue([for association in aws_route_table_association.database : association.route_table_id == aws_route_table.database.id])
    error_message = "Every database subnet uses the table without routes."
  }

  assert {
    condition     = !contains(aws_vpc_endpoint.s3.route_table_ids, aws_route_table.database.id)
    error_message = "The database doesn't reach S3 either."
  }
}

run "what_nobody_named_is_closed" {
  assert {
    condition     = length(coalesce(aws_default_security_group.locked.ingress, [])) == 0 && length(coalesce(aws_default_security_group.locked.egress, [])) == 0
    error_message = "The default security group must have no rule."
  }
}

run "connections_are_recorded" {
  assert {
    condition     = aws_flow_log.main.traffic_type == "ALL" && aws_cloudwatch_log_group.flow.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.flow.retention_in_days == 30
    error_message = "All connections are recorded, encrypted, for a limited time."
  }
}

run "one_gateway_for_demo" {
  assert {
    condition     = length(aws_nat_gateway.main) == 1 && length(aws_route.nat) == 3
    error_message = "One gateway serves three zones."
  }
}

run "a_gateway_a_zone_for_production" {
  variables {
    production = true
    nat        = "per-az"
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 3 && alltrue([for zone, route in aws_route.nat : route.nat_gateway_id == aws_nat_gateway.main[zone].id])
    error_message = "Each zone has its own gateway."
  }
}

run "no_gateway_when_none_is_wanted" {
  variables {
    nat = "none"
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 0 && length(aws_route.nat) == 0 && length(aws_eip.nat) == 0
    error_message = "Without NAT nothing of it may cost money."
  }
}

run "refuses_one_gateway_in_production" {
  command = plan

  variables {
    production = true
  }

  expect_failures = [aws_vpc.main]
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
    kms_key_arn = "1234"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_small_network" {
  command = plan

  variables {
    vpc_cidr = "10.0.0.0/24"
  }

  expect_failures = [var.vpc_cidr]
}

run "refuses_unknown_nat" {
  command = plan

  variables {
    nat = "two"
  }

  expect_failures = [var.nat]
}

run "refuses_odd_retention" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}
