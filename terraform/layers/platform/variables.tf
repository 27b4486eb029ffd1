variable "project" {
  description = "Name of the project, the beginning of every name."
  type        = string
  default     = "alder"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.project))
    error_message = "The project is named by 2 to 12 lower-case letters and digits."
  }
}

variable "environment" {
  description = "Environment: demo or prod."
  type        = string

  validation {
    condition     = contains(["demo", "prod"], var.environment)
    error_message = "The environment must be demo or prod."
  }
}

variable "region" {
  description = "Region of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}-[a-z]+-[0-9]$", var.region))
    error_message = "The region must look like eu-central-1."
  }
}

variable "account_id" {
  description = "The environment's account; with credentials of another one nothing is planned."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account is named by its 12 digits."
  }
}

variable "nat" {
  description = "How private subnets reach the internet: none, single or per-az."
  type        = string
}

variable "kubernetes_version" {
  description = "Version of Kubernetes."
  type        = string
}

variable "api_allowed_cidrs" {
  description = "Who may reach the cluster's API from outside the network. Empty: nobody. There is no default on purpose."
  type        = list(string)
}

variable "administrator_role_arns" {
  description = "Roles of people who administer the cluster."
  type        = set(string)

  validation {
    condition     = length(var.administrator_role_arns) > 0 && alltrue([for arn in var.administrator_role_arns : can(regex("^arn:aws:iam::[0-9]{12}:role/", arn))])
    error_message = "At least one role is needed, named by its ARN: nobody else is an administrator of the cluster."
  }
}

variable "node_count" {
  description = "Nodes for the controllers."
  type        = number
  default     = 2
}

variable "shop_namespace" {
  description = "Namespace of backend and frontend."
  type        = string
  default     = "shop"
}

variable "domain" {
  description = "Name of the shop and the Route 53 zone it is in, if it has one."
  type        = object({ name = string, zone_id = string })
  default     = null
}
