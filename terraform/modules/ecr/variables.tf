variable "name" {
  description = "Prefix of every name: project and environment, such as alder-demo."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,20}$", var.name))
    error_message = "The name must be 3 to 21 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "repositories" {
  description = "Images that are kept, one repository each."
  type        = set(string)

  validation {
    condition     = alltrue([for name in var.repositories : can(regex("^[a-z][a-z0-9-]*$", name))])
    error_message = "Repositories are named by lower-case letters, digits and hyphens."
  }
}

variable "kept_images" {
  description = "How many images of a repository are kept; a rollback goes no further back."
  type        = number
  default     = 50

  validation {
    condition     = var.kept_images >= 10
    error_message = "Fewer than 10 images leave too little to roll back to."
  }
}

variable "pull_account_ids" {
  description = "Other accounts whose clusters run these images."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for id in var.pull_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "Accounts are named by their 12 digits."
  }
}
