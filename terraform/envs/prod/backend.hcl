bucket     = "alder-prod-state-210987654321"
region     = "eu-central-1"
kms_key_id = "alias/alder-prod-state"
