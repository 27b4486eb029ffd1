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
  description = "Network of the cache."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets without a way out, one a zone."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "The cache needs subnets in at least two zones."
  }
}

variable "client_security_group_id" {
  description = "The only security group that may connect."
  type        = string
}

variable "node_type" {
  description = "Machine of a node."
  type        = string
  default     = "cache.t4g.micro"

  validation {
    condition     = startswith(var.node_type, "cache.")
    error_message = "Machines of the cache are named cache.<family>.<size>."
  }
}

variable "nodes" {
  description = "Nodes; the second one, in another zone, takes over when the first fails."
  type        = number

  validation {
    condition     = var.nodes >= 1 && var.nodes <= 3
    error_message = "There may be 1 to 3 nodes."
  }
}

variable "password" {
  description = "Password of the shop's user; never stored in the state."
  type        = string
  ephemeral   = true
}

variable "password_version" {
  description = "Raised to set the password anew."
  type        = number
}
