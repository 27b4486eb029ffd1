# Add-ons that AWS maintains. Those that call AWS have a role of their own.

locals {
  # What must be there before a node is ready, and what needs nodes to run on.
  addons_before_nodes = {
    vpc-cni = {
      configuration = { enableNetworkPolicy = "true", env = { ENABLE_PREFIX_DELEGATION = "true" } }
      identity      = { service_account = "aws-node", policy = "AmazonEKS_CNI_Policy" }
    }
    kube-proxy             = { configuration = null, identity = null }
    eks-pod-identity-agent = { configuration = null, identity = null }
  }
  addons_on_nodes = {
    coredns        = { configuration = { autoScaling = { enabled = true } }, identity = null }
    metrics-server = { configuration = null, identity = null }
    amazon-cloudwatch-observability = {
      configuration = null
      identity      = { service_account = "cloudwatch-agent", policy = "CloudWatchAgentServerPolicy" }
    }
  }
  identities = { for name, addon in merge(local.addons_before_nodes, local.addons_on_nodes) : name => addon.identity if addon.identity != null }
}

resource "aws_iam_role" "addon" {
  for_each = local.identities

  name = "${var.name}-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "pods.eks.amazonaws.com" }
      Action    = ["sts:AssumeRole", "sts:TagSession"]
    }]
  })
}

resource "aws_iam_role_policy_attachment" "addon" {
  for_each = local.identities

  role       = aws_iam_role.addon[each.key].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value.policy}"
}

resource "aws_eks_addon" "before_nodes" {
  for_each = local.addons_before_nodes

  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = each.key
  addon_version               = lookup(var.addon_versions, each.key, null)
  configuration_values        = each.value.configuration == null ? null : jsonencode(each.value.configuration)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  dynamic "pod_identity_association" {
    for_each = each.value.identity == null ? [] : [each.value.identity]

    content {
      role_arn        = aws_iam_role.addon[each.key].arn
      service_account = pod_identity_association.value.service_account
    }
  }
}

resource "aws_eks_addon" "on_nodes" {
  for_each = local.addons_on_nodes

  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = each.key
  addon_version               = lookup(var.addon_versions, each.key, null)
  configuration_values        = each.value.configuration == null ? null : jsonencode(each.value.configuration)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  dynamic "pod_identity_association" {
    for_each = each.value.identity == null ? [] : [each.value.identity]

    content {
      role_arn        = aws_iam_role.addon[each.key].arn
      service_account = pod_identity_association.value.service_account
    }
  }

  depends_on = [aws_eks_node_group.controllers]
}
