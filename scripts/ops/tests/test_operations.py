"""What each operation does to AWS and to the cluster, and what it refuses."""

import gzip
import http.server
import json
import pathlib
import threading
import time

import pytest

OPERATIONS = pathlib.Path(__file__).resolve().parent.parent
# Everything that must never be read in a log or in an artifact.
PRIVATE = "jane.doe@example.com paid with 4242 4242 4242 4242 by Bearer abcdefghijklmnop at postgres://shop:hunter2@db/shop"
LEAKS = ["jane.doe", "4242 4242", "abcdefghijklmnop", "hunter2"]


def assert_clean(text):
    assert not [leak for leak in LEAKS if leak in text]


# Bad input, the same for all of them.

NAMES = sorted(file.stem for file in OPERATIONS.glob("*.sh") if file.stem not in ("lib", "dispatch"))
REQUIRED = {
    "argocd-sync": ["--application=backend"], "clear-cache": ["--namespace=all"],
    "cloudfront-invalidate": ["--paths=/*"], "cost-park": ["--action=park"], "pod-restart": ["--deployment=backend"],
    "scale-replicas": ["--deployment=backend", "--minimum=2", "--maximum=4"], "view-pod-logs": ["--deployment=backend"],
}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_done_without_an_environment_or_with_an_unknown_one_or_with_an_option_that_is_none(run, shim, name):
    for environment, extra in [(None, []), ("staging", []), ("demo; rm -rf /", []), ("demo", ["--force=yes"]),
                               ("demo", ["force"])]:
        result = run(name, *REQUIRED.get(name, []), *extra, environment=environment)
        assert result.code == 1 and result.error.startswith("error: "), result
    assert shim.calls() == []


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_required_options_are_asked_for(run, shim, name):
    result = run(name, *REQUIRED[name][1:])
    assert result.code == 1 and "is required" in result.error
    assert shim.calls() == []


@pytest.mark.parametrize("name, options", [
    ("argocd-sync", ["--application=-n kube-system"]),
    ("argocd-sync", ["--application=backend\nplatform"]),
    ("clear-cache", ["--namespace=orders"]),
    ("clear-cache", ["--namespace=all all"]),
    ("cloudfront-invalidate", ["--paths=index.html"]),
    ("cloudfront-invalidate", ["--paths=/a*b"]),
    ("cloudfront-invalidate", ["--paths=" + " ".join(["/a"] * 16)]),
    ("pod-restart", ["--deployment=coredns"]),
    ("scale-replicas", ["--deployment=backend", "--minimum=0", "--maximum=3"]),
    ("scale-replicas", ["--deployment=backend", "--minimum=2", "--maximum=8"]),
    ("scale-replicas", ["--deployment=backend", "--minimum=5", "--maximum=3"]),
    ("view-pod-logs", ["--deployment=backend", "--lines=100000"]),
    ("view-pod-logs", ["--deployment=backend", "--previous=yes"]),
    ("export-logs", ["--minutes=0"]),
    ("cost-park", ["--action=destroy"]),
])
def test_values_that_are_not_allowed_are_refused_before_anything_is_asked(run, shim, name, options):
    result = run(name, *options)
    assert result.code == 1 and ("must match" in result.error or "more than the maximum" in result.error), result
    assert shim.calls() == []


def test_production_is_never_parked_and_keeps_two_replicas(run, shim):
    for action in ("park", "start"):
        result = run("cost-park", f"--action={action}", environment="prod")
        assert result.code == 1 and "--environment must match demo" in result.error
    result = run("scale-replicas", "--deployment=backend", "--minimum=1", "--maximum=3", environment="prod")
    assert result.code == 1 and "prod keeps at least 2 replicas" in result.error
    assert shim.calls() == []


def test_help_names_the_options(run):
    result = run("scale-replicas", "--help", environment=None)
    assert result.code == 0 and "--minimum=[1-7]" in result.out


def test_a_fact_that_terraform_has_not_left_is_named(run):
    result = run("cloudfront-invalidate", "--paths=/*")
    assert result.code == 1 and "/alder-demo/services/distribution-id" in result.error


def test_a_cluster_that_is_not_there_is_named(run, shim):
    result = run("clear-cache", "--namespace=all", environment="prod")
    assert result.code == 1 and "alder-prod" in result.error
    assert shim.calls() == []


