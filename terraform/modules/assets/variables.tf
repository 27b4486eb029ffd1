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

variable "upload_origins" {
  description = "Origins whose pages may upload media from a browser."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.upload_origins : startswith(origin, "https://") && !strcontains(origin, "*")])
    error_message = "Origins must be exact and use https."
  }
}
