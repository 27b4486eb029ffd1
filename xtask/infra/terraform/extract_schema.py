"""Rebuilds the part of a provider's schema that is in use from the provider's bindings for TypeScript, which npm has.

  npm pack @cdktn/provider-aws@25.7.0 && tar xzf cdktn-provider-aws-25.7.0.tgz
  python3 extract_schema.py package ../../../terraform schemas/aws.json

The bindings keep every attribute's name, type and requiredness and the nesting of blocks. What they lack is in OVERLAY
and in `web_acl_statement`: the deep statements of web access lists, and what is sensitive.
"""

import json
import pathlib
import re
import sys

COMMENT = re.compile(r"^    // (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\s*$", re.M)
CLASS = re.compile(r"^class (\w+) extends cdkt[nf]\.(\w+) \{$", re.M)
HCL_FUNCTION = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{(.*?)^\}", re.M | re.S)
HCL_METHOD = re.compile(r"synthesizeHclAttributes\(\) \{(.*?)\n    \}", re.S)
HCL_ENTRY = re.compile(
    r'^\s{8,12}("?\w+"?): \{\n\s+value: (.*?),\n\s+isBlock: (true|false),\n'
    r'\s+type: "(\w+)",\n\s+storageClassType: "(\w*)",',
    re.M | re.S,
)
INTERFACE = re.compile(r"^export interface (\w+)[^{]*\{\n(.*?)^\}", re.M | re.S)
BLOCK_COMMENT = re.compile(r"/\*\*\n\s+\* (\w+) block\n")
USED = re.compile(r'^\s*(resource|data|ephemeral)\s+"(\w+)"', re.M)

STORAGE = {
    "stringList": "string", "numberList": "number", "booleanList": "bool",
    "stringMap": "string", "numberMap": "number", "booleanMap": "bool", "anyMap": "string", "any": "dynamic",
}
SIMPLE = {"string": "string", "number": "number", "boolean": "bool", "any": "dynamic"}
COLLECTIONS = {
    "StringMap": ["map", "string"], "NumberMap": ["map", "number"], "BooleanMap": ["map", "bool"],
    "AnyMap": ["map", "dynamic"], "StringMapList": ["list", ["map", "string"]], "BooleanList": ["list", "bool"],
    "StringListList": ["list", ["list", "string"]], "StringListMap": ["map", ["list", "string"]],
    "NumberListList": ["list", ["list", "number"]],
}
GETTERS = {
    "getStringAttribute": "string", "getNumberAttribute": "number", "getBooleanAttribute": "bool",
    "getStringMapAttribute": ["map", "string"], "getNumberMapAttribute": ["map", "number"],
    "getBooleanMapAttribute": ["map", "bool"], "getAnyMapAttribute": ["map", "dynamic"],
}
KINDS = {
    "TerraformResource": "resource_schemas",
    "TerraformDataSource": "data_source_schemas",
    "TerraformEphemeralResource": "ephemeral_resource_schemas",
}
SENSITIVE = {
    "aws_rds_cluster": ["master_password"],
    "aws_elasticache_user": ["passwords"],
    "aws_secretsmanager_secret_version": ["secret_string", "secret_binary"],
    "aws_ssm_parameter": ["value"],
    "random_password": ["result", "bcrypt_hash"],
}


