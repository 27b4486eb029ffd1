# Rights of the controllers that ArgoCD installs, each limited to this environment.

# It only binds pods to target groups that exist: it makes no load balancer and opens no security group.
module "load_balancer_controller" {
  source = "../../modules/pod-identity"

  name            = local.name
  cluster_name    = module.eks.cluster_name
  namespace       = "kube-system"
  service_account = "aws-load-balancer-controller"
  statements = [
    {
      Sid    = "Look"
      Effect = "Allow"
      Action = [
        "ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
        "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
        "elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTags",
      ]
      Resource = "*"
    },
    {
      Sid      = "BindPods"
      Effect   = "Allow"
      Action   = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
      Resource = values(module.alb.target_group_arns)
    },
  ]
}

locals {
  # The group of the log in which CloudWatch finds metrics: the exporter names it after their namespace.
  metrics_log = "arn:aws:logs:${var.region}:${local.account}:log-group:/metrics/AlderShop"

  # The collector hands traces to X-Ray, which knows no resources, and metrics to CloudWatch by lines of a log.
  collector_statements = [
    {
      Sid    = "HandTracesOver"
      Effect = "Allow"
      Action = [
        "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets",
        "xray:GetSamplingStatisticSummaries",
      ]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = var.region } }
    },
    {
      Sid      = "WriteMetrics"
      Effect   = "Allow"
      Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = [local.metrics_log, "${local.metrics_log}:*"]
    },
  ]
}

module "collector" {
  source = "../../modules/pod-identity"

  name            = local.name
  cluster_name    = module.eks.cluster_name
  namespace       = "observability"
  service_account = "collector"
  statements      = local.collector_statements
}

module "external_secrets" {
  source = "../../modules/pod-identity"

  name            = local.name
  cluster_name    = module.eks.cluster_name
  namespace       = "external-secrets"
  service_account = "external-secrets"
  statements = [
    {
      Sid      = "ReadSecretsOfThisEnvironment"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
      Resource = "arn:aws:secretsmanager:${var.region}:${local.account}:secret:${local.name}/*"
    },
    {
      Sid      = "DecryptThem"
      Effect   = "Allow"
      Action   = ["kms:Decrypt"]
      Resource = aws_kms_key.main.arn
    },
  ]
}
