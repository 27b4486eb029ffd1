"""Checks rendered Kubernetes objects: each against the schema of its kind, and all of them against the shop's own rules.

    objects.py schemas FOLDER      every object is valid, strictly; custom ones are written to FOLDER/custom.json
    objects.py rules FOLDER        the rules below hold
    objects.py monitored FOLDER    those for a cluster with Prometheus' operator hold
    objects.py values FILE         prints the values that an application holds

FOLDER holds `<environment>-<chart>.yaml`, as Helm renders them.
"""

import json
import pathlib
import re
import sys

import kubernetes_validate
import yaml

KUBERNETES = "1.35"
# Kinds of other people's making, which custom.mjs checks.
CUSTOM = {
    "Application", "AppProject", "ClusterSecretStore", "EC2NodeClass", "ExternalSecret", "NodePool", "PodMonitor",
    "PrometheusRule", "TargetGroupBinding",
}
CLUSTER_KINDS = {
    "Namespace", "PriorityClass", "ClusterSecretStore", "EC2NodeClass", "NodePool", "ClusterRole", "ClusterRoleBinding",
}
SPOT = "topology.kubernetes.io/zone"
WAVE = "argocd.argoproj.io/sync-wave"


def load(folder):
    """Every object with the environment and the chart that it comes from."""
    for file in sorted(pathlib.Path(folder).glob("*-*.yaml")):
        environment, chart = file.stem.split("-", 1)
        for thing in yaml.safe_load_all(file.read_text()):
            if thing:
                yield environment, chart, thing


def label(environment, thing):
    return f"{environment}: {thing['kind']} {thing['metadata']['name']}"


def schemas(folder):
    problems, custom = [], []
    for environment, _, thing in load(folder):
        name = label(environment, thing)
        if thing["kind"] in CUSTOM:
            custom.append({"label": name, "object": thing})
            continue
        if thing["kind"] == "ConfigMap":
            problems.extend(f"{name}: {problem}" for problem in broken_json(thing["data"]))
        try:
            kubernetes_validate.validate(thing, KUBERNETES, strict=True)
        except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
            problems.append(f"{name}: {getattr(error, 'message', error)}")
    (pathlib.Path(folder) / "custom.json").write_text(json.dumps(custom))
    return problems


def broken_json(files):
    for name in (name for name in files if name.endswith(".json")):
        try:
            json.loads(files[name])
        except ValueError as error:
            yield f"{name} is no JSON: {error}"


def pod_of(thing):
    """The specification of the pods that an object makes, if it makes any."""
    spec = thing.get("spec", {})
    match thing["kind"]:
        case "Pod":
            return spec
        case "Deployment" | "Job":
            return spec["template"]["spec"]
        case "CronJob":
            return spec["jobTemplate"]["spec"]["template"]["spec"]
    return None


def pod_rules(pod):
    """What every pod keeps to; yields what it breaks."""
    security = pod.get("securityContext", {})
    if not security.get("runAsNonRoot") or security.get("runAsUser") != 65532:
        yield "must run as 65532"
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "needs the runtime's seccomp profile"
    if pod.get("automountServiceAccountToken") is not False:
        yield "must not get a token of Kubernetes' API"
    if any(pod.get(field) for field in ("hostNetwork", "hostPID", "hostIPC")):
        yield "must not share anything with its node"
    if not pod.get("priorityClassName"):
        yield "needs a priority"
    for volume in pod.get("volumes", []):
        if "emptyDir" not in volume:
            yield f"volume {volume['name']} is none that lives with the pod"
    for container in pod["containers"]:
        yield from (f"container {container['name']} {problem}" for problem in container_rules(container))


def container_rules(container):
    if not re.fullmatch(r"[a-z0-9./_-]+@sha256:[0-9a-f]{64}", container["image"]):
        yield "must name its image by digest"
    security = container.get("securityContext", {})
    if not security.get("readOnlyRootFilesystem"):
        yield "must not write to its image"
    if security.get("allowPrivilegeEscalation") is not False or security.get("capabilities") != {"drop": ["ALL"]}:
        yield "must give up all privileges"
    requests, limits = (container.get("resources", {}).get(kind, {}) for kind in ("requests", "limits"))
    if not requests.get("cpu") or not requests.get("memory"):
        yield "must request CPU and memory"
    if limits.get("memory") != requests.get("memory"):
        yield "must have its memory request as limit"
    if "cpu" in limits:
        yield "must have no limit of CPU"
    for variable in container.get("env", []):
        if "value" in variable and re.search("SECRET|PASSWORD|TOKEN|(DATABASE|REDIS)_URL", variable["name"]):
            yield f"has {variable['name']} in the open"