# From a workflow's inputs to an operation's options.

def test_the_inputs_of_a_workflow_become_options_without_passing_through_a_shell(run, shim):
    shim.answer("exec", "Flushed: search. Every running server follows within a second.")
    inputs = {"environment": "demo", "namespace": "search"}
    result = run("dispatch", environment=None, extra={"OPERATION": "clear-cache", "OPTIONS": json.dumps(inputs)})
    assert result.code == 0, result.error
    for value in ["$(touch made)", "`touch made`", "a'; touch made; '", "search\n--x=y"]:
        inputs["namespace"] = value
        result = run("dispatch", environment=None, extra={"OPERATION": "clear-cache", "OPTIONS": json.dumps(inputs)})
        assert result.code == 1 and "--namespace must match" in result.error, result
    assert len(shim.calls("exec")) == 1


def test_only_operations_are_dispatched(run):
    for name in ["", "../../evil", "lib.sh", "dispatch", "no-such"]:
        assert run("dispatch", environment=None, extra={"OPERATION": name, "OPTIONS": "{}"}).code == 1


# Inside the cluster.

def application(phase="Succeeded", started="2", sync="Synced", health="Healthy", operation=None, message=""):
    return {"operation": operation, "status": {
        "operationState": {"phase": phase, "startedAt": started, "message": message},
        "sync": {"status": sync, "revision": "abc123"}, "health": {"status": health}}}


def test_a_sync_is_started_and_waited_for(run, shim):
    shim.answer("get application backend", application(started="1"), application(started="1", operation={"sync": {}}),
                application(phase="Running"), application(sync="OutOfSync"), application(health="Progressing"),
                application())
    shim.answer("annotate|patch")
    result = run("argocd-sync", "--application=backend")
    assert result.code == 0 and "Synced and Healthy at abc123" in result.out, result.error
    patch = shim.calls("patch application backend")[0]
    assert json.loads(patch.split("--patch ")[1])["operation"]["sync"] == {"prune": True}
    # Five looks while waiting, one before, and one for the last line.
    assert len(shim.calls("get application")) == 7


def test_a_sync_that_fails_or_takes_too_long_or_is_running_already_is_an_error(run, shim):
    shim.answer("get application backend", application(started="1"),
                application(phase="Failed", message="PreSync hook failed"))
    shim.answer("get application frontend", application(started="1"), application(health="Degraded"))
    shim.answer("get application platform", application(operation={"sync": {}}))
    shim.answer("annotate|patch")
    result = run("argocd-sync", "--application=backend")
    assert result.code == 1 and "PreSync hook failed" in result.error
    result = run("argocd-sync", "--application=frontend", "--timeout=1")
    assert result.code == 1 and "not within 1 s" in result.error
    assert run("argocd-sync", "--application=platform").code == 1
    assert shim.calls("patch application platform") == []
    assert "no application other" in run("argocd-sync", "--application=other").error


def test_the_cache_is_flushed_by_the_servers_own_command(run, shim):
    shim.answer("exec", "Flushed: products. Every running server follows within a second.")
    assert run("clear-cache", "--namespace=products").code == 0
    assert shim.calls("exec") == [
        "--namespace shop exec deployment/backend --container backend -- /backend cache flush products"]


def test_a_flush_that_does_not_say_so_is_an_error(run, shim):
    shim.answer("exec", "usage: backend")
    assert run("clear-cache", "--namespace=all").code == 1


def test_the_database_is_asked_and_the_migration_shown(run, shim):
    shim.answer("exec", "database: postgres\nround trip: 1.2 ms\nmigration: 20260101000000_accounts")
    result = run("database-test")
    assert result.code == 0 and "20260101000000_accounts" in result.out
    assert shim.calls("exec")[0].endswith("-- /backend db ping")


def test_a_database_that_does_not_answer_is_an_error(run, shim):
    shim.answer("exec", "", code=1)
    assert "does not answer" in run("database-test").error


DEPLOYMENT = {"metadata": {"name": "backend"}, "status": {"readyReplicas": 2, "availableReplicas": 2},
              "spec": {"replicas": 2, "template": {"spec": {"containers": [{"image": "shop/backend@sha256:feed"}]}}}}
