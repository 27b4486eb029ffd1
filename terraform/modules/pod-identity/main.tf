# The rights of one service account's pods.

resource "aws_iam_role" "pods" {
  name        = "${var.name}-${var.service_account}"
  description = "Pods of ${var.namespace}/${var.service_account}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "pods.eks.amazonaws.com" }
      Action    = ["sts:AssumeRole", "sts:TagSession"]
    }]
  })
}

resource "aws_iam_role_policy" "pods" {
  name = var.service_account
  role = aws_iam_role.pods.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = var.statements
  })
}

resource "aws_eks_pod_identity_association" "pods" {
  cluster_name    = var.cluster_name
  namespace       = var.namespace
  service_account = var.service_account
  role_arn        = aws_iam_role.pods.arn
}
