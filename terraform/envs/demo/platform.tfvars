nat                     = "single"
kubernetes_version      = "1.35"
api_allowed_cidrs       = []
administrator_role_arns = ["arn:aws:iam::123456789012:role/administrators"]
