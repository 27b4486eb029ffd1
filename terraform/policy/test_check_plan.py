"""Shows that each rule refuses what it is there for: python3 -m unittest, in this folder."""

import copy
import json
import unittest

from check_plan import broken


def resource(kind, **values):
    return {"mode": "managed", "type": kind, "address": f"{kind}.it", "values": values}


def plan(*resources, changes=()):
    below = {"child_modules": [{"resources": list(resources)}]}
    return {"planned_values": {"root_module": below}, "resource_changes": list(changes)}


def policy(**statement):
    document = {"Statement": [{"Sid": "It", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"} | statement]}
    return resource("aws_iam_role_policy", policy=json.dumps(document))


def behaviour(protocol):
    return {"path_pattern": "/api/*", "viewer_protocol_policy": protocol}


DISTRIBUTION = resource(
    "aws_cloudfront_distribution",
    http_version="http2and3",
    default_cache_behavior=[{"viewer_protocol_policy": "redirect-to-https"}],
    ordered_cache_behavior=[behaviour("redirect-to-https")],
    viewer_certificate=[{"minimum_protocol_version": "TLSv1"}],
)
CLUSTER = resource(
    "aws_eks_cluster",
    access_config=[{"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False}],
    encryption_config=[{"resources": ["secrets"]}],
    vpc_config=[{"endpoint_private_access": True, "endpoint_public_access": True, "public_access_cidrs": ["203.0.113.0/24"]}],
)
DATABASE = resource(
    "aws_rds_cluster", storage_encrypted=True, manage_master_user_password=True, master_password=None,
    deletion_protection=False, skip_final_snapshot=True,
)
BUCKET = [
    resource("aws_s3_bucket", bucket="it"),
    resource(
        "aws_s3_bucket_public_access_block",
        block_public_acls=True, block_public_policy=True, ignore_public_acls=True, restrict_public_buckets=True,
    ),
    resource("aws_s3_bucket_server_side_encryption_configuration"),
    resource("aws_s3_bucket_ownership_controls"),
    resource("aws_s3_bucket_versioning"),
]
RULES = [{"name": name} for name in (
    "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet", "rate-all", "rate-sign-in",
)]
GOOD = [
    DISTRIBUTION, CLUSTER, DATABASE, *BUCKET, policy(),
    resource("aws_wafv2_web_acl", rule=RULES),
    resource("aws_cloudwatch_log_group", retention_in_days=30),
    resource("aws_subnet", map_public_ip_on_launch=False),
    resource("aws_iam_role_policy_attachment", policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess"),
    resource("aws_vpc_security_group_ingress_rule", cidr_ipv4=None, ip_protocol="tcp"),
]


def changed(original, path, value):
    """A copy of a resource with one value changed; the path's numbers are places in lists."""
    changed_one = copy.deepcopy(original)
    *steps, last = path
    inner = changed_one["values"]
    for step in steps:
        inner = inner[step]
    inner[last] = value
    return changed_one


REFUSED = {
    "http_version must be": [changed(DISTRIBUTION, ["http_version"], "http2")],
    "viewer_protocol_policy must be": [changed(DISTRIBUTION, ["default_cache_behavior", 0, "viewer_protocol_policy"], "allow-all")],
    "/api/* travels over TLS only": [changed(DISTRIBUTION, ["ordered_cache_behavior", 0], behaviour("allow-all"))],
    "authentication_mode must be": [changed(CLUSTER, ["access_config", 0, "authentication_mode"], "CONFIG_MAP")],
    "encryption_config.resources must be": [changed(CLUSTER, ["encryption_config"], [])],
    "API is not open to the internet": [changed(CLUSTER, ["vpc_config", 0, "public_access_cidrs"], ["0.0.0.0/0"])],
    "storage_encrypted must be": [changed(DATABASE, ["storage_encrypted"], False)],
    "master_password must be": [changed(DATABASE, ["master_password"], "known")],
    "block_public_policy must be": [*BUCKET[:1], changed(BUCKET[1], ["block_public_policy"], False), *BUCKET[2:]],
    "1 buckets and 0 aws_s3_bucket_server_side_encryption": BUCKET[:2] + BUCKET[3:],
    "allows everything: ['s3:*']": [policy(Action=["s3:*"], Resource="arn:aws:s3:::it")],
    "allows everything: ['*']": [policy(Action="*", Resource="arn:aws:s3:::it")],
    "to everything: ['s3:PutObject']": [policy(Action=["s3:GetObject", "s3:PutObject"])],
    "It allows everybody": [policy(Principal="*")],
    "no rule AWSManagedRulesKnownBadInputsRuleSet": [resource("aws_wafv2_web_acl", rule=RULES[1:])],
    "logs end after some days": [resource("aws_cloudwatch_log_group", retention_in_days=0)],
    "no machine gets a public address": [resource("aws_subnet", map_public_ip_on_launch=True)],
    "AdministratorAccess is no policy": [resource("aws_iam_role_policy_attachment", policy_arn="arn:aws:iam::aws:policy/AdministratorAccess")],
    "no rule is open to the internet": [resource("aws_vpc_security_group_egress_rule", cidr_ipv4="0.0.0.0/0", ip_protocol="tcp")],
    "a rule names its protocol and ports": [resource("aws_vpc_security_group_egress_rule", ip_protocol="-1")],
    "resources of their own": [resource("aws_default_security_group", ingress=[{"from_port": 0}])],
    "enable_key_rotation must be": [resource("aws_kms_key", enable_key_rotation=False)],
    "http_tokens must be": [resource("aws_launch_template", metadata_options=[{"http_tokens": "optional", "http_put_response_hop_limit": 1}])],
    "image_tag_mutability must be": [resource("aws_ecr_repository", image_tag_mutability="MUTABLE", image_scanning_configuration=[{"scan_on_push": True}])],
    "internal must be": [resource("aws_lb", internal=False, drop_invalid_header_fields=True)],
    "transit_encryption_enabled must be": [resource("aws_elasticache_replication_group", transit_encryption_enabled=False, at_rest_encryption_enabled="true")],
    "secret_string must be": [resource("aws_secretsmanager_secret_version", secret_string="known")],
    "publicly_accessible must be": [resource("aws_rds_cluster_instance", publicly_accessible=True)],
}
REFUSED_IN_PRODUCTION = {
    "minimum_protocol_version must be": [DISTRIBUTION],
    "deletion_protection must be": [DATABASE],
    "2 aws_rds_cluster_instance, not 0": [DATABASE],
    "2 aws_nat_gateway, not 1": [resource("aws_vpc"), resource("aws_nat_gateway")],
    "enable_deletion_protection must be": [resource("aws_lb", internal=True, drop_invalid_header_fields=True)],
    "protocol must be": [resource("aws_lb_listener", protocol="HTTP")],
    "multi_az_enabled must be": [resource("aws_elasticache_replication_group", transit_encryption_enabled=True, at_rest_encryption_enabled="true")],
}


class Rules(unittest.TestCase):
    def test_what_is_right_passes(self):
        self.assertEqual(list(broken(plan(*GOOD), "demo")), [])

    def test_what_is_wrong_is_refused(self):
        for problem, resources in REFUSED.items():
            with self.subTest(problem):
                found = list(broken(plan(*resources), "demo"))
                self.assertEqual([problem in line for line in found], [True], found)

    def test_production_is_stricter(self):
        for problem, resources in REFUSED_IN_PRODUCTION.items():
            with self.subTest(problem):
                self.assertEqual(list(broken(plan(*resources), "demo")), [])
                found = list(broken(plan(*resources), "prod"))
                self.assertTrue(any(problem in line for line in found), found)

    def test_what_holds_data_is_not_deleted(self):
        deleted = {"address": "aws_s3_bucket.it", "type": "aws_s3_bucket", "change": {"actions": ["delete", "create"]}}
        self.assertEqual(list(broken(plan(changes=[deleted]), "demo")), ["aws_s3_bucket.it: would be deleted"])
        deleted["type"] = "aws_route"
        self.assertEqual(list(broken(plan(changes=[deleted]), "demo")), [])


if __name__ == "__main__":
    unittest.main()
