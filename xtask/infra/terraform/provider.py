"""Terraform providers that know the real ones' schemas and nothing else. Terraform checks configurations against the
schemas; plans and applies are answered with values made up on the spot. Nothing talks to a network.

All providers of which there is a schema are served until standard input ends. The line that is printed belongs into
TF_REATTACH_PROVIDERS, with which Terraform uses what runs already. One variable:
  STUB_PARAMETERS  a JSON file in which created SSM parameters are kept, so that one layer reads what another one wrote
"""

import hashlib
import json
import os
import signal
import sys
import tempfile
import threading
from concurrent import futures

import grpc
import msgpack

HOME = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HOME)
pb, rpc = grpc.protos_and_services("tfplugin6.proto")

ACCOUNT = "123456789012"
REGION = "eu-central-1"
# What a plan needs to be able to rely on.
FIXED_DATA = {
    "aws_availability_zones": {"names": [REGION + zone for zone in "abc"]},
    "aws_caller_identity": {"account_id": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:user/stub"},
    "aws_partition": {"partition": "aws", "dns_suffix": "amazonaws.com"},
    "aws_region": {"region": REGION, "name": REGION, "id": REGION},
}
NESTING = {
    "single": pb.Schema.NestedBlock.SINGLE,
    "list": pb.Schema.NestedBlock.LIST,
    "set": pb.Schema.NestedBlock.SET,
    "map": pb.Schema.NestedBlock.MAP,
}


class Unknown:
    """A value that is known after apply."""


UNKNOWN = Unknown()


def decode(value):
    if not value.msgpack:
        return None
    return msgpack.unpackb(value.msgpack, ext_hook=lambda _code, _data: UNKNOWN, strict_map_key=False)


def encode(value):
    as_extension = lambda item: msgpack.ExtType(0, b"\x00") if item is UNKNOWN else item
    return pb.DynamicValue(msgpack=msgpack.packb(value, default=as_extension))


def schema_message(schema):
    return pb.Schema(version=schema.get("version", 0), block=block_message(schema.get("block", {})))


def block_message(block):
    message = pb.Schema.Block()
    for name, attribute in sorted(block.get("attributes", {}).items()):
        flags = {key: value for key, value in attribute.items() if key != "type"}
        message.attributes.add(name=name, type=json.dumps(attribute["type"]).encode(), **flags)
    for name, nested in sorted(block.get("block_types", {}).items()):
        message.block_types.add(
            type_name=name,
            nesting=NESTING[nested["nesting_mode"]],
            min_items=nested.get("min_items", 0),
            max_items=nested.get("max_items", 0),
            block=block_message(nested.get("block", {})),
        )
    return message


def made_up(kind, path, seed):
    """A value of a type. The same path and seed always give the same value, so that a second plan is empty."""
    digest = hashlib.sha256((path + seed).encode()).hexdigest()
    if kind == "string":
        return made_up_text(path, digest)
    if kind == "number":
        return int(digest[:4], 16)
    if kind == "bool":
        return False
    if kind == "dynamic":
        return None
    shape, inner = kind
    if shape == "list" or (shape == "set" and isinstance(inner, list)):
        return [made_up(inner, path, seed)]
    if shape == "object":
        return {name: made_up(each, f"{path}.{name}", seed) for name, each in inner.items()}
    return {} if shape == "map" else []


def made_up_text(path, digest):
    resource, leaf = path.split(".")[0], path.split(".")[-1]
    if leaf == "arn" or leaf.endswith("_arn"):
        return f"arn:aws:stub:{REGION}:{ACCOUNT}:{resource}/{digest[:8]}"
    return f"{leaf}-{digest[:8]}"


def fill(block, value, path, make):
    """Puts `make(attribute, path)` wherever the provider, not the configuration, decides; write-only values are dropped."""
    if value is None or value is UNKNOWN:
        return value
    for name, attribute in block.get("attributes", {}).items():
        if attribute.get("write_only"):
            value[name] = None
        elif attribute.get("computed") and (value.get(name) is None or value.get(name) is UNKNOWN):
            value[name] = make(attribute, f"{path}.{name}")
    for name, nested in block.get("block_types", {}).items():
        inner, below = value.get(name), f"{path}.{name}"
        if isinstance(inner, list):
            value[name] = [fill(nested["block"], each, below, make) for each in inner]
        elif isinstance(inner, dict) and nested["nesting_mode"] == "map":
            value[name] = {key: fill(nested["block"], each, below, make) for key, each in inner.items()}
        elif isinstance(inner, dict):
            value[name] = fill(nested["block"], inner, below, make)
    return value


def parameters():
    path = os.environ.get("STUB_PARAMETERS", "")
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Provider(rpc.ProviderServicer):
    def __init__(self, name):
        with open(os.path.join(HOME, "schemas", f"{name}.json"), encoding="utf-8") as file:
            self.schemas = json.load(file)
        self.answer = self.all_schemas()
        self.writing = threading.Lock()

    def block(self, kind, type_name):
        return self.schemas[kind][type_name]["block"]

    def settle(self, kind, type_name, value):
        seed = json.dumps(value, default=str, sort_keys=True)

        def make(attribute, path):
            # A list that could have been given and was not is empty.
            is_left_out = attribute.get("optional") and attribute["type"][0] in ("list", "set")
            return [] if is_left_out else made_up(attribute["type"], path, seed)

        return fill(self.block(kind, type_name), value, type_name, make)

    def all_schemas(self):
        answer = pb.GetProviderSchema.Response(provider=schema_message(self.schemas["provider"]))
        for kind in ("resource_schemas", "data_source_schemas", "ephemeral_resource_schemas"):
            for name, schema in self.schemas[kind].items():
                getattr(answer, kind)[name].CopyFrom(schema_message(schema))
        return answer

    def GetProviderSchema(self, request, context):
        return self.answer

    def agree(self, request, context):
        return pb.Validate.Response()

    ValidateProviderConfig = ValidateResourceConfig = ValidateDataResourceConfig = agree
    ValidateEphemeralResourceConfig = ConfigureProvider = CloseEphemeralResource = agree

    def UpgradeResourceState(self, request, context):
        state = encode(json.loads(request.raw_state.json))
        return pb.UpgradeResourceState.Response(upgraded_state=state)

    def ReadResource(self, request, context):
        return pb.ReadResource.Response(new_state=request.current_state)

    def PlanResourceChange(self, request, context):
        value = decode(request.proposed_new_state)
        if value is not None:
            is_new = decode(request.prior_state) is None
            make = (lambda _attribute, _path: UNKNOWN) if is_new else (lambda _attribute, _path: None)
            value = fill(self.block("resource_schemas", request.type_name), value, request.type_name, make)
        return pb.PlanResourceChange.Response(planned_state=encode(value))

    def ApplyResourceChange(self, request, context):
        value = decode(request.planned_state)
        if value is not None:
            value = self.settle("resource_schemas", request.type_name, value)
            if request.type_name == "aws_ssm_parameter":
                self.keep(value)
        return pb.ApplyResourceChange.Response(new_state=encode(value))

    def keep(self, parameter):
        if path := os.environ.get("STUB_PARAMETERS"):
            with self.writing:
                kept = parameters() | {parameter["name"]: parameter["value"]}
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(kept, file, indent=1)

    def ReadDataSource(self, request, context):
        value = decode(request.config)
        value.update(FIXED_DATA.get(request.type_name, {}))
        if request.type_name == "aws_ssm_parameter":
            name = value["name"]
            kept = parameters()
            if name not in kept:
                missing = pb.Diagnostic(severity=pb.Diagnostic.ERROR, summary=f"no layer wrote the parameter {name}")
                return pb.ReadDataSource.Response(diagnostics=[missing])
            value["value"] = value["insecure_value"] = kept[name]
        value = self.settle("data_source_schemas", request.type_name, value)
        return pb.ReadDataSource.Response(state=encode(value))

    def OpenEphemeralResource(self, request, context):
        value = self.settle("ephemeral_resource_schemas", request.type_name, decode(request.config))
        return pb.OpenEphemeralResource.Response(result=encode(value))

    def StopProvider(self, request, context):
        return pb.StopProvider.Response()


def serve(name, folder):
    """Serves one provider, and tells how Terraform reaches it."""
    unlimited = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    server = grpc.server(futures.ThreadPoolExecutor(8), options=unlimited)
    rpc.add_ProviderServicer_to_server(Provider(name), server)
    socket = os.path.join(folder, f"{name}.socket")
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    address = {"Network": "unix", "String": socket}
    return server, {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": os.getpid(), "Test": True, "Addr": address}


def main():
    # Ends in order, so that the sockets' folder goes.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    names = sorted(file.removesuffix(".json") for file in os.listdir(os.path.join(HOME, "schemas")))
    with tempfile.TemporaryDirectory() as folder:
        served = {f"hashicorp/{name}": serve(name, folder) for name in names}
        print(json.dumps({address: reattach for address, (_server, reattach) in served.items()}), flush=True)
        # Whoever started this holds the other end.
        sys.stdin.read()
        for server, _reattach in served.values():
            server.stop(None)


if __name__ == "__main__":
    main()
