# Where the shop runs: network, cluster and the door into it.

locals {
  name       = "${var.project}-${var.environment}"
  production = var.environment == "prod"
  roles      = { for fact, parameter in data.aws_ssm_parameter.bootstrap : fact => nonsensitive(parameter.value) }
}

data "aws_ssm_parameter" "bootstrap" {
  for_each = toset(["role-apply", "role-ops-read", "role-ops-write"])

  name = "/${local.name}/bootstrap/${each.key}"
}

module "network" {
  source = "../../modules/network"

  name        = local.name
  kms_key_arn = aws_kms_key.main.arn
  production  = local.production
  nat         = var.nat
}

module "eks" {
  source = "../../modules/eks"

  name               = local.name
  kms_key_arn        = aws_kms_key.main.arn
  kubernetes_version = var.kubernetes_version
  subnet_ids         = module.network.private_subnet_ids
  api_allowed_cidrs  = var.api_allowed_cidrs
  node_count         = var.node_count

  # The approved deployment installs ArgoCD. AWS's own policy for writing would also show secrets: what operators may write
  # is in the platform chart's RBAC.
  access = merge(
    { for arn in var.administrator_role_arns : basename(arn) => { role_arn = arn, policy = "AmazonEKSClusterAdminPolicy" } },
    {
      deployment = { role_arn = local.roles.role-apply, policy = "AmazonEKSClusterAdminPolicy" }
      ops-read   = { role_arn = local.roles.role-ops-read, policy = "AmazonEKSViewPolicy", groups = ["alder:ops-read"] }
      ops-write = {
        role_arn   = local.roles.role-ops-write
        policy     = "AmazonEKSViewPolicy"
        groups     = ["alder:ops-write"]
        namespaces = [var.shop_namespace]
      }
    },
  )
}

module "karpenter" {
  source = "../../modules/karpenter"

  name         = local.name
  cluster_name = module.eks.cluster_name
  cluster_arn  = module.eks.cluster_arn
  kms_key_arn  = aws_kms_key.main.arn
}

module "alb" {
  source = "../../modules/alb"

  name                   = local.name
  vpc_id                 = module.network.vpc_id
  subnet_ids             = module.network.private_subnet_ids
  pods_security_group_id = module.eks.cluster_security_group_id
  deletion_protection    = local.production
  domain                 = var.domain
}

check "door" {
  assert {
    condition     = !local.production || var.domain != null
    error_message = "Without a domain, requests travel unencrypted from CloudFront's interface to the load balancer."
  }
}
