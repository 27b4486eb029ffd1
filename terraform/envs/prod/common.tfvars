# The account's number is an example of AWS's documentation: put your own here and in backend.hcl.
environment = "prod"
region      = "eu-central-1"
account_id  = "210987654321"
