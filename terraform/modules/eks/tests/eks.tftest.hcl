mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name               = "alder-test"
  kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/test"
  kubernetes_version = "1.35"
  subnet_ids         = ["subnet-a", "subnet-b", "subnet-c"]
  api_allowed_cidrs  = []
  access = {
    administrators = { role_arn = "arn:aws:iam::123456789012:role/administrators", policy = "AmazonEKSClusterAdminPolicy" }
    ops-write      = { role_arn = "arn:aws:iam::123456789012:role/ops", policy = "AmazonEKSEditPolicy", groups = ["ops-write"], namespaces = ["shop"] }
  }
}

run "the_api_is_private" {
  assert {
    condition     = aws_eks_cluster.main.vpc_config[0].endpoint_private_access && !aws_eks_cluster.main.vpc_config[0].endpoint_public_access
    error_message = "Without a list nobody outside reaches the API."
  }

  assert {
    condition     = aws_eks_cluster.main.access_config[0].authentication_mode == "API" && !aws_eks_cluster.main.access_config[0].bootstrap_cluster_creator_admin_permissions
    error_message = "Access is by entries only; whoever creates the cluster is no administrator of it."
  }
}

run "the_api_is_open_to_a_list" {
  variables {
    api_allowed_cidrs = ["203.0.113.0/24"]
  }

  assert {
    condition     = aws_eks_cluster.main.vpc_config[0].endpoint_public_access && aws_eks_cluster.main.vpc_config[0].public_access_cidrs == toset(["203.0.113.0/24"])
    error_message = "Exactly the list reaches the API."
  }
}

run "secrets_are_encrypted_and_everything_is_logged" {
  assert {
    condition     = aws_eks_cluster.main.encryption_config[0].resources == toset(["secrets"]) && aws_eks_cluster.main.encryption_config[0].provider[0].key_arn == var.kms_key_arn
    error_message = "Kubernetes' secrets are encrypted with the environment's key."
  }

  assert {
    condition     = aws_eks_cluster.main.enabled_cluster_log_types == toset(["api", "audit", "authenticator", "controllerManager", "scheduler"]) && aws_cloudwatch_log_group.cluster.name == "/aws/eks/alder-test/cluster"
    error_message = "All logs of the control plane are kept, in the group with a limit."
  }
}

run "addons_are_code" {
  assert {
    condition     = toset(concat(keys(aws_eks_addon.before_nodes), keys(aws_eks_addon.on_nodes))) == toset(["vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns", "metrics-server", "amazon-cloudwatch-observability"])
    error_message = "An add-on is missing, or one is too many."
  }

  assert {
    condition     = jsondecode(aws_eks_addon.before_nodes["vpc-cni"].configuration_values).enableNetworkPolicy == "true"
    error_message = "Network policies must be enforced."
  }

  assert {
    condition     = toset(keys(aws_iam_role.addon)) == toset(["vpc-cni", "amazon-cloudwatch-observability"])
    error_message = "Add-ons that call AWS have a role, others none."
  }
}

run "nodes_keep_their_credentials" {
  assert {
    condition     = aws_launch_template.node.metadata_options[0].http_tokens == "required" && aws_launch_template.node.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Pods must not get at the node's credentials."
  }

  assert {
    condition     = aws_launch_template.node.block_device_mappings[0].ebs[0].encrypted == "true"
    error_message = "Disks are encrypted."
  }

  assert {
    condition     = toset([for attachment in aws_iam_role_policy_attachment.node : basename(attachment.policy_arn)]) == toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"])
    error_message = "Nodes join and pull, nothing else."
  }
}

run "operators_are_limited_to_their_namespace" {
  assert {
    condition     = aws_eks_access_policy_association.access["ops-write"].access_scope[0].type == "namespace" && aws_eks_access_policy_association.access["ops-write"].access_scope[0].namespaces == toset(["shop"])
    error_message = "Operators change only the shop."
  }

  assert {
    condition     = aws_eks_access_entry.access["ops-write"].kubernetes_groups == toset(["ops-write"])
    error_message = "RBAC must know operators by their group."
  }
}

run "refuses_bad_name" {
  command = plan

  variables {
    name = "Alder"
  }

  expect_failures = [var.name]
}

run "refuses_key_id" {
  command = plan

  variables {
    kms_key_arn = "1234"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_old_version" {
  command = plan

  variables {
    kubernetes_version = "1.29"
  }

  expect_failures = [var.kubernetes_version]
}

run "refuses_one_zone" {
  command = plan

  variables {
    subnet_ids = ["subnet-a"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_the_internet" {
  command = plan

  variables {
    api_allowed_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.api_allowed_cidrs]
}

run "refuses_unknown_policy" {
  command = plan

  variables {
    access = { x = { role_arn = "arn", policy = "AmazonEKSAdminPolicy" } }
  }

  expect_failures = [var.access]
}

run "refuses_unlimited_editor" {
  command = plan

  variables {
    access = { x = { role_arn = "arn", policy = "AmazonEKSEditPolicy" } }
  }

  expect_failures = [var.access]
}

run "refuses_one_node" {
  command = plan

  variables {
    node_count = 1
  }

  expect_failures = [var.node_count]
}
