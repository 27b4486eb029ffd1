# The one door into the cluster. It has no public address; CloudFront comes in through a VPC origin. Charts bind their
# pods to the target groups made here, so that a chart can never open a door.

data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

locals {
  port = var.domain == null ? 80 : 443

  targets = {
    backend  = { port = var.backend_port, health = "/ready" }
    frontend = { port = var.frontend_port, health = "/healthz" }
  }

  # What the backend answers (backend/src/routes.rs); everything else is the storefront. Metrics and readiness stay inside.
  backend_paths = ["/api/*", "/robots.txt", "/sitemap.xml", "/health"]
}

resource "aws_security_group" "alb" {
  name        = "${var.name}-alb"
  description = "Load balancer: in from CloudFront, out to the pods"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-alb" }
}

resource "aws_vpc_security_group_ingress_rule" "cloudfront" {
  security_group_id = aws_security_group.alb.id
  description       = "CloudFront's VPC origins"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
  ip_protocol       = "tcp"
  from_port         = local.port
  to_port           = local.port
}

resource "aws_vpc_security_group_egress_rule" "pods" {
  for_each = local.targets

  security_group_id            = aws_security_group.alb.id
  description                  = "To the pods of the ${each.key}"
  referenced_security_group_id = var.pods_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "pods" {
  for_each = local.targets

  security_group_id            = var.pods_security_group_id
  description                  = "From the load balancer to the ${each.key}"
  referenced_security_group_id = aws_security_group.alb.id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_lb" "main" {
  name                       = var.name
  internal                   = true
  load_balancer_type         = "application"
  security_groups            = [aws_security_group.alb.id]
  subnets                    = var.subnet_ids
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
  # Longer than CloudFront keeps an idle connection, so that it never writes to one that is about to close.
  idle_timeout = 65
}

resource "aws_lb_target_group" "pods" {
  for_each = local.targets

  name        = "${var.name}-${each.key}"
  vpc_id      = var.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  port        = each.value.port
  # Less than the pods' grace period.
  deregistration_delay          = 20
  load_balancing_algorithm_type = "least_outstanding_requests"

  health_check {
    path                = each.value.health
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "main" {
  load_balancer_arn = aws_lb.main.arn
  port              = local.port
  protocol          = var.domain == null ? "HTTP" : "HTTPS"
  certificate_arn   = one(aws_acm_certificate_validation.shop[*].certificate_arn)
  ssl_policy        = var.domain == null ? null : "ELBSecurityPolicy-TLS13-1-2-2021-06"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.pods["frontend"].arn
  }
}

resource "aws_lb_listener_rule" "backend" {
  listener_arn = aws_lb_listener.main.arn
  priority     = 10

  condition {
    path_pattern {
      values = local.backend_paths
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.pods["backend"].arn
  }
}
