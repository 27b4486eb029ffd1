# What the tests of all modules pretend AWS says.

mock_data "aws_availability_zones" {
  defaults = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c", "eu-central-1d"] }
}

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_data "aws_region" {
  defaults = { region = "eu-central-1" }
}

mock_data "aws_ec2_managed_prefix_list" {
  defaults = { id = "pl-cloudfront" }
}

mock_resource "aws_acm_certificate" {
  defaults = {
    arn                       = "arn:aws:acm:eu-central-1:123456789012:certificate/test"
    domain_validation_options = [{ domain_name = "shop.example.com", resource_record_name = "_proof.shop.example.com", resource_record_type = "CNAME", resource_record_value = "_value.example" }]
  }
}

mock_resource "aws_s3_bucket" {
  defaults = { arn = "arn:aws:s3:::test" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/test" }
}

# Facts are texts; lists among them are joined.
mock_data "aws_ssm_parameter" {
  defaults = { value = "one,two" }
}
