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

variable "database" {
  description = "Size and care of the database."
  type = object({
    capacity            = object({ min = number, max = number, seconds_until_auto_pause = optional(number) })
    instances           = number
    backup_days         = number
    deletion_protection = bool
  })
}

variable "cache" {
  description = "Size of the cache."
  type        = object({ node_type = string, nodes = number })
}

variable "secret_versions" {
  description = "Raised to make secrets anew; see the module secrets."
  type        = object({ database = number, redis = number, signing = number })
  default     = { database = 1, redis = 1, signing = 1 }
}

variable "domain" {
  description = "Name of the shop and the Route 53 zone it is in, if it has one."
  type        = object({ name = string, zone_id = string })
  default     = null
}

variable "price_class" {
  description = "Where CloudFront answers from."
  type        = string
  default     = "PriceClass_100"
}

variable "emails" {
  description = "Who is told of alarms."
  type        = list(string)
}

variable "runbook_url" {
  description = "Page with one section for each alarm."
  type        = string
}

variable "shop_namespace" {
  description = "Namespace of backend and frontend."
  type        = string
  default     = "shop"
}