AUTOSCALER = {"metadata": {"name": "backend"}, "status": {"currentReplicas": 2},
              "spec": {"minReplicas": 2, "maxReplicas": 7, "scaleTargetRef": {"name": "backend"}}}


def test_what_is_deployed_is_shown(run, shim):
    shim.answer("get deployments", {"items": [DEPLOYMENT]})
    shim.answer("get horizontalpodautoscalers", {"items": [AUTOSCALER]})
    shim.answer("get applications", {"items": [{"metadata": {"name": "backend"}, **application()}]})
    result = run("deployment-info")
    assert result.code == 0 and "| backend | 2/2 | `shop/backend@sha256:feed` |" in result.out, result.error
    assert "| backend | 2 to 7 | 2 |" in result.out and "| backend | Synced | Healthy | `abc123` |" in result.out
    assert json.loads(result.files["deployment.json"].read_text())["deployments"][0]["ready"] == 2


def pod(name, ready=True, restarts=0, phase="Running", waiting=None, last=None):
    container = {"name": "backend", "ready": ready, "restartCount": restarts,
                 "state": {"waiting": {"reason": waiting}} if waiting else {"running": {}},
                 "lastState": {"terminated": {"reason": last}} if last else {}}
    return {"metadata": {"name": name}, "status": {"phase": phase, "containerStatuses": [container]}}


def test_pods_that_are_well_pass(run, shim):
    shim.answer("get pods", {"items": [pod("a"), pod("b", restarts=3), pod("job", ready=False, phase="Succeeded")]})
    result = run("pod-health-check")
    assert result.code == 0 and "All 2 running pods" in result.out, result.error


def test_pods_that_are_not_well_fail_the_check_and_are_named(run, shim):
    waiting = {"metadata": {"name": "g"}, "status": {"phase": "Pending", "conditions": [
        {"status": "False", "message": "0/3 nodes are available"}]}}
    shim.answer("get pods", {"items": [
        pod("a", ready=False), pod("b"), pod("c", restarts=4), pod("d", ready=False, waiting="ImagePullBackOff"),
        pod("e", last="OOMKilled"), pod("f", phase="Failed"), waiting]})
    shim.answer("get events", "Warning BackOff " + PRIVATE)
    result = run("pod-health-check")
    assert result.code == 1 and "6 of the pods' containers" in result.error
    assert result.out.splitlines()[:6] == [
        "a/backend: not ready", "c/backend: 4 restarts", "d/backend: ImagePullBackOff",
        "e/backend: was killed for its memory", "f: failed, without a reason", "g: waits, 0/3 nodes are available"]
    assert "Warning BackOff" in result.out
    assert_clean(result.out + result.error)


def test_no_pods_at_all_are_not_well(run, shim):
    shim.answer("get pods", {"items": []})
    assert run("pod-health-check").code == 1


def test_a_restart_is_a_rollout_that_is_waited_for(run, shim):
    shim.answer("rollout restart|rollout status", "done")
    assert run("pod-restart", "--deployment=frontend", "--timeout=60").code == 0
    assert shim.calls("rollout") == ["--namespace shop rollout restart deployment/frontend",
                                     "--namespace shop rollout status deployment/frontend --timeout=60s"]


def test_a_restart_that_does_not_become_ready_is_an_error(run, shim):
    shim.answer("rollout restart", "restarted")
    shim.answer("rollout status", "timed out", code=1)
    assert "the old ones still serve" in run("pod-restart", "--deployment=backend").error


def scaled(minimum, maximum):
    return {"spec": {"minReplicas": minimum, "maxReplicas": maximum}}


def test_the_autoscalers_bounds_are_changed_and_the_replicas_waited_for(run, shim):
    shim.answer("get horizontalpodautoscaler backend", scaled(2, 7), scaled(3, 5))
    shim.answer("get deployment backend", {"status": {"readyReplicas": 2}}, {"status": {"readyReplicas": 3}})
    shim.answer("patch")
    result = run("scale-replicas", "--deployment=backend", "--minimum=3", "--maximum=5")
    assert result.code == 0 and "3 to 5 replicas; before: 2 to 7" in result.out, result.error
    patch = shim.calls("patch horizontalpodautoscaler backend")[0]
    assert json.loads(patch.split("--patch ")[1]) == scaled(3, 5)


