variable "name" {
  description = "Prefix of every name: project and environment, such as alder-demo."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,20}$", var.name))
    error_message = "The name must be 3 to 21 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "monthly_limit" {
  description = "What a month may cost, in US dollars."
  type        = number

  validation {
    condition     = var.monthly_limit > 0
    error_message = "The limit must be more than nothing."
  }
}

variable "emails" {
  description = "Who is told."
  type        = list(string)

  validation {
    condition     = length(var.emails) > 0 && alltrue([for email in var.emails : can(regex("^[^@ ]+@[^@ ]+$", email))])
    error_message = "At least one e-mail address is needed, and each must look like one."
  }
}