def deployment_rules(thing, others):
    """What serves shoppers survives the loss of a zone, a rollout and the emptying of a node."""
    spec, pod = thing["spec"], thing["spec"]["template"]["spec"]
    labels = spec["template"]["metadata"]["labels"]
    container = pod["containers"][0]
    if "replicas" in spec:
        yield "leaves the number of replicas to its autoscaler"
    if spec["strategy"]["rollingUpdate"]["maxUnavailable"] != 0:
        yield "must not take a pod away before its successor is there"
    spread = pod.get("topologySpreadConstraints", [])
    if not any(rule["topologyKey"] == SPOT and rule["whenUnsatisfiable"] == "DoNotSchedule" for rule in spread):
        yield "must be spread over the zones"
    if "podAntiAffinity" not in pod.get("affinity", {}):
        yield "must be spread over the nodes"
    paths = {probe: container.get(f"{probe}Probe", {}).get("httpGet", {}).get("path")
             for probe in ("startup", "liveness", "readiness")}
    wanted = {"backend": ("/health", "/health", "/ready")}.get(thing["metadata"]["name"], ("/healthz",) * 3)
    if tuple(paths.values()) != wanted:
        yield f"must be asked for {wanted}, not {tuple(paths.values())}"
    if not container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds"):
        yield "must wait for the load balancer before it stops"

    def of_kind(kind):
        return [other for other in others if other["kind"] == kind]

    def selects(selector):
        return selector and selector.get("matchLabels", {}).items() <= labels.items()

    if not any(selects(budget["spec"]["selector"]) for budget in of_kind("PodDisruptionBudget")):
        yield "needs a budget for disruptions"
    if not any(selects(policy["spec"]["podSelector"]) for policy in of_kind("NetworkPolicy")):
        yield "needs a network policy"
    scalers = [scaler["spec"] for scaler in of_kind("HorizontalPodAutoscaler")
               if scaler["spec"]["scaleTargetRef"]["name"] == thing["metadata"]["name"]]
    if not scalers:
        yield "needs an autoscaler"
    for scaler in scalers:
        if not (2 <= scaler["minReplicas"] <= scaler["maxReplicas"] <= 7 and "behavior" in scaler):
            yield "must be scaled from 2 to at most 7 replicas, with a behaviour"
        if scaler["metrics"][0]["resource"]["target"]["averageUtilization"] != 45:
            yield "must be scaled at 45 % CPU"


def admin_rules(thing, others):
    """Metrics are for agents in the cluster: no Service leads to their port, and no address from outside may reach it."""
    ports = {port["name"]: port["containerPort"] for port in thing["spec"]["template"]["spec"]["containers"][0]["ports"]}
    if "admin" not in ports:
        return
    port = ports["admin"]
    config = next(other for other in others if other["kind"] == "ConfigMap" and "ADMIN_PORT" in other.get("data", {}))
    if config["data"]["ADMIN_PORT"] != str(port) or port == int(config["data"]["PORT"]):
        yield "must serve metrics on the port that it names, and on no public one"
    for service in (other for other in others if other["kind"] == "Service"):
        if any(target.get("targetPort", target["port"]) in ("admin", port) for target in service["spec"]["ports"]):
            yield f"must not be asked for metrics through Service {service['metadata']['name']}"
    reached = False
    for policy in (other for other in others if other["kind"] == "NetworkPolicy"):
        for rule in policy["spec"].get("ingress", []):
            if all(allowed["port"] != port for allowed in rule.get("ports", [{"port": port}])):
                continue
            reached = True
            if any(list(peer) != ["namespaceSelector"] for peer in rule.get("from", [{}])):
                yield "must be asked for metrics by one namespace's pods alone"
    if not reached:
        yield "can be asked for metrics by nobody"


