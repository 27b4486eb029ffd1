variable "name" {
  description = "Prefix of every name: project and environment, such as alder-demo."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,20}$", var.name))
    error_message = "The name must be 3 to 21 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "vpc_id" {
  description = "Network of the load balancer."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets, in at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "A load balancer needs subnets in at least two zones."
  }
}

variable "pods_security_group_id" {
  description = "Security group of the pods behind it."
  type        = string
}

variable "domain" {
  description = "Name of the shop and the Route 53 zone it is in; without one, requests travel unencrypted from CloudFront's interface to the load balancer, inside the network."
  type        = object({ name = string, zone_id = string })
  default     = null
}

variable "backend_port" {
  description = "Port that the backend's pods listen on."
  type        = number
  default     = 4000
}

variable "frontend_port" {
  description = "Port that the frontend's pods listen on."
  type        = number
  default     = 8080
}

variable "deletion_protection" {
  description = "Whether the load balancer refuses to be deleted."
  type        = bool
}
