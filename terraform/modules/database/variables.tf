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

variable "production" {
  description = "Whether losing data or an availability zone would cost customers; tightens what is accepted."
  type        = bool
}

variable "vpc_id" {
  description = "Network of the database."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets without a way out, one a zone."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "The database needs subnets in at least two zones."
  }
}

variable "client_security_group_id" {
  description = "The only security group that may connect."
  type        = string
}

variable "engine_version" {
  description = "Version of PostgreSQL, major and minor; minor versions are applied in the maintenance window."
  type        = string
  default     = "17.5"

  validation {
    condition     = can(regex("^1[6-9]\\.[0-9]+$", var.engine_version))
    error_message = "PostgreSQL must be of major version 16 or newer."
  }
}

variable "capacity" {
  description = "Aurora capacity units: least, most, and after how many idle seconds the database pauses. It pauses only with a least capacity of 0; awake it has at least 0.5."
  type = object({
    min                      = number
    max                      = number
    seconds_until_auto_pause = optional(number)
  })

  validation {
    condition     = var.capacity.min >= 0 && var.capacity.max >= 1 && var.capacity.max <= 64 && var.capacity.min <= var.capacity.max
    error_message = "Capacity must be from 0 to 64 units, at most at least 1, and least not above most."
  }

  validation {
    condition     = (var.capacity.seconds_until_auto_pause != null) == (var.capacity.min == 0)
    error_message = "A least capacity of 0 needs seconds_until_auto_pause, and only that pauses."
  }
}

variable "instances" {
  description = "Database instances; the second one, in another zone, takes over when the first fails."
  type        = number

  validation {
    condition     = var.instances >= 1 && var.instances <= 3
    error_message = "There may be 1 to 3 instances."
  }
}

variable "backup_days" {
  description = "How far back the database can be restored to any second."
  type        = number

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "Backups go back 1 to 35 days."
  }
}

variable "deletion_protection" {
  description = "Whether the database refuses to be deleted."
  type        = bool
}