def binding_rules(others):
    """The load balancer leads to what a Service shows, and so never to the metrics."""
    services = {other["metadata"]["name"]: other for other in others if other["kind"] == "Service"}
    for binding in (other["spec"]["serviceRef"] for other in others if other["kind"] == "TargetGroupBinding"):
        ports = services[binding["name"]]["spec"]["ports"] if binding["name"] in services else []
        if binding["port"] not in [port["name"] for port in ports]:
            yield f"the load balancer is led to {binding['name']}:{binding['port']}, which no Service has"


def monitoring_rules(others):
    """Prometheus asks every server, where it tells; the dashboard takes whichever source it is given."""
    pods = [other["spec"]["template"] for other in others if other["kind"] == "Deployment"]
    for monitor in (other["spec"] for other in others if other["kind"] == "PodMonitor"):
        wanted = monitor["selector"]["matchLabels"].items()
        found = [pod["spec"]["containers"][0] for pod in pods if wanted <= pod["metadata"]["labels"].items()]
        if not found:
            yield "the pod monitor finds no pods"
        for endpoint in monitor["podMetricsEndpoints"]:
            if endpoint["port"] != "admin" or endpoint["path"] != "/metrics":
                yield f"the pod monitor asks {endpoint['port']} for {endpoint['path']}"
    boards = [json.loads(text) for other in others if other["kind"] == "ConfigMap"
              for name, text in other["data"].items() if name.endswith(".json")]
    if not boards:
        yield "there is no dashboard"
    for panel in (panel for board in boards for panel in board["panels"]):
        if panel.get("datasource", {}).get("uid") != "${source}":
            yield f"panel {panel['title']} has a source of its own"


def wave(thing):
    return int(thing["metadata"].get("annotations", {}).get(WAVE, 0))


def hook(thing):
    return thing["metadata"].get("annotations", {}).get("argocd.argoproj.io/hook")


def migration_rules(others):
    """What the migration needs exists before it."""
    for job in (other for other in others if other["kind"] == "Job" and hook(other) == "PreSync"):
        pod = pod_of(job)
        needs = [("ServiceAccount", pod["serviceAccountName"])]
        needs += [("ExternalSecret", variable["valueFrom"]["secretKeyRef"]["name"])
                  for variable in pod["containers"][0]["env"] if "valueFrom" in variable]
        for kind, name in needs:
            if not any(other["kind"] == kind and other["metadata"]["name"] == name and hook(other) == "PreSync"
                       and wave(other) < wave(job) for other in others):
                yield f"Job {job['metadata']['name']} needs {kind} {name} in an earlier wave"


def namespace_rules(thing, others):
    name, labels = thing["metadata"]["name"], thing["metadata"]["labels"]
    if labels.get("pod-security.kubernetes.io/enforce") != "restricted":
        yield "must enforce the restricted profile"
    inside = [other for other in others if other["metadata"].get("namespace") == name]
    if not any(other["kind"] == "NetworkPolicy" and other["spec"]["podSelector"] == {}
               and sorted(other["spec"]["policyTypes"]) == ["Egress", "Ingress"]
               and not other["spec"].get("ingress") and not other["spec"].get("egress") for other in inside):
        yield "must deny what is not allowed"
    for kind in ("ResourceQuota", "LimitRange"):
        if not any(other["kind"] == kind for other in inside):
            yield f"needs a {kind}"


def application_rules(thing):
    spec = thing["spec"]
    policy = spec["syncPolicy"]
    if policy.get("automated") != {"prune": True, "selfHeal": True} or "retry" not in policy:
        yield "must follow the repository by itself"
    if "ServerSideApply=true" not in policy["syncOptions"]:
        yield "must be applied by the server"
    for source in spec.get("sources", []):
        if "chart" in source and not re.fullmatch(r"\d+\.\d+\.\d+", source["targetRevision"]):
            yield "must name an exact version"
    path = spec.get("source", {}).get("path", "")
    replicas = [rule for rule in spec.get("ignoreDifferences", []) if "/spec/replicas" in rule.get("jsonPointers", [])]
    if path.startswith("charts/") and not replicas:
        yield "must leave the replicas to the autoscaler"


def group(thing):
    version = thing["apiVersion"]
    return version.split("/")[0] if "/" in version else ""


