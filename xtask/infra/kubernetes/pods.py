"""Says what the rendered pods of the server would be started with, a fact a line: pods.py OBJECTS DOCKERFILE

    server arg serve
    server env PORT 4000
    server secret JWT_SECRET
    server probe startup /health 60
"""

import re
import sys

import yaml

things = [thing for thing in yaml.safe_load_all(open(sys.argv[1])) if thing]
dockerfile = open(sys.argv[2]).read()


def find(kind, name):
    return next((thing for thing in things if (thing["kind"], thing["metadata"]["name"]) == (kind, name)), None)


def secret_keys(name):
    return [entry["secretKey"] for entry in find("ExternalSecret", name)["spec"]["data"]]


def environment(container):
    """Variables in the order in which they override each other: the image's, whole maps, single ones."""
    block = re.search(r"^ENV ((?:.*\\\n)*.*)$", dockerfile.split("\nFROM ")[-1], re.M)
    values, secrets = dict(re.findall(r"(\w+)=(\S+)", block.group(1).replace("\\\n", " "))), set()
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            values |= find("ConfigMap", source["configMapRef"]["name"])["data"]
        else:
            secrets |= set(secret_keys(source["secretRef"]["name"]))
    for variable in container.get("env", []):
        if "value" in variable:
            values[variable["name"]] = variable["value"]
        elif variable["valueFrom"]["secretKeyRef"]["key"] in secret_keys(variable["valueFrom"]["secretKeyRef"]["name"]):
            secrets.add(variable["name"])
    return values, secrets


def facts(name, pod):
    container = pod["containers"][0]
    # The image's own entry point, unless the pod names another.
    yield from (("arg", word) for word in container.get("command", []) + container["args"])
    values, secrets = environment(container)
    yield from (("env", key, value) for key, value in values.items() if key not in secrets)
    yield from (("secret", key) for key in sorted(secrets))
    yield "user", container.get("securityContext", {}).get("runAsUser", pod["securityContext"]["runAsUser"])
    yield "readonly", str(container["securityContext"].get("readOnlyRootFilesystem", False)).lower()
    if "terminationGracePeriodSeconds" in pod:
        yield "grace", pod["terminationGracePeriodSeconds"] - container["lifecycle"]["preStop"]["sleep"]["seconds"]
    for probe in ("startup", "liveness", "readiness"):
        if rule := container.get(f"{probe}Probe"):
            yield "probe", probe, rule["httpGet"]["path"], rule["periodSeconds"] * rule["failureThreshold"]


pods = {
    "server": find("Deployment", "backend")["spec"]["template"]["spec"],
    "migrate": find("Job", "backend-migrate")["spec"]["template"]["spec"],
    "seed": find("Job", "backend-seed")["spec"]["template"]["spec"],
    "ping": find("CronJob", "backend-database-ping")["spec"]["jobTemplate"]["spec"]["template"]["spec"],
}
for name, pod in pods.items():
    for fact in facts(name, pod):
        print("\t".join(str(word) for word in (name, *fact)))