def test_bounds_that_are_put_back_are_an_error(run, shim):
    shim.answer("get horizontalpodautoscaler backend", scaled(2, 7))
    shim.answer("get deployment backend", {"status": {"readyReplicas": 5}})
    shim.answer("patch")
    result = run("scale-replicas", "--deployment=backend", "--minimum=3", "--maximum=5")
    assert result.code == 1 and "put the bounds back to 2 to 7" in result.error


def test_the_logs_of_pods_are_kept_without_private_data(run, shim):
    shim.answer("logs", f"[pod/backend-1/backend] 2026-01-01T00:00:00Z {PRIVATE}")
    result = run("view-pod-logs", "--deployment=backend", "--lines=10", "--previous=true")
    assert result.code == 0 and "1 lines of backend" in result.out, result.error
    kept = result.files["pod.log"].read_text()
    assert "[pod/backend-1/backend]" in kept and "[e-mail]" in kept
    assert_clean(result.out + kept)
    for part in ["--tail=10", "--previous=true", "--all-pods=true", "--since=60m"]:
        assert part in shim.calls("logs")[0]


def test_pods_without_logs_are_an_error(run, shim):
    shim.answer("logs", "", code=1)
    assert run("view-pod-logs", "--deployment=backend").code == 1


# AWS.

def distribution(aws):
    origin = {"Id": "o", "DomainName": "shop.example", "CustomOriginConfig": {
        "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    config = {"CallerReference": "x", "Comment": "", "Enabled": True, "Origins": {"Quantity": 1, "Items": [origin]},
              "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"}}
    made = aws("cloudfront").create_distribution(DistributionConfig=config)["Distribution"]["Id"]
    aws("ssm").put_parameter(Name="/alder-demo/services/distribution-id", Value=made, Type="String")
    return made


def test_paths_are_invalidated(run, aws):
    made = distribution(aws)
    result = run("cloudfront-invalidate", "--paths=/index.html /assets/*")
    assert result.code == 0, result.error
    [summary] = aws("cloudfront").list_invalidations(DistributionId=made)["InvalidationList"]["Items"]
    batch = aws("cloudfront").get_invalidation(DistributionId=made, Id=summary["Id"])["Invalidation"]
    assert batch["InvalidationBatch"]["Paths"]["Items"] == ["/index.html", "/assets/*"]


def test_a_distribution_that_is_not_there_is_an_error(run, aws):
    aws("ssm").put_parameter(Name="/alder-demo/services/distribution-id", Value="E0000000000000", Type="String")
    assert "has refused" in run("cloudfront-invalidate", "--paths=/*").error


def log(aws, *lines, container="backend", namespace="shop", age=0):
    logs, group = aws("logs"), "/aws/containerinsights/alder-demo/application"
    if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="s")
    event = lambda line: json.dumps({"log": line if isinstance(line, str) else json.dumps(line) + "\n", "kubernetes": {
        "namespace_name": namespace, "container_name": container, "pod_name": container + "-1"}})
    moment = int(time.time() * 1000) - age * 60_000
    logs.put_log_events(logGroupName=group, logStreamName="s",
                        logEvents=[{"timestamp": moment, "message": event(line)} for line in lines])


def test_logs_are_exported_without_private_data_and_only_the_shops(run, aws):
    log(aws, {"level": "INFO", "message": PRIVATE}, "plain " + PRIVATE)
    log(aws, {"path": "/"}, container="frontend")
    log(aws, "somebody else's", namespace="argocd")
    result = run("export-logs", "--container=all", "--minutes=30")
    assert result.code == 0 and "3 lines" in result.out, result.error
    kept = gzip.decompress(result.files["log.jsonl.gz"].read_bytes()).decode()
    lines = [json.loads(line) for line in kept.splitlines()]
    assert [line["container"] for line in lines] == ["backend", "backend", "frontend"]
    assert lines[0]["line"]["level"] == "INFO"
    assert_clean(kept)


def test_only_one_container_and_only_the_last_minutes_are_exported(run, aws):
    log(aws, "old", age=90)
    log(aws, "new")
    log(aws, "other", container="frontend")
    assert "1 lines" in run("export-logs", "--container=backend").out


def test_a_log_group_that_is_not_there_is_an_error(run):
    assert run("export-logs").code != 0 and run("recent-errors").code != 0


