# What the next layers read.

locals {
  facts = {
    role-apply     = module.github_oidc.role_arns["apply"]
    role-ops-read  = module.github_oidc.role_arns["ops-read"]
    role-ops-write = module.github_oidc.role_arns["ops-write"]
  }
}

resource "aws_ssm_parameter" "fact" {
  for_each = local.facts

  name  = "/${local.name}/bootstrap/${each.key}"
  type  = "String"
  value = each.value
}
