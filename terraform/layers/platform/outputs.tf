output "cluster_name" {
  description = "The cluster, for `aws eks update-kubeconfig --name`."
  value       = module.eks.cluster_name
}

output "target_group_arns" {
  description = "Target groups, for the values of the charts' TargetGroupBindings."
  value       = module.alb.target_group_arns
}

output "karpenter" {
  description = "Node role and queue, for Karpenter's values."
  value       = { node_role = module.karpenter.node_role_name, queue = module.karpenter.queue_name }
}