def project_rules(applications, projects, rendered):
    """A project allows what its applications consist of, and nothing besides."""
    used = {name: {True: set(), False: set()} for name in projects}
    for application in applications:
        name, spec = application["metadata"]["name"], application["spec"]
        project = projects.get(spec["project"])
        if project is None:
            yield f"Application {name} is in no project"
            continue
        urls = [source["repoURL"] for source in spec.get("sources", [spec.get("source")])]
        for url in urls:
            if url not in project["spec"]["sourceRepos"]:
                yield f"project {spec['project']} does not allow {url}"
        targets = {target["namespace"] for target in project["spec"]["destinations"]}
        for thing in rendered.get(name, []):
            if thing["metadata"].get("annotations", {}).get("helm.sh/hook") == "test" and not hook(thing):
                continue
            of_cluster = thing["kind"] in CLUSTER_KINDS
            used[spec["project"]][of_cluster].add((group(thing), thing["kind"]))
            space = thing["metadata"].get("namespace", spec["destination"]["namespace"])
            if not of_cluster and space not in targets:
                yield f"project {spec['project']} does not allow the namespace {space}"
    for name, project in projects.items():
        lists = {True: "clusterResourceWhitelist", False: "namespaceResourceWhitelist"}
        for of_cluster, field in lists.items():
            allowed = {(entry["group"], entry["kind"]) for entry in project["spec"][field]}
            for kind in used[name][of_cluster] - allowed:
                yield f"project {name} does not allow {kind}, which it holds"
            # What the controllers' charts consist of is not known here.
            if name != "controllers":
                for kind in allowed - used[name][of_cluster]:
                    yield f"project {name} allows {kind}, which it does not hold"
    if any(projects["default"]["spec"][field] for field in ("sourceRepos", "destinations")):
        yield "the project default must allow nothing"


def wave_rules(applications):
    """Controllers, then what they serve, then what is watched, then the shop from the inside out."""
    waves = {application["metadata"]["name"]: wave(application) for application in applications}
    order = ["argocd", "external-secrets", "platform", "collector", "backend", "frontend"]
    if sorted(order, key=lambda name: waves[name]) != order or len({waves[name] for name in order}) != len(order):
        yield f"the waves are not in order: {waves}"
    for name in ("aws-load-balancer-controller", "karpenter"):
        if not waves[name] < waves["platform"]:
            yield f"{name} must come before the platform"


def rules(folder):
    problems, by_environment = [], {}
    for environment, chart, thing in load(folder):
        by_environment.setdefault(environment, {}).setdefault(chart, []).append(thing)
    for environment, charts in by_environment.items():
        def note(found, name=environment):
            problems.extend(f"{name}: {problem}" for problem in found)
        for others in charts.values():
            note(migration_rules(others))
            note(binding_rules(others))
            for thing in others:
                name = label(environment, thing)
                pod = pod_of(thing)
                if pod is not None:
                    note(pod_rules(pod), name)
                if thing["kind"] == "Deployment":
                    note(deployment_rules(thing, others), name)
                    note(admin_rules(thing, others), name)
                if thing["kind"] in ("Job", "CronJob") and "activeDeadlineSeconds" not in json.dumps(thing["spec"]):
                    note(["must end some time"], name)
                if thing["kind"] == "ServiceAccount" and thing.get("automountServiceAccountToken") is not False:
                    note(["must not hand out a token"], name)
                if thing["kind"] == "Namespace":
                    note(namespace_rules(thing, others), name)
                if thing["kind"] == "Application":
                    note(application_rules(thing), name)
        applications = [thing for thing in charts["apps"] if thing["kind"] == "Application"]
        projects = {thing["metadata"]["name"]: thing for thing in charts["apps"] if thing["kind"] == "AppProject"}
        note(project_rules(applications, projects, charts))
        note(wave_rules(applications))
    return problems


def monitored(folder):
    return list(monitoring_rules([thing for _, _, thing in load(folder)]))


def values(file):
    application = yaml.safe_load(pathlib.Path(file).read_text())
    print(yaml.safe_dump(application["spec"]["source"]["helm"]["valuesObject"]))
    return []


def main():
    found = {"schemas": schemas, "rules": rules, "monitored": monitored, "values": values}[sys.argv[1]](sys.argv[2])
    for problem in found:
        print(problem)
    sys.exit(bool(found))


main()
