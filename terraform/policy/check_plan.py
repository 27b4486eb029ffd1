"""Refuses a plan that breaks the house's rules.

  terraform show -json saved.tfplan > plan.json && python3 check_plan.py demo plan.json

What a plan doesn't know yet (ARNs of what is still to be made) can't be looked at; the tests of the modules do that.
"""

import json
import re
import sys

ANYWHERE = {"0.0.0.0/0", "::/0"}
# Deleting one of these loses data or locks people out; who means it uses `terraform state rm` and does it by hand.
STATEFUL = {"aws_rds_cluster", "aws_s3_bucket", "aws_kms_key", "aws_ecr_repository", "aws_eks_cluster"}
MANAGED_POLICIES = {
    "AmazonEKSClusterPolicy", "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy",
    "CloudWatchAgentServerPolicy", "ReadOnlyAccess", "PowerUserAccess",
}

# What may be done to everything: looking, and signing in to the registry, which has no narrower form.
HARMLESS = re.compile(r"^[a-z0-9-]+:(Describe|Get|List|Filter|StopQuery)")

# Attributes with one right value, by resource type. A path leads through the first of several blocks.
ALWAYS = {
    "aws_cloudfront_distribution": {"http_version": "http2and3", "default_cache_behavior.viewer_protocol_policy": "redirect-to-https"},
    "aws_cloudfront_origin_access_control": {"signing_behavior": "always"},
    "aws_ebs_encryption_by_default": {"enabled": True},
    "aws_ecr_repository": {"image_tag_mutability": "IMMUTABLE", "image_scanning_configuration.scan_on_push": True},
    "aws_eks_cluster": {
        "access_config.authentication_mode": "API",
        "access_config.bootstrap_cluster_creator_admin_permissions": False,
        "encryption_config.resources": ["secrets"],
        "vpc_config.endpoint_private_access": True,
    },
    "aws_elasticache_replication_group": {"transit_encryption_enabled": True, "at_rest_encryption_enabled": "true"},
    "aws_flow_log": {"traffic_type": "ALL"},
    "aws_kms_key": {"enable_key_rotation": True},
    "aws_launch_template": {"metadata_options.http_tokens": "required", "metadata_options.http_put_response_hop_limit": 1},
    "aws_lb": {"internal": True, "drop_invalid_header_fields": True},
    "aws_rds_cluster": {"storage_encrypted": True, "manage_master_user_password": True, "master_password": None},
    "aws_rds_cluster_instance": {"publicly_accessible": False},
    "aws_s3_account_public_access_block": {"block_public_acls": True, "restrict_public_buckets": True},
    "aws_s3_bucket_public_access_block": {
        "block_public_acls": True, "block_public_policy": True, "ignore_public_acls": True, "restrict_public_buckets": True,
    },
    "aws_secretsmanager_secret_version": {"secret_string": None},
}
IN_PRODUCTION = {
    "aws_cloudfront_distribution": {"viewer_certificate.minimum_protocol_version": "TLSv1.2_2021"},
    "aws_elasticache_replication_group": {"multi_az_enabled": True, "automatic_failover_enabled": True},
    "aws_lb": {"enable_deletion_protection": True},
    "aws_lb_listener": {"protocol": "HTTPS"},
    "aws_rds_cluster": {"deletion_protection": True, "skip_final_snapshot": False},
}
# At least so many of a type, in a layer that has the first one.
NUMBERS_IN_PRODUCTION = {"aws_vpc": ("aws_nat_gateway", 2), "aws_rds_cluster": ("aws_rds_cluster_instance", 2)}
# What must stand beside each bucket.
BESIDE_BUCKET = (
    "aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_ownership_controls", "aws_s3_bucket_versioning",
)


def resources(module):
    """All resources of a module and those below it."""
    yield from (found for found in module.get("resources", []) if found["mode"] == "managed")
    for child in module.get("child_modules", []):
        yield from resources(child)


def look_up(values, path):
    for step in path.split("."):
        if isinstance(values, list):
            values = values[0] if values else {}
        values = values.get(step) if isinstance(values, dict) else None
    return values


def fixed(resource, rules):
    for path, right in rules.get(resource["type"], {}).items():
        actual = look_up(resource["values"], path)
        if actual != right:
            yield f"{path} must be {right!r}, not {actual!r}"


def open_rules(resource):
    values = resource["values"]
    if resource["type"] in ("aws_security_group", "aws_default_security_group") and (values.get("ingress") or values.get("egress")):
        yield "rules of security groups are resources of their own"
    if resource["type"].startswith("aws_vpc_security_group_"):
        if {values.get("cidr_ipv4"), values.get("cidr_ipv6")} & ANYWHERE:
            yield "no rule is open to the internet"
        if values.get("ip_protocol") == "-1":
            yield "a rule names its protocol and ports"


