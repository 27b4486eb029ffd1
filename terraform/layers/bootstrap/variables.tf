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

variable "repository" {
  description = "GitHub repository whose workflows deploy, as owner/name."
  type        = string
}

variable "owns_account" {
  description = "Whether this environment makes what an account has once: GitHub's identity provider and the block of public access. False for the second environment of one account."
  type        = bool
  default     = true
}

variable "image_repositories" {
  description = "Images kept in this account. Images are built once: the other environments pull them from here and have none."
  type        = set(string)
  default     = []
}

variable "image_pull_account_ids" {
  description = "Other accounts that run these images."
  type        = list(string)
  default     = []
}

variable "monthly_budget" {
  description = "What a month may cost, in US dollars."
  type        = number
}

variable "emails" {
  description = "Who is told when money runs out."
  type        = list(string)
}
