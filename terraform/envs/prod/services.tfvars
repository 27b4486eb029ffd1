database = {
  capacity            = { min = 0.5, max = 16 }
  instances           = 2
  backup_days         = 14
  deletion_protection = true
}
cache       = { node_type = "cache.t4g.small", nodes = 2 }
domain      = { name = "shop.example.com", zone_id = "Z0123456789EXAMPLE" }
price_class = "PriceClass_All"
emails      = ["operations@example.com"]
runbook_url = "https://github.com/alder-shop/alder/blob/main/docs/OPERATIONS.md"
