repository             = "alder-shop/alder"
image_repositories     = ["backend", "frontend"]
image_pull_account_ids = ["210987654321"]
monthly_budget         = 250
emails                 = ["operations@example.com"]
