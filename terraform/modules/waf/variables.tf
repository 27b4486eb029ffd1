variable "name" {
  description = "Prefix of every name: project and environment, such as alder-demo."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,20}$", var.name))
    error_message = "The name must be 3 to 21 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "requests_per_five_minutes" {
  description = "Requests that one address may send in five minutes; the backend's own limits are finer."
  type        = number
  default     = 3000

  validation {
    condition     = var.requests_per_five_minutes >= 100
    error_message = "Below 100 requests in five minutes ordinary shoppers are refused."
  }
}

variable "sign_ins_per_five_minutes" {
  description = "Requests below /api/auth/ that one address may send in five minutes."
  type        = number
  default     = 300

  validation {
    condition     = var.sign_ins_per_five_minutes >= 10
    error_message = "WAF counts from 10 requests on."
  }
}
