variable "name" {
  description = "Prefix of every name: project and environment, such as alder-demo."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,20}$", var.name))
    error_message = "The name must be 3 to 21 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "cluster_name" {
  description = "Cluster whose pods may take the role."
  type        = string
}

variable "namespace" {
  description = "Namespace of the service account."
  type        = string
}

variable "service_account" {
  description = "Service account whose pods take the role; also the role's name after the prefix."
  type        = string
}

variable "statements" {
  description = "What the pods may do: statements of an IAM policy."
  type        = any

  validation {
    condition     = length(var.statements) > 0 && alltrue([for statement in var.statements : statement.Action != "*" && !contains(flatten([statement.Action]), "*")])
    error_message = "At least one statement is needed, and none may allow every action."
  }
}
