# What the services layer, the charts' values and the operations read.

locals {
  facts = {
    kms-key-arn                        = aws_kms_key.main.arn
    vpc-id                             = module.network.vpc_id
    database-subnet-ids                = join(",", module.network.database_subnet_ids)
    cluster-name                       = module.eks.cluster_name
    cluster-endpoint                   = module.eks.cluster_endpoint
    pods-security-group-id             = module.eks.cluster_security_group_id
    karpenter-node-role                = module.karpenter.node_role_name
    karpenter-queue                    = module.karpenter.queue_name
    alb-arn                            = module.alb.arn
    alb-arn-suffix                     = module.alb.arn_suffix
    alb-dns-name                       = module.alb.dns_name
    alb-tls                            = tostring(module.alb.tls)
    target-group-backend-arn           = module.alb.target_group_arns["backend"]
    target-group-frontend-arn          = module.alb.target_group_arns["frontend"]
    target-group-backend-metrics-name  = module.alb.target_group_arn_suffixes["backend"]
    target-group-frontend-metrics-name = module.alb.target_group_arn_suffixes["frontend"]
  }
}

resource "aws_ssm_parameter" "fact" {
  for_each = local.facts

  name  = "/${local.name}/platform/${each.key}"
  type  = "String"
  value = each.value
}
