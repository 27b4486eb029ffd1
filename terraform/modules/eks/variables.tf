variable "name" {
  description = "Prefix of every name: project and environment, such as alder-demo."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,20}$", var.name))
    error_message = "The name must be 3 to 21 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts what is stored."
  type        = string

  validation {
    condition     = startswith(var.kms_key_arn, "arn:")
    error_message = "The key must be named by its ARN."
  }
}

variable "kubernetes_version" {
  description = "Version of Kubernetes."
  type        = string

  validation {
    condition     = can(regex("^1\\.3[0-9]$", var.kubernetes_version))
    error_message = "The version must be 1.30 to 1.39."
  }
}

variable "subnet_ids" {
  description = "Private subnets for the control plane's interfaces and the nodes."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "A cluster needs subnets in at least two zones."
  }
}

variable "api_allowed_cidrs" {
  description = "Who may reach the cluster's API from outside the network. Empty: nobody. There is no default on purpose."
  type        = list(string)

  validation {
    condition     = alltrue([for cidr in var.api_allowed_cidrs : can(cidrnetmask(cidr)) && tonumber(split("/", cidr)[1]) >= 16])
    error_message = "Each entry must be an IPv4 range of size /16 or smaller; the internet is none of them."
  }
}

variable "access" {
  description = "IAM roles that may use the cluster, by name: role ARN, access policy, the namespaces it is limited to (none: all), and groups that RBAC knows."
  type = map(object({
    role_arn   = string
    policy     = string
    groups     = optional(list(string), [])
    namespaces = optional(list(string), [])
  }))

  validation {
    condition     = alltrue([for entry in var.access : contains(["AmazonEKSClusterAdminPolicy", "AmazonEKSEditPolicy", "AmazonEKSViewPolicy", "AmazonEKSAdminViewPolicy"], entry.policy)])
    error_message = "The policy must be one of the access policies of EKS: ClusterAdmin, Edit, View or AdminView."
  }

  validation {
    condition     = alltrue([for entry in var.access : entry.policy != "AmazonEKSEditPolicy" || length(entry.namespaces) > 0])
    error_message = "Whoever may edit is limited to namespaces."
  }
}

variable "addon_versions" {
  description = "Versions of add-ons by name; one without gets the default of the cluster's version when it is created."
  type        = map(string)
  default     = {}
}

variable "node_instance_types" {
  description = "Machines of the node group that carries the controllers; arm64."
  type        = list(string)
  default     = ["t4g.medium"]
}

variable "node_count" {
  description = "Nodes for the controllers. Everything else runs on nodes that Karpenter makes."
  type        = number
  default     = 2

  validation {
    condition     = var.node_count >= 2 && var.node_count <= 6
    error_message = "Controllers need 2 to 6 nodes: one can fail, and Karpenter makes the others."
  }
}

variable "log_retention_days" {
  description = "How long the control plane's logs are kept."
  type        = number
  default     = 30
}
