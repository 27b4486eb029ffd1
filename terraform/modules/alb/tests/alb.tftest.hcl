mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name                   = "alder-test"
  vpc_id                 = "vpc-1"
  subnet_ids             = ["subnet-a", "subnet-b"]
  pods_security_group_id = "sg-pods"
  deletion_protection    = false
}

run "only_cloudfront_comes_in" {
  assert {
    condition     = aws_lb.main.internal && aws_lb.main.name == "alder-test" && aws_lb.main.drop_invalid_header_fields
    error_message = "The load balancer has no public address and drops headers that no browser sends."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.cloudfront.prefix_list_id == "pl-cloudfront" && aws_vpc_security_group_ingress_rule.cloudfront.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.cloudfront.to_port == 80
    error_message = "Only CloudFront's addresses reach the listener's port."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_egress_rule.pods : rule.referenced_security_group_id == "sg-pods" && rule.cidr_ipv4 == null && rule.cidr_ipv6 == null])
    error_message = "The load balancer reaches the pods and nothing else."
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.pods : rule.from_port]) == toset([4000, 8080])
    error_message = "Two ports of the pods are open to the load balancer."
  }
}

run "paths_find_their_pods" {
  assert {
    condition     = toset(flatten([for condition in aws_lb_listener_rule.backend.condition : [for pattern in condition.path_pattern : pattern.values]])) == toset(["/api/*", "/robots.txt", "/sitemap.xml", "/health"])
    error_message = "The backend answers the API, what it makes for search engines, and whether it lives."
  }

  assert {
    condition     = aws_lb_target_group.pods["backend"].health_check[0].path == "/ready" && aws_lb_target_group.pods["backend"].port == 4000 && aws_lb_target_group.pods["frontend"].health_check[0].path == "/healthz"
    error_message = "Pods that aren't ready get no requests."
  }

  assert {
    condition     = alltrue([for group in aws_lb_target_group.pods : group.target_type == "ip"])
    error_message = "Pods are targets by address."
  }
}

run "with_a_domain_it_speaks_tls" {
  variables {
    domain = { name = "shop.example.com", zone_id = "Z1" }
  }

  assert {
    condition     = aws_lb_listener.main.protocol == "HTTPS" && aws_lb_listener.main.port == 443 && startswith(aws_lb_listener.main.ssl_policy, "ELBSecurityPolicy-TLS13") && output.tls
    error_message = "TLS 1.2 or better, on 443."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.cloudfront.from_port == 443
    error_message = "Port 80 is closed then."
  }
}

run "production_is_protected" {
  variables {
    deletion_protection = true
  }

  assert {
    condition     = aws_lb.main.enable_deletion_protection
    error_message = "The load balancer must refuse to be deleted."
  }
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "Alder"
  }

  expect_failures = [var.name]
}

run "refuses_one_zone" {
  command = plan

  variables {
    subnet_ids = ["subnet-a"]
  }

  expect_failures = [var.subnet_ids]
}
