bucket     = "alder-demo-state-123456789012"
region     = "eu-central-1"
kms_key_id = "alias/alder-demo-state"
