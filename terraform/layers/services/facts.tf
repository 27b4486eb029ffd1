# What the charts' values and the operations read. Nothing secret: secrets are named, not told.

locals {
  facts = {
    url                    = module.cdn.url
    distribution-id        = module.cdn.distribution_id
    database-cluster       = module.database.cluster_identifier
    database-cluster-arn   = module.database.cluster_arn
    database-master-secret = module.database.master_secret_arn
    cache                  = module.cache.replication_group_id
    media-bucket           = module.assets.bucket
    alarm-topic            = module.observability.topic_arn
  }
}

resource "aws_ssm_parameter" "fact" {
  for_each = local.facts

  name  = "/${local.name}/services/${each.key}"
  type  = "String"
  value = each.value
}
