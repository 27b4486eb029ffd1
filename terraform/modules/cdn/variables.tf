variable "name" {
  description = "Prefix of every name: project and environment, such as alder-demo."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,20}$", var.name))
    error_message = "The name must be 3 to 21 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "production" {
  description = "Whether losing data or an availability zone would cost customers; tightens what is accepted."
  type        = bool
}

variable "alb" {
  description = "The load balancer behind the VPC origin: ARN, address, and whether it speaks TLS."
  type        = object({ arn = string, dns_name = string, tls = bool })
}

variable "media" {
  description = "The bucket with media: name, ARN and address."
  type        = object({ bucket = string, arn = string, domain = string })
}


variable "web_acl_arn" {
  description = "Web access list in front of everything."
  type        = string
}

variable "domain" {
  description = "Name of the shop and the Route 53 zone it is in; without one the shop has a name of CloudFront's."
  type        = object({ name = string, zone_id = string })
  default     = null

  validation {
    condition     = var.domain == null || can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.domain.name))
    error_message = "The domain must be a host name in lower case, such as shop.example.com."
  }
}

variable "price_class" {
  description = "Where CloudFront answers from: 100 (Europe, North America), 200 or All."
  type        = string
  default     = "PriceClass_100"

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "The price class must be PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}
