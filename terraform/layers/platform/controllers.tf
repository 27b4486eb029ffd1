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
