repository     = "alder-shop/alder"
monthly_budget = 900
emails         = ["operations@example.com"]
