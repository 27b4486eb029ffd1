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

variable "versions" {
  description = "Raised to make values anew: database (both users), redis, signing (JWT and payment events)."
  type        = object({ database = number, redis = number, signing = number })

  validation {
    condition     = alltrue([for version in values(var.versions) : version >= 1])
    error_message = "Versions begin at 1."
  }
}

variable "database" {
  description = "Where the database is."
  type        = object({ host = string, port = number, name = string })
}

variable "redis" {
  description = "Where the cache is, and the user."
  type        = object({ host = string, port = number, user = string })
}

variable "redis_password" {
  description = "Password of the cache's user, as the cache was given it."
  type        = string
  ephemeral   = true
}

variable "recovery_days" {
  description = "How long a deleted secret can be brought back."
  type        = number
  default     = 7

  validation {
    condition     = var.recovery_days >= 7 && var.recovery_days <= 30
    error_message = "Secrets can be kept for 7 to 30 days after deletion."
  }
}
