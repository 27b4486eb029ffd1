# What each role may do, as lists of statements.

locals {
  # A plan reads. It never sees a secret, not even one that a pull request would print.
  plan = [
    {
      Sid      = "NoSecrets"
      Effect   = "Deny"
      Action   = ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "rds-data:*", "rds-db:*"]
      Resource = "*"
    },
    {
      Sid      = "ReadEncryptedState"
      Effect   = "Allow"
      Action   = ["kms:Decrypt"]
      Resource = var.state_kms_key_arn
    },
  ]

  # An apply makes everything but people: roles only below the environment's prefix, and never those of the workflows
  # themselves, which an administrator makes with the bootstrap layer.
  apply = [
    {
      Sid    = "RolesOfThisEnvironment"
      Effect = "Allow"
      Action = [
        "iam:*Role", "iam:*RolePolicy", "iam:*RolePolicies", "iam:*RoleTags", "iam:*RoleDescription",
        "iam:*AssumeRolePolicy", "iam:*InstanceProfile", "iam:*InstanceProfilesForRole",
        "iam:*Policy", "iam:*PolicyVersion", "iam:*PolicyVersions",
      ]
      Resource = [
        "arn:aws:iam::${local.account}:role/${var.name}-*",
        "arn:aws:iam::${local.account}:policy/${var.name}-*",
        "arn:aws:iam::${local.account}:instance-profile/${var.name}-*",
      ]
    },
    {
      Sid      = "RolesThatServicesNeed"
      Effect   = "Allow"
      Action   = ["iam:CreateServiceLinkedRole"]
      Resource = "arn:aws:iam::${local.account}:role/aws-service-role/*"
    },
    {
      Sid      = "ReadRoles"
      Effect   = "Allow"
      Action   = ["iam:Get*", "iam:List*"]
      Resource = "*"
    },
    {
      Sid      = "NotItsOwnPower"
      Effect   = "Deny"
      Action   = ["iam:Create*", "iam:Delete*", "iam:Put*", "iam:Update*", "iam:Attach*", "iam:Detach*", "iam:PassRole"]
      Resource = "arn:aws:iam::${local.account}:role/${var.name}-github-*"
    },
    {
      Sid       = "NoAdministrators"
      Effect    = "Deny"
      Action    = ["iam:AttachRolePolicy"]
      Resource  = "*"
      Condition = { ArnLike = { "iam:PolicyARN" = ["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/IAMFullAccess"] } }
    },
    {
      Sid      = "StateStays"
      Effect   = "Deny"
      Action   = ["s3:DeleteBucket", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketVersioning", "s3:DeleteObjectVersion"]
      Resource = [var.state_bucket_arn, "${var.state_bucket_arn}/*"]
    },
  ]

  image_push = [
    {
      Sid      = "SignIn"
      Effect   = "Allow"
      Action   = ["ecr:GetAuthorizationToken"]
      Resource = "*"
    },
    {
      Sid    = "PushImages"
      Effect = "Allow"
      Action = [
        "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
        "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
      ]
      Resource = var.ecr_repository_arns
    },
  ]

  # Reading what an operator looks at. Rights inside the cluster come from access entries of the platform layer.
  ops_read = [
    {
      Sid      = "FindTheCluster"
      Effect   = "Allow"
      Action   = ["eks:DescribeCluster", "eks:ListNodegroups", "eks:DescribeNodegroup"]
      Resource = ["arn:aws:eks:*:${local.account}:cluster/${var.name}", "arn:aws:eks:*:${local.account}:nodegroup/${var.name}/*"]
    },
    {
      Sid    = "ReadLogs"
      Effect = "Allow"
      Action = ["logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery", "logs:DescribeLogStreams"]
      Resource = [
        "arn:aws:logs:*:${local.account}:log-group:/aws/containerinsights/${var.name}/*",
        "arn:aws:logs:*:${local.account}:log-group:/aws/rds/cluster/${var.name}/*",
      ]
    },
    {
      Sid    = "ReadFacts"
      Effect = "Allow"
      Action = [
        "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics",
        "cloudfront:GetDistribution", "cloudfront:GetInvalidation", "elasticache:DescribeReplicationGroups",
        "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
        "logs:DescribeLogGroups", "logs:GetQueryResults", "logs:StopQuery", "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
      ]
      Resource = "*"
    },
    {
      Sid      = "ReadHandedOverFacts"
      Effect   = "Allow"
      Action   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
      Resource = "arn:aws:ssm:*:${local.account}:parameter/${var.name}/*"
    },
  ]

  ops_write = [
    {
      Sid      = "Invalidate"
      Effect   = "Allow"
      Action   = ["cloudfront:CreateInvalidation"]
      Resource = "arn:aws:cloudfront::${local.account}:distribution/*"
    },
    {
      Sid      = "ParkDatabase"
      Effect   = "Allow"
      Action   = ["rds:StartDBCluster", "rds:StopDBCluster"]
      Resource = "arn:aws:rds:*:${local.account}:cluster:${var.name}"
    },
    {
      Sid      = "ParkNodes"
      Effect   = "Allow"
      Action   = ["eks:UpdateNodegroupConfig"]
      Resource = "arn:aws:eks:*:${local.account}:nodegroup/${var.name}/*"
    },
  ]
}