def documents(resource):
    """The policies in a resource, decoded."""
    for name in ("policy", "assume_role_policy", "access_policy"):
        text = resource["values"].get(name)
        if isinstance(text, str) and text.startswith("{") and "Statement" in text:
            yield json.loads(text)


def as_list(value):
    return value if isinstance(value, list) else [value]


def broad_statements(resource):
    for document in documents(resource):
        for statement in document["Statement"]:
            if statement["Effect"] != "Allow" or statement.get("Sid") == "AccountDecides":
                continue
            actions = as_list(statement["Action"])
            if any(action == "*" or action.endswith(":*") for action in actions):
                yield f"{statement.get('Sid')} allows everything: {actions}"
            if statement.get("Principal") == "*" or look_up(statement, "Principal.AWS") == "*":
                yield f"{statement.get('Sid')} allows everybody"


def unbounded_writes(resource):
    if resource["type"] != "aws_iam_role_policy":
        return
    for document in documents(resource):
        for statement in document["Statement"]:
            if statement["Effect"] != "Allow" or statement.get("Condition") or "*" not in as_list(statement["Resource"]):
                continue
            if writes := [action for action in as_list(statement["Action"]) if not HARMLESS.match(action)]:
                yield f"{statement.get('Sid')} does this to everything: {writes}"


def unlimited_logs(resource):
    if resource["type"] == "aws_cloudwatch_log_group" and not resource["values"].get("retention_in_days"):
        yield "logs end after some days"


def managed_policies(resource):
    if resource["type"] == "aws_iam_role_policy_attachment":
        name = resource["values"]["policy_arn"].split("/")[-1]
        if name not in MANAGED_POLICIES:
            yield f"{name} is no policy that this house attaches"


def public_machines(resource):
    if resource["type"] == "aws_subnet" and resource["values"].get("map_public_ip_on_launch"):
        yield "no machine gets a public address by itself"


def exposed_api(resource):
    if resource["type"] != "aws_eks_cluster" or not look_up(resource["values"], "vpc_config.endpoint_public_access"):
        return
    if set(look_up(resource["values"], "vpc_config.public_access_cidrs") or ANYWHERE) & ANYWHERE:
        yield "the cluster's API is not open to the internet"


def bare_distribution(resource):
    if resource["type"] != "aws_cloudfront_distribution":
        return
    for behaviour in resource["values"]["ordered_cache_behavior"]:
        if behaviour["viewer_protocol_policy"] != "redirect-to-https":
            yield f"{behaviour['path_pattern']} travels over TLS only"


def missing_groups(resource):
    if resource["type"] == "aws_wafv2_web_acl":
        names = {rule["name"] for rule in resource["values"]["rule"]}
        for needed in ("AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet", "rate-all", "rate-sign-in"):
            if needed not in names:
                yield f"the web access list has no rule {needed}"


OF_ONE = (
    open_rules, broad_statements, unbounded_writes, unlimited_logs, managed_policies, public_machines, exposed_api,
    bare_distribution, missing_groups,
)


def of_all(found, production):
    count = lambda kind: sum(resource["type"] == kind for resource in found)
    for kind in BESIDE_BUCKET:
        if count(kind) < count("aws_s3_bucket"):
            yield f"there are {count('aws_s3_bucket')} buckets and {count(kind)} {kind}"
    for first, (kind, least) in NUMBERS_IN_PRODUCTION.items():
        if production and count(first) and count(kind) < least:
            yield f"production needs {least} {kind}, not {count(kind)}"


def deletions(plan):
    for change in plan.get("resource_changes", []):
        if "delete" in change["change"]["actions"] and change["type"] in STATEFUL:
            yield f"{change['address']}: would be deleted"


def broken(plan, environment):
    """What is wrong with a plan, a line each."""
    production = environment == "prod"
    found = list(resources(plan["planned_values"]["root_module"]))
    for resource in found:
        problems = [problem for rule in OF_ONE for problem in rule(resource)] + list(fixed(resource, ALWAYS))
        if production:
            problems += fixed(resource, IN_PRODUCTION)
        yield from (f"{resource['address']}: {problem}" for problem in problems)
    yield from of_all(found, production)
    yield from deletions(plan)


if __name__ == "__main__":
    environment, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        problems = list(broken(json.load(file), environment))
    print("\n".join(problems))
    sys.exit(1 if problems else 0)
