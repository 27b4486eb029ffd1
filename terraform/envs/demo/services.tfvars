# Asleep the database costs only its storage; awake it has at least half a unit.
database = {
  capacity            = { min = 0, max = 2, seconds_until_auto_pause = 1800 }
  instances           = 1
  backup_days         = 1
  deletion_protection = false
}
cache       = { node_type = "cache.t4g.micro", nodes = 1 }
emails      = ["operations@example.com"]
runbook_url = "https://github.com/alder-shop/alder/blob/main/docs/OPERATIONS.md"