class Bindings:
    """One file of the bindings: a resource, a data source or the provider itself."""

    def __init__(self, code, types):
        self.classes, self.entries_of, self.blocks = {}, {}, set()
        starts = list(CLASS.finditer(code))
        ends = [start.start() for start in starts[1:]] + [len(code)]
        for start, end in zip(starts, ends):
            self.classes[start.group(1)] = (start.group(2), code[start.start():end])
        for function in HCL_FUNCTION.finditer(code):
            name = function.group(1)
            self.entries_of[name[0].upper() + name[1:]] = entries(function.group(2))
        for interface in INTERFACE.finditer(types):
            for block in BLOCK_COMMENT.finditer(interface.group(2)):
                self.blocks.add((interface.group(1), block.group(1)))

    def members(self, name):
        """(attribute, computed, optional, required, the code that reads it) for each member of a class."""
        body = self.classes[name][1]
        comments = list(COMMENT.finditer(body))
        ends = [comment.start() for comment in comments[1:]] + [len(body)]
        for comment, end in zip(comments, ends):
            code = body[comment.end():end].split("// =====")[0].split("synthesizeAttributes")[0]
            yield comment.group(1), *(flag == "true" for flag in comment.groups()[1:]), code

    def object_type(self, name):
        if name not in self.classes:
            return "dynamic"
        return ["object", {member[0]: self.attribute_type(member[4], None) for member in self.members(name)}]

    def attribute_type(self, code, entry):
        if made := re.search(r'new (\w+)\(this, "\w+"(?:, (true|false))?\)', code):
            return self.class_type(made.group(1), made.group(2) == "true")
        if made := re.search(r'new cdkt[nf]\.(\w+)\(this, "\w+"(?:, (?:true|false))?\)', code):
            return COLLECTIONS[made.group(1)]
        several = "set" if "tolist" in code else "list"
        if "getNumberListAttribute" in code:
            return [several, "number"]
        if "getListAttribute" in code:
            return [several, "string"]
        for getter, kind in GETTERS.items():
            if getter in code:
                return kind
        return entry_type(entry) or "dynamic"

    def class_type(self, name, is_set):
        base = self.classes[name][0]
        if base == "ComplexList" or name.endswith("List"):
            return ["set" if is_set else "list", self.object_type(f"{name[:-4]}OutputReference")]
        if base == "ComplexMap":
            return ["map", self.object_type(f"{name[:-3]}OutputReference")]
        return self.object_type(name)

    def block(self, name, known, interface):
        attributes, nested = {}, {}
        for member, computed, optional, required, code in self.members(name):
            entry = known.get(member)
            if entry and (interface, member) in self.blocks:
                nested[member] = self.nested_block(code, entry, required)
                continue
            attribute = {"type": self.attribute_type(code, entry)}
            attribute |= {key: True for key, on in
                          (("required", required), ("optional", optional), ("computed", computed)) if on}
            if member.endswith("_wo") and optional:
                attribute |= {"write_only": True, "sensitive": True}
                attribute.pop("computed", None)
            attributes[member] = attribute
        return without_empty({"attributes": attributes, "block_types": nested})

    def nested_block(self, code, entry, required):
        made = re.search(r'new (\w+)\(this, "\w+"(?:, (?:true|false))?\)', code)
        if not made:
            return {"nesting_mode": "list", "block": {}}
        reference, single = made.group(1), True
        if self.classes[reference][0] == "ComplexList":
            reference, single = f"{reference[:-4]}OutputReference", False
        name = reference.removesuffix("OutputReference")
        mode = "single" if entry["type"] == "struct" else entry["type"]
        block = {"nesting_mode": mode, "block": self.block(reference, self.entries_of.get(name, {}), name)}
        if required:
            block["min_items"] = 1
        if mode in ("list", "set") and single:
            block["max_items"] = 1
        return block


def entries(text):
    return {
        found.group(1).strip('"'): {"type": found.group(4), "storage": found.group(5)}
        for found in HCL_ENTRY.finditer(text)
    }


def entry_type(entry):
    if not entry or not (kind := STORAGE.get(entry["storage"]) or SIMPLE.get(entry["storage"])):
        return None
    return [entry["type"], kind] if entry["type"] in ("list", "set", "map") else kind


def without_empty(mapping):
    return {key: value for key, value in mapping.items() if value}


def nested(attributes=None, blocks=None, mode="list", most=1, least=0):
    block = without_empty({"attributes": attributes or {}, "block_types": blocks or {}})
    return without_empty({"nesting_mode": mode, "max_items": most, "min_items": least}) | {"block": block}


