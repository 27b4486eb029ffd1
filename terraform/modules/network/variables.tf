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

variable "vpc_cidr" {
  description = "Addresses of the network; a /16 leaves room for three tiers in three zones."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && endswith(var.vpc_cidr, "/16")
    error_message = "The network must be an IPv4 range of size /16."
  }
}

variable "nat" {
  description = "How private subnets reach the internet: none (nodes can then fetch nothing), single (one gateway for all zones) or per-az."
  type        = string

  validation {
    condition     = contains(["none", "single", "per-az"], var.nat)
    error_message = "NAT must be none, single or per-az."
  }
}

variable "log_retention_days" {
  description = "How long the record of connections is kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365], var.log_retention_days)
    error_message = "Days must be one of 7, 14, 30, 60, 90, 180 and 365, which CloudWatch offers."
  }
}