def test_errors_are_counted_by_message(run, aws):
    error = lambda text: {"level": "ERROR", "message": text}
    log(aws, error("the database is gone"), {"level": "INFO", "message": "fine"}, error(PRIVATE), "not json",
        error("the database is gone"))
    result = run("recent-errors")
    assert result.code == 0 and "3 errors" in result.out, result.error
    table = [line for line in result.out.splitlines() if line.startswith("| ")]
    assert table[1].startswith("| 2 |") and "the database is gone" in table[1]
    assert_clean(result.out + result.files["errors.jsonl"].read_text())


def test_a_quiet_log_has_no_errors(run, aws):
    log(aws, {"level": "INFO", "message": "fine"})
    result = run("recent-errors")
    assert result.code == 0 and "0 errors" in result.out


def measured(aws, space, metric, dimension, value, **more):
    name, text = dimension
    aws("cloudwatch").put_metric_data(Namespace=space, MetricData=[
        {"MetricName": metric, "Dimensions": [{"Name": name, "Value": text}], "Value": value, "Timestamp": time.time() - 60}])


def test_figures_of_aws_and_of_the_cluster_are_shown(run, aws, shim):
    balancer = ("LoadBalancer", "app/alder-demo/0123456789abcdef")
    aws("ssm").put_parameter(Name="/alder-demo/platform/alb-arn-suffix", Value=balancer[1], Type="String")
    measured(aws, "AWS/ApplicationELB", "RequestCount", balancer, 1200)
    measured(aws, "AWS/RDS", "ServerlessDatabaseCapacity", ("DBClusterIdentifier", "alder-demo"), 1.5)
    measured(aws, "AWS/RDS", "ServerlessDatabaseCapacity", ("DBClusterIdentifier", "another"), 64)
    redis(aws)
    measured(aws, "AWS/ElastiCache", "EngineCPUUtilization", ("CacheClusterId", "alder-demo-001"), 3.25)
    shim.answer("top pods", "backend-1 20m 64Mi")
    shim.answer("get horizontalpodautoscalers", "backend 12%/45%")
    result = run("performance-snapshot")
    assert result.code == 0, result.error
    assert "| Requests | 1200 |" in result.out and "| Database capacity, ACU | 1.5 |" in result.out
    assert "| Cache processor, % | 3.25 |" in result.out and "| Cache memory, % | - |" in result.out
    assert "backend-1 20m 64Mi" in result.out
    assert "1200" in result.files["performance.md"].read_text()


def redis(aws):
    aws("elasticache").create_replication_group(
        ReplicationGroupId="alder-demo", ReplicationGroupDescription="-", Engine="redis", NumCacheClusters=2, CacheNodeType="cache.t4g.micro",
        TransitEncryptionEnabled=True)


def test_a_redis_that_is_well_is_shown(run, aws, shim):
    redis(aws)
    shim.answer("logs", "fine")
    result = run("redis-status")
    assert result.code == 0 and "| Status | available |" in result.out, result.error
    assert "| Complaints of the servers | 0 |" in result.out


def test_a_redis_that_the_servers_do_not_reach_is_an_error(run, aws, shim):
    redis(aws)
    shim.answer("logs", "degraded: Redis does not answer\nfine\ndegraded: Redis does not answer")
    result = run("redis-status")
    assert result.code == 1 and "| Complaints of the servers | 2 |" in result.out


def test_servers_that_can_not_be_asked_about_redis_are_an_error(run, aws, shim):
    redis(aws)
    shim.answer("logs", "", code=1)
    assert "log can not be read" in run("redis-status").error


def test_a_redis_that_is_not_there_is_an_error(run):
    assert "can not be read" in run("redis-status").error


# From outside.

