# Roles for workflows. GitHub signs who asks (`sub`): each role names the subjects that it believes, so a pull request
# cannot take the role of an approved deployment.

data "aws_caller_identity" "current" {}

data "aws_iam_openid_connect_provider" "github" {
  count = var.create_provider ? 0 : 1
  url   = "https://${local.issuer}"
}

resource "aws_iam_openid_connect_provider" "github" {
  count          = var.create_provider ? 1 : 0
  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  issuer       = "token.actions.githubusercontent.com"
  provider_arn = one(concat(aws_iam_openid_connect_provider.github[*].arn, data.aws_iam_openid_connect_provider.github[*].arn))
  account      = data.aws_caller_identity.current.account_id

  # Who may take which role. Approvals are rules of the GitHub environments named here.
  subjects = merge(
    {
      plan      = ["pull_request", "environment:${var.environment}-plan"]
      apply     = ["environment:${var.environment}"]
      ops-read  = ["environment:${var.environment}-ops-read"]
      ops-write = ["environment:${var.environment}-ops-write"]
    },
    var.push_images ? { image-push = ["ref:refs/heads/main"] } : {},
  )

  policies = merge(
    {
      plan      = local.plan
      apply     = local.apply
      ops-read  = local.ops_read
      ops-write = concat(local.ops_read, local.ops_write)
    },
    var.push_images ? { image-push = local.image_push } : {},
  )

  managed = {
    plan  = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    apply = "arn:aws:iam::aws:policy/PowerUserAccess"
  }
}

resource "aws_iam_role" "workflow" {
  for_each = local.subjects

  name                 = "${var.name}-github-${each.key}"
  description          = "GitHub workflows of ${var.repository}: ${join(", ", each.value)}"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = [for subject in each.value : "repo:${var.repository}:${subject}"]
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "workflow" {
  for_each = local.policies

  name = each.key
  role = aws_iam_role.workflow[each.key].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = each.value
  })
}

resource "aws_iam_role_policy_attachment" "workflow" {
  for_each = local.managed

  role       = aws_iam_role.workflow[each.key].name
  policy_arn = each.value
}
