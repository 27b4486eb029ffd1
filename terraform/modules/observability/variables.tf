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

variable "emails" {
  description = "Who is told of alarms."
  type        = list(string)

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@ ]+@[^@ ]+$", email))])
    error_message = "Each entry must look like an e-mail address."
  }
}

variable "runbook_url" {
  description = "Page with one section for each alarm; an alarm's text links to its own."
  type        = string

  validation {
    condition     = startswith(var.runbook_url, "https://")
    error_message = "The runbooks must be at an https address."
  }
}

variable "targets" {
  description = "What is watched, by its names in metrics."
  type = object({
    load_balancer     = string
    backend           = string
    frontend          = string
    cluster           = string
    database          = string
    database_capacity = number
    cache             = string
    distribution      = string
    web_acl           = string
  })
}

variable "availability_objective" {
  description = "Share of the backend's answers in 30 days that are not errors of the server, in percent."
  type        = number
  default     = 99.9

  validation {
    condition     = var.availability_objective >= 99 && var.availability_objective < 100
    error_message = "The objective must be at least 99 and less than 100 percent."
  }
}

variable "latency_objective_seconds" {
  description = "The slowest of a hundred answers should not take longer."
  type        = number
  default     = 0.5

  validation {
    condition     = var.latency_objective_seconds > 0
    error_message = "No answer takes less than no time."
  }
}