@pytest.fixture
def shopfront(aws):
    """A shop on loopback whose answers a test may change."""
    pages = {"/": "<html>", "/cart": "<html>", "/robots.txt": "User-agent: *", "/api/": '{"success":true}'}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            found = [text for start, text in pages.items()
                     if self.path == start or start == "/api/" and self.path.startswith(start)]
            self.send_response(200 if found else 500)
            self.end_headers()
            self.wfile.write("".join(found).encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    aws("ssm").put_parameter(Name="/alder-demo/services/url", Value=f"http://127.0.0.1:{server.server_port}", Type="String")
    yield pages
    server.shutdown()
    server.server_close()


def test_a_shop_that_answers_is_well(run, shim, shopfront):
    shim.answer("get deployments", {"items": [DEPLOYMENT]})
    result = run("service-health-check")
    assert result.code == 0 and "The shop is well" in result.out, result.error


def test_wrong_answers_are_noticed(run, shim, shopfront):
    shopfront.update({"/": "<p>maintenance", "/api/": '{"success":false}', "/robots.txt": ""})
    shim.answer("get deployments", {"items": [DEPLOYMENT]})
    result = run("service-health-check")
    # All but the page of the cart.
    assert result.code == 1 and "5 of the checks" in result.error and "| **/robots.txt** |" in result.out


def test_missing_replicas_are_noticed(run, shim, shopfront):
    shim.answer("get deployments", {"items": [{**DEPLOYMENT, "status": {"availableReplicas": 1}}]})
    result = run("service-health-check")
    assert result.code == 1 and "backend: 1 of 2 replicas" in result.out


def test_a_shop_that_is_not_there_is_noticed(run, aws, shim):
    aws("ssm").put_parameter(Name="/alder-demo/services/url", Value="http://127.0.0.1:9", Type="String")
    shim.answer("get deployments", {"items": []})
    assert "6 of the checks" in run("service-health-check", "--timeout=1").error


# Parking.

@pytest.fixture
def demo(aws):
    """A database and a node group of the demo environment; tells their state."""
    aws("rds").create_db_cluster(DBClusterIdentifier="alder-demo", Engine="aurora-postgresql", MasterUsername="shop",
                                 MasterUserPassword="not-a-secret")
    aws("eks").create_nodegroup(clusterName="alder-demo", nodegroupName="controllers", subnets=["subnet-1"],
                                nodeRole="arn:aws:iam::123456789012:role/node",
                                scalingConfig={"minSize": 0, "maxSize": 3, "desiredSize": 2})

    def state():
        group = aws("eks").describe_nodegroup(clusterName="alder-demo", nodegroupName="controllers")["nodegroup"]
        sizes = group["scalingConfig"]
        database = aws("rds").describe_db_clusters(DBClusterIdentifier="alder-demo")["DBClusters"][0]["Status"]
        return sizes["minSize"], sizes["maxSize"], sizes["desiredSize"], database

    return state


def test_the_demo_is_parked_twice_and_started_again(run, shim, demo):
    assert demo() == (0, 3, 2, "available")
    shim.answer("get pods", "pod/backend-1", "")
    shim.answer("get nodeclaims", "nodeclaim.karpenter.sh/a", "")
    shim.answer(" scale deployment|delete nodeclaims")
    shim.answer("get nodes", {"items": []}, {"items": [
        {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}]})
    shim.answer("get horizontalpodautoscalers", {"items": [AUTOSCALER]})
    shim.answer("get deployment backend", {"status": {}}, {"status": {"readyReplicas": 2}})
    for _ in range(2):
        result = run("cost-park", "--action=park")
        assert result.code == 0, result.error
        assert demo() == (0, 3, 0, "stopped")
    order = [line for line in shim.calls() if "get" not in line]
    assert order[:2] == ["--namespace shop scale deployment --all --replicas=0", "delete nodeclaims --all --wait=false"]
    result = run("cost-park", "--action=start")
    assert result.code == 0, result.error
    assert demo() == (0, 3, 2, "available")
    assert shim.calls("scale deployment/backend") == ["--namespace shop scale deployment/backend --replicas=2"]


def test_nodes_of_karpenter_that_stay_keep_the_controllers(run, shim, demo):
    shim.answer("get pods", "")
    shim.answer("get nodeclaims", "nodeclaim.karpenter.sh/a")
    shim.answer(" scale deployment|delete nodeclaims")
    result = run("cost-park", "--action=park", "--timeout=1")
    assert result.code == 1 and "Karpenter's nodes are gone: not within 1 s" in result.error
    assert demo() == (0, 3, 2, "available")


def test_a_start_without_autoscalers_is_an_error(run, shim, demo):
    shim.answer("get nodes", {"items": [{"status": {"conditions": [{"type": "Ready", "status": "True"}]}}]})
    shim.answer("get horizontalpodautoscalers", {"items": []})
    assert "no autoscalers" in run("cost-park", "--action=start").error
