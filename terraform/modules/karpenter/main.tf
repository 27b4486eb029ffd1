# What Karpenter needs from AWS: rights for itself, a role for its nodes, and news of machines about to be taken away.
# Which nodes it makes is in the platform chart.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.region
  ec2     = "arn:aws:ec2:${local.region}"
  owned   = { StringEquals = { "aws:ResourceTag/kubernetes.io/cluster/${var.cluster_name}" = "owned" }, StringLike = { "aws:ResourceTag/karpenter.sh/nodepool" = "*" } }
  tagged  = { StringEquals = { "aws:RequestTag/kubernetes.io/cluster/${var.cluster_name}" = "owned" }, StringLike = { "aws:RequestTag/karpenter.sh/nodepool" = "*" } }
}

resource "aws_iam_role" "node" {
  name = "${var.name}-karpenter-node"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each = toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"])

  role       = aws_iam_role.node.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_eks_access_entry" "node" {
  cluster_name  = var.cluster_name
  principal_arn = aws_iam_role.node.arn
  type          = "EC2_LINUX"
}

module "controller" {
  source = "../pod-identity"

  name            = var.name
  cluster_name    = var.cluster_name
  namespace       = var.namespace
  service_account = "karpenter"
  statements = [
    {
      Sid    = "Look"
      Effect = "Allow"
      Action = [
        "ec2:DescribeCapacityReservations", "ec2:DescribeImages", "ec2:DescribeInstances",
        "ec2:DescribeInstanceStatus", "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplates", "ec2:DescribeSecurityGroups", "ec2:DescribeSpotPriceHistory",
        "ec2:DescribeSubnets", "pricing:GetProducts",
      ]
      Resource = "*"
    },
    {
      Sid      = "ReadImageNames"
      Effect   = "Allow"
      Action   = ["ssm:GetParameter"]
      Resource = "arn:aws:ssm:${local.region}::parameter/aws/service/*"
    },
    {
      Sid    = "UseNetworkAndImages"
      Effect = "Allow"
      Action = ["ec2:RunInstances", "ec2:CreateFleet"]
      Resource = [
        "${local.ec2}::image/*", "${local.ec2}::snapshot/*", "${local.ec2}:*:security-group/*", "${local.ec2}:*:subnet/*",
        "${local.ec2}:*:capacity-reservation/*",
      ]
    },
    {
      Sid       = "UseOwnTemplates"
      Effect    = "Allow"
      Action    = ["ec2:RunInstances", "ec2:CreateFleet"]
      Resource  = "${local.ec2}:*:launch-template/*"
      Condition = local.owned
    },
    {
      Sid    = "MakeTaggedMachines"
      Effect = "Allow"
      Action = ["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"]
      Resource = [
        for kind in ["fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request"] :
        "${local.ec2}:*:${kind}/*"
      ]
      Condition = local.tagged
    },
    {
      Sid    = "TagWhatItMakes"
      Effect = "Allow"
      Action = ["ec2:CreateTags"]
      Resource = [
        for kind in ["fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request"] :
        "${local.ec2}:*:${kind}/*"
      ]
      Condition = merge(local.tagged, {
        StringEquals = merge(local.tagged.StringEquals, { "ec2:CreateAction" = ["RunInstances", "CreateFleet", "CreateLaunchTemplate"] })
      })
    },
    {
      Sid       = "TagOwnMachines"
      Effect    = "Allow"
      Action    = ["ec2:CreateTags"]
      Resource  = "${local.ec2}:*:instance/*"
      Condition = merge(local.owned, { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"] } })
    },
    {
      Sid       = "RemoveOwnMachines"
      Effect    = "Allow"
      Action    = ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"]
      Resource  = ["${local.ec2}:*:instance/*", "${local.ec2}:*:launch-template/*"]
      Condition = local.owned
    },
    {
      Sid       = "GiveNodesTheirRole"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = aws_iam_role.node.arn
      Condition = { StringEquals = { "iam:PassedToService" = "ec2.amazonaws.com" } }
    },
    {
      Sid      = "KeepInstanceProfiles"
      Effect   = "Allow"
      Action   = ["iam:CreateInstanceProfile", "iam:TagInstanceProfile"]
      Resource = "arn:aws:iam::${local.account}:instance-profile/*"
      Condition = {
        StringEquals = { "aws:RequestTag/kubernetes.io/cluster/${var.cluster_name}" = "owned" }
      }
    },
    {
      Sid      = "ChangeOwnInstanceProfiles"
      Effect   = "Allow"
      Action   = ["iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile"]
      Resource = "arn:aws:iam::${local.account}:instance-profile/*"
      Condition = {
        StringEquals = { "aws:ResourceTag/kubernetes.io/cluster/${var.cluster_name}" = "owned" }
      }
    },
    {
      Sid      = "ReadInstanceProfiles"
      Effect   = "Allow"
      Action   = ["iam:GetInstanceProfile", "iam:ListInstanceProfiles"]
      Resource = "*"
    },
    {
      Sid      = "FindTheCluster"
      Effect   = "Allow"
      Action   = ["eks:DescribeCluster"]
      Resource = var.cluster_arn
    },
    {
      Sid      = "HearOfInterruptions"
      Effect   = "Allow"
      Action   = ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
      Resource = aws_sqs_queue.interruptions.arn
    },
    {
      Sid      = "ReadMessages"
      Effect   = "Allow"
      Action   = ["kms:Decrypt"]
      Resource = var.kms_key_arn
    },
  ]
}
