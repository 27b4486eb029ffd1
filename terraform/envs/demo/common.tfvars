# The account's number is an example of AWS's documentation: put your own here and in backend.hcl.
environment = "demo"
region      = "eu-central-1"
account_id  = "123456789012"