def web_acl_statement():
    """The statements of a web access list that the shop uses; the bindings type them as `any`."""
    text, number = {"type": "string", "required": True}, {"type": "number", "required": True}
    field = nested(blocks={"uri_path": nested(), "body": nested({"oversize_handling": {"type": "string", "optional": True}})})
    transformation = nested({"priority": number, "type": text}, mode="set", most=0, least=1)
    match = {"field_to_match": field, "text_transformation": transformation}
    action = nested(blocks={name: nested() for name in ("allow", "block", "count", "captcha", "challenge")})
    leaves = {
        "byte_match_statement": nested({"positional_constraint": text, "search_string": text}, match),
        "size_constraint_statement": nested({"comparison_operator": text, "size": number}, match),
        "geo_match_statement": nested({"country_codes": {"type": ["list", "string"], "required": True}}),
    }
    inner, scope = nested(blocks=leaves, least=1), nested(blocks=leaves)
    rate = {"limit": number, "aggregate_key_type": {"type": "string", "optional": True},
            "evaluation_window_sec": {"type": "number", "optional": True}}
    override = nested({"name": text}, {"action_to_use": action}, most=100)
    managed = {"name": text, "vendor_name": text, "version": {"type": "string", "optional": True}}
    return nested(blocks=leaves | {
        "not_statement": nested(blocks={"statement": inner}),
        "rate_based_statement": nested(rate, {"scope_down_statement": scope}),
        "managed_rule_group_statement": nested(managed, {"rule_action_override": override, "scope_down_statement": scope}),
    }, least=1)


def used_types(folder):
    found = {"resource": set(), "data": set(), "ephemeral": set()}
    for file in pathlib.Path(folder).rglob("*.tf"):
        for kind, name in USED.findall(file.read_text(encoding="utf-8")):
            found[kind].add(name)
    return {"TerraformResource": found["resource"], "TerraformDataSource": found["data"],
            "TerraformEphemeralResource": found["ephemeral"]}


def extract(package, used):
    schemas = {"version": None, "provider": {"block": {}}} | {kind: {} for kind in KINDS.values()}
    for code_file in sorted(pathlib.Path(package, "lib").glob("*/index.js")):
        code = code_file.read_text(encoding="utf-8")
        type_name = re.search(r'tfResourceType = "(\w+)";', code)
        is_provider = code_file.parent.name == "provider"
        if not type_name or not (is_provider or any(type_name.group(1) in names for names in used.values())):
            continue
        bindings = Bindings(code, code_file.with_suffix(".d.ts").read_text(encoding="utf-8"))
        for name, (base, body) in bindings.classes.items():
            method = HCL_METHOD.search(body)
            known = entries(method.group(1)) if method else {}
            if base == "TerraformProvider":
                schemas["provider"] = {"block": provider_block(bindings.block(name, known, f"{name}Config"))}
            elif base in KINDS and type_name.group(1) in used[base]:
                block = bindings.block(name, known, f"{name}Config")
                schemas[KINDS[base]][type_name.group(1)] = {"version": 0, "block": block}
                schemas["version"] = re.search(r"providerVersion: '([^']+)'", body).group(1)
    complete(schemas["resource_schemas"])
    return schemas


def provider_block(block):
    """The settings in use; the many others would only make the file long."""
    region = {"region": {"type": "string", "optional": True}} if "region" in block.get("attributes", {}) else {}
    tags = nested({"tags": {"type": ["map", "string"], "optional": True}})
    accounts = {"allowed_account_ids": {"type": ["set", "string"], "optional": True}}
    return {"attributes": region | accounts, "block_types": {"default_tags": tags}} if region else {}


def complete(resources):
    for type_name, resource in resources.items():
        # A setting of how long to wait, not of what is made.
        resource["block"].get("block_types", {}).pop("timeouts", None)
        for name in SENSITIVE.get(type_name, []):
            resource["block"]["attributes"][name]["sensitive"] = True
    if web_acl := resources.get("aws_wafv2_web_acl"):
        web_acl["block"]["block_types"]["rule"]["block"]["block_types"]["statement"] = web_acl_statement()


def write(schemas, path):
    """One type a line, so that a difference shows which types changed."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'{{"version": {json.dumps(schemas["version"])},\n"provider": {json.dumps(schemas["provider"])}')
        for kind in KINDS.values():
            lines = [f"{json.dumps(name)}: {json.dumps(schema, separators=(',', ':'))}"
                     for name, schema in sorted(schemas[kind].items())]
            file.write(f',\n"{kind}": {{\n' + ",\n".join(lines) + "\n}")
        file.write("}\n")


if __name__ == "__main__":
    package, folder, out = sys.argv[1:]
    schemas = extract(package, used_types(folder))
    write(schemas, out)
    print(f"{out}: {sum(len(schemas[kind]) for kind in KINDS.values())} types of version {schemas['version']}")
