# One page that answers: is it up, is it fast, what is at its limit, what comes in.

data "aws_region" "current" {}

locals {
  region = data.aws_region.current.region

  # Rows of graphs: title, metrics as CloudWatch writes them, and the region when it is another one.
  graphs = [
    { title = "Requests", metrics = [["AWS/ApplicationELB", "RequestCount", "LoadBalancer", var.targets.load_balancer, { stat = "Sum" }]] },
    { title = "Errors", metrics = [
      ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", var.targets.load_balancer, { stat = "Sum" }],
      ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "LoadBalancer", var.targets.load_balancer, { stat = "Sum" }],
    ] },
    { title = "Time to answer (s)", metrics = [
      for statistic in ["p50", "p95", "p99"] :
      ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.targets.load_balancer, "TargetGroup", var.targets.backend, { stat = statistic }]
    ] },
    { title = "Healthy pods", metrics = [
      for name in ["backend", "frontend"] :
      ["AWS/ApplicationELB", "HealthyHostCount", "LoadBalancer", var.targets.load_balancer, "TargetGroup", var.targets[name], { stat = "Minimum", label = name }]
    ] },
    { title = "Database capacity", metrics = [["AWS/RDS", "ServerlessDatabaseCapacity", "DBClusterIdentifier", var.targets.database, { stat = "Maximum" }]] },
    { title = "Database connections", metrics = [["AWS/RDS", "DatabaseConnections", "DBClusterIdentifier", var.targets.database, { stat = "Maximum" }]] },
    { title = "Cache memory (%)", metrics = [["AWS/ElastiCache", "DatabaseMemoryUsagePercentage", "CacheClusterId", "${var.targets.cache}-001", { stat = "Maximum" }]] },
    { title = "Container restarts", metrics = [["ContainerInsights", "pod_number_of_container_restarts", "ClusterName", var.targets.cluster, { stat = "Sum" }]] },
    { title = "CloudFront: errors (%)", region = "us-east-1", metrics = [["AWS/CloudFront", "5xxErrorRate", "DistributionId", var.targets.distribution, "Region", "Global", { stat = "Average" }]] },
    { title = "WAF: refused", region = "us-east-1", metrics = [["AWS/WAFV2", "BlockedRequests", "WebACL", var.targets.web_acl, "Rule", "ALL", { stat = "Sum" }]] },
  ]
}

resource "aws_cloudwatch_dashboard" "shop" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [
      for index, graph in local.graphs : {
        type   = "metric"
        width  = 12
        height = 6
        x      = index % 2 * 12
        y      = floor(index / 2) * 6
        properties = {
          title   = graph.title
          metrics = graph.metrics
          region  = try(graph.region, local.region)
          period  = 60
          view    = "timeSeries"
        }
      }
    ]
  })
}
