# Who is told, and of what. Each alarm's key is the heading of its runbook.

data "aws_caller_identity" "current" {}

locals {
  load_balancer = { LoadBalancer = var.targets.load_balancer }
  backend       = { LoadBalancer = var.targets.load_balancer, TargetGroup = var.targets.backend }
  frontend      = { LoadBalancer = var.targets.load_balancer, TargetGroup = var.targets.frontend }
  database      = { DBClusterIdentifier = var.targets.database }
  cache         = { CacheClusterId = "${var.targets.cache}-001" }
  cluster       = { ClusterName = var.targets.cluster }

  # Symptoms first, then what usually causes them. `missing` is what no data means: an idle shop has no requests.
  alarms = {
    backend-slow = {
      namespace = "AWS/ApplicationELB", metric = "TargetResponseTime", dimensions = local.backend, statistic = "p99"
      above     = var.latency_objective_seconds, minutes = 5, of = 3, missing = "notBreaching"
      text      = "One answer in a hundred takes longer than ${var.latency_objective_seconds} s"
    }
    backend-unhealthy = {
      namespace = "AWS/ApplicationELB", metric = "UnHealthyHostCount", dimensions = local.backend, statistic = "Maximum"
      above     = 0, minutes = 1, of = 5, missing = "notBreaching"
      text      = "A backend pod answers /ready with an error"
    }
    backend-gone = {
      namespace = "AWS/ApplicationELB", metric = "HealthyHostCount", dimensions = local.backend, statistic = "Minimum"
      below     = 1, minutes = 1, of = 3, missing = "breaching"
      text      = "No backend pod is healthy"
    }
    frontend-gone = {
      namespace = "AWS/ApplicationELB", metric = "HealthyHostCount", dimensions = local.frontend, statistic = "Minimum"
      below     = 1, minutes = 1, of = 3, missing = "breaching"
      text      = "No storefront pod is healthy"
    }
    door-errors = {
      namespace = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", dimensions = local.load_balancer, statistic = "Sum"
      above     = 20, minutes = 5, of = 2, missing = "notBreaching"
      text      = "The load balancer itself answers with errors"
    }
    pods-restart = {
      namespace = "ContainerInsights", metric = "pod_number_of_container_restarts", dimensions = local.cluster, statistic = "Sum"
      above     = 5, minutes = 15, of = 1, missing = "notBreaching"
      text      = "Containers restart again and again"
    }
    nodes-failed = {
      namespace = "ContainerInsights", metric = "cluster_failed_node_count", dimensions = local.cluster, statistic = "Maximum"
      above     = 0, minutes = 5, of = 2, missing = "notBreaching"
      text      = "A node has failed"
    }
    database-busy = {
      namespace = "AWS/RDS", metric = "CPUUtilization", dimensions = local.database, statistic = "Average"
      above     = 80, minutes = 5, of = 3, missing = "notBreaching"
      text      = "The database computes at its limit"
    }
    database-capacity = {
      namespace = "AWS/RDS", metric = "ServerlessDatabaseCapacity", dimensions = local.database, statistic = "Maximum"
      above     = var.targets.database_capacity * 0.9, minutes = 5, of = 3, missing = "notBreaching"
      text      = "The database has nearly all the capacity it may have"
    }
    database-connections = {
      namespace = "AWS/RDS", metric = "DatabaseConnections", dimensions = local.database, statistic = "Maximum"
      above     = 150, minutes = 5, of = 2, missing = "notBreaching"
      text      = "More connections than all replicas' pools should need"
    }
    database-lag = {
      namespace = "AWS/RDS", metric = "AuroraReplicaLagMaximum", dimensions = local.database, statistic = "Maximum"
      above     = 1000, minutes = 5, of = 2, missing = "notBreaching"
      text      = "The standby is more than a second behind"
    }
    cache-busy = {
      namespace = "AWS/ElastiCache", metric = "EngineCPUUtilization", dimensions = local.cache, statistic = "Average"
      above     = 80, minutes = 5, of = 3, missing = "notBreaching"
      text      = "The cache computes at its limit"
    }
    cache-full = {
      namespace = "AWS/ElastiCache", metric = "DatabaseMemoryUsagePercentage", dimensions = local.cache, statistic = "Maximum"
      above     = 85, minutes = 5, of = 3, missing = "notBreaching"
      text      = "The cache is nearly full"
    }
  }
}

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AlarmsOfThisAccount"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alarms.arn
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alarms.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "emails" {
  for_each = toset(var.emails)

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "alarm" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.text}. What to do: ${var.runbook_url}#${each.key}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator = can(each.value.below) ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = try(each.value.below, each.value.above)
  period              = each.value.minutes * 60
  evaluation_periods  = each.value.of
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
