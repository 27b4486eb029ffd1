variable "name" {
  description = "Prefix of every name: project and environment, such as alder-demo."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,20}$", var.name))
    error_message = "The name must be 3 to 21 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "environment" {
  description = "Environment that the roles belong to; also the name of the GitHub environment that guards the apply."
  type        = string

  validation {
    condition     = contains(["demo", "prod"], var.environment)
    error_message = "The environment must be demo or prod."
  }
}

variable "repository" {
  description = "GitHub repository whose workflows may take the roles, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "The repository must be given as owner/name."
  }
}

variable "create_provider" {
  description = "Whether to create GitHub's identity provider, of which an account has one."
  type        = bool
  default     = true
}

variable "state_bucket_arn" {
  description = "Bucket with the environment's state."
  type        = string
}

variable "state_kms_key_arn" {
  description = "Key of the environment's state."
  type        = string
}

variable "push_images" {
  description = "Whether there is a role with which main pushes images; only where images are kept."
  type        = bool
}

variable "ecr_repository_arns" {
  description = "Repositories that main may push images to."
  type        = list(string)
  default     = []
}
