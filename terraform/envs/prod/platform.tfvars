nat                     = "per-az"
kubernetes_version      = "1.35"
api_allowed_cidrs       = []
administrator_role_arns = ["arn:aws:iam::210987654321:role/administrators"]
node_count              = 3
domain                  = { name = "shop.example.com", zone_id = "Z0123456789EXAMPLE" }
