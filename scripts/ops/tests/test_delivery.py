"""What brings images and infrastructure into an environment."""

import base64
import hashlib
import hmac
import importlib.util
import json
import pathlib
import shutil

import pytest

DELIVERY = pathlib.Path(__file__).resolve().parents[2] / "delivery"
OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "a1" * 32
VARIABLES = {"GITHUB_REPOSITORY": "alder/shop", "GITHUB_SHA": "0123456789abcdef"}


@pytest.fixture
def deliver(run):
    def deliver(script, *words, environment=None, extra=None):
        return run(script, *words, environment=environment, folder=DELIVERY, extra={**VARIABLES, **(extra or {})})

    return deliver


# Images.

def repository(shim, digest=OLD):
    shim.answer("contents/argocd/envs/.*.yaml", f"image:\n  repository: shop\n  digest: {digest}\nseed: true")
    shim.answer("ref/heads/main", "feedc0de")
    shim.answer("git/refs|graphql|pr create", "made")


def committed(shim):
    [call] = shim.calls("graphql")
    return json.loads(call.split("--input - ")[1].split(" ", 2)[2])["variables"]["input"]


def test_a_promotion_to_demo_is_one_commit_that_changes_only_digests(deliver, shim):
    repository(shim)
    result = deliver("promote", "demo", "main", f"backend={NEW}", f"frontend={NEW}")
    assert result.code == 0, result.error
    made = committed(shim)
    assert made["branch"]["branchName"] == "main" and made["expectedHeadOid"] == "feedc0de"
    assert made["message"]["headline"] == "Run backend and frontend of 0123456789ab in demo"
    files = made["fileChanges"]["additions"]
    assert [file["path"] for file in files] == ["argocd/envs/demo/backend.yaml", "argocd/envs/demo/frontend.yaml"]
    text = base64.b64decode(files[0]["contents"]).decode()
    assert text == f"image:\n  repository: shop\n  digest: {NEW}\nseed: true\n"
    assert shim.calls("pr create") == []


def test_a_promotion_to_prod_is_a_pull_request(deliver, shim):
    repository(shim)
    result = deliver("promote", "prod", "promote/abc", f"backend={NEW}")
    assert result.code == 0, result.error
    assert committed(shim)["branch"]["branchName"] == "promote/abc"
    assert "ref=refs/heads/promote/abc" in shim.calls("git/refs")[0] and "--head promote/abc" in shim.calls("pr create")[0]


def test_what_runs_already_is_not_committed_again(deliver, shim):
    repository(shim, digest=NEW)
    result = deliver("promote", "demo", "main", f"backend={NEW}")
    assert result.code == 0 and "already" in result.out and shim.calls("graphql") == []


@pytest.mark.parametrize("words", [
    ["demo", "main"], ["staging", "main", f"backend={NEW}"], ["demo", "main; ls", f"backend={NEW}"],
    ["demo", "main", "backend=latest"], ["demo", "main", f"database={NEW}"], ["demo", "main", f"backend={NEW}x"]])
def test_promotions_that_make_no_sense_are_refused(deliver, shim, words):
    assert deliver("promote", *words).code == 1
    assert shim.calls("graphql") == []


def test_a_file_without_a_digest_and_a_commit_that_is_refused_are_errors(deliver, shim):
    shim.answer("contents", "image:\n  tag: latest")
    assert "exactly one digest" in deliver("promote", "demo", "main", f"backend={NEW}").error


def deployment(digest, updated=2, available=2, replicas=2, observed=5):
    return {"metadata": {"generation": 5}, "spec": {"replicas": 2, "template": {"spec": {"containers": [{"image": f"x@{digest}"}]}}},
            "status": {"observedGeneration": observed, "updatedReplicas": updated, "availableReplicas": available,
                       "replicas": replicas}}


def test_images_are_waited_for_until_the_last_old_replica_is_gone(deliver, shim):
    shim.answer("get deployment backend", deployment(OLD), deployment(NEW, observed=4), deployment(NEW, updated=1),
                deployment(NEW, available=1), deployment(NEW, replicas=3), deployment(NEW))
    result = deliver("wait-for-images", f"--images=backend={NEW}", environment="demo")
    assert result.code == 0 and len(shim.calls("get deployment")) == 6, result.error


def test_images_that_do_not_come_are_an_error(deliver, shim):
    shim.answer("get deployment backend", deployment(OLD))
    result = deliver("wait-for-images", f"--images=backend={NEW}", "--timeout=1", environment="demo")
    assert result.code == 1 and "not within 1 s" in result.error
    assert deliver("wait-for-images", "--images=backend=latest", environment="demo").code == 1


# Infrastructure.

def plan(shim, *changes, code=2):
    shim.answer("terraform .* init", "")
    shim.answer("terraform .* plan ", "planned", code=code)
    shim.answer("show -json", {"resource_changes": [{"address": name, "change": {"actions": ["update"]}} for name in changes]})
    shim.answer("show -no-color", "Plan: 1 to change")
    shim.answer("terraform .* apply", "applied")


def outputs(tmp_path):
    return dict(line.split("=") for line in (tmp_path / "outputs").read_text().splitlines()[-2:])


@pytest.fixture
def layer(deliver, tmp_path, layers):
    return lambda *words: deliver(layers / "scripts/delivery/terraform", *words, extra={"GITHUB_OUTPUT": str(tmp_path / "outputs")})


@pytest.fixture
def layers(tmp_path):
    """A copy of the script beside layers that hold nothing."""
    root = tmp_path / "repository"
    (root / "scripts/delivery").mkdir(parents=True)
    (root / "terraform/layers/platform").mkdir(parents=True)
    (root / "terraform/policy").mkdir()
    (root / "terraform/policy/check_plan.py").write_text(
        "import sys\nsys.exit('refused by the rules' if 'forbidden' in open(sys.argv[2]).read() else 0)\n")
    (root / "scripts/delivery/terraform.sh").write_text((DELIVERY / "terraform.sh").read_text())
    return root


def test_the_plan_that_was_approved_is_applied(layer, shim, tmp_path):
    plan(shim, "aws_eks_cluster.main")
    assert layer("plan", "demo", "platform").code == 0
    seen = outputs(tmp_path)
    assert seen["changes"] == "true" and "-lock=false" in shim.calls(" plan ")[0]
    assert "key=demo/platform.tfstate" in shim.calls(" init ")[0]
    assert shim.calls(" apply ") == []
    assert layer("apply", "demo", "platform", seen["digest"]).code == 0
    assert len(shim.calls(" apply ")) == 1 and "-lock-timeout" in shim.calls(" plan ")[1]


def test_a_plan_that_breaks_the_houses_rules_is_neither_shown_for_approval_nor_applied(layer, shim):
    plan(shim, "forbidden")
    for words in (["plan", "demo", "platform"], ["apply", "demo", "platform", "0" * 64]):
        result = layer(*words)
        assert result.code == 1 and "refused by the rules" in result.error
    assert shim.calls(" apply ") == []


def test_another_plan_than_the_approved_one_is_not_applied(layer, shim):
    plan(shim, "aws_eks_cluster.main")
    result = layer("apply", "demo", "platform", "0" * 64)
    assert result.code == 1 and "not the plan that was approved" in result.error
    assert shim.calls(" apply ") == []


def test_the_digest_depends_on_what_changes_and_on_nothing_else(layer, shim, tmp_path):
    plan(shim, "a")
    layer("plan", "demo", "platform")
    first = outputs(tmp_path)["digest"]
    layer("plan", "demo", "platform")
    assert outputs(tmp_path)["digest"] == first
    (shim.folder / "answers.json").write_text((shim.folder / "answers.json").read_text().replace("update", "delete"))
    layer("plan", "demo", "platform")
    assert outputs(tmp_path)["digest"] != first


def test_drift_is_an_error_and_its_absence_is_not(layer, shim):
    plan(shim, "a")
    assert layer("drift", "demo", "platform").code == 1
    (shim.folder / "answers.json").write_text((shim.folder / "answers.json").read_text().replace('"code": 2', '"code": 0'))
    assert layer("drift", "demo", "platform").code == 0


def test_a_plan_that_fails_is_an_error(layer, shim):
    plan(shim, code=1)
    result = layer("plan", "demo", "platform")
    assert result.code == 1 and "planned" in result.out


@pytest.mark.parametrize("words", [["destroy", "demo", "platform"], ["plan", "test", "platform"], ["plan", "demo", "../x"],
                                   ["apply", "demo", "platform"], ["apply", "demo", "platform", "yes"]])
def test_other_work_on_layers_is_refused(layer, shim, words):
    assert layer(*words).code == 2 and shim.calls() == []


# ArgoCD.

@pytest.fixture
def gitops(tmp_path):
    """A copy of the script beside a repository's ArgoCD folder."""
    root = tmp_path / "repository"
    for folder in ("scripts/delivery", "scripts/ops", "argocd/apps", "argocd/install"):
        (root / folder).mkdir(parents=True)
    (root / "scripts/delivery/deploy-argocd.sh").write_text((DELIVERY / "deploy-argocd.sh").read_text())
    (root / "scripts/ops/lib.sh").write_text((DELIVERY.parent / "ops/lib.sh").read_text())
    (root / "argocd/apps/values.yaml").write_text(
        "controllers:\n  argocd:\n    repository: https://charts.example\n    version: 10.1.1\n")
    return root


def test_argocd_is_installed_in_the_version_of_the_repository(deliver, shim, gitops):
    shim.answer("yq .*version", "10.1.1")
    shim.answer("yq .*repository", "https://charts.example")
    shim.answer("helm upgrade|apply", "done")
    healthy = {"status": {"sync": {"status": "Synced"}, "health": {"status": "Healthy"}}}
    shim.answer("get application root", {"status": {}}, healthy)
    result = deliver(gitops / "scripts/delivery/deploy-argocd", environment="demo")
    assert result.code == 0, result.error
    [call] = shim.calls("helm upgrade argocd argo-cd")
    assert "--repo https://charts.example --version 10.1.1 --namespace argocd" in call
    assert "--filename envs/demo/root.yaml" in shim.calls("apply")[0]


def test_argocd_without_a_version_is_not_installed(deliver, shim, gitops):
    shim.answer("yq", "latest")
    assert deliver(gitops / "scripts/delivery/deploy-argocd", environment="demo").code == 1
    assert shim.calls("helm") == []


# The database's roles.

APP, MIGRATE = "a" * 48, "b" * 48


@pytest.fixture
def secret(shim):
    """Puts a role's address into its secret; everything but statements is answered as AWS would."""
    for name, value in {"database-cluster-arn": "arn:cluster", "database-master-secret": "arn:master"}.items():
        shim.answer(f"aws ssm .*services/{name}", value)
    (shim.folder / "aws").symlink_to(pathlib.Path(__file__).resolve().parent / "program")

    def secret(name, url):
        shim.answer(f"aws secretsmanager .*alder-demo/{name} ", {"DATABASE_URL": url})

    secret("database-migrate", f"postgres://shop_migrate:{MIGRATE}@h:5432/shop?sslmode=require")
    return secret


def test_a_verifier_is_the_one_that_postgresql_would_have_made():
    spec = importlib.util.spec_from_file_location("scram", DELIVERY / "scram.py")
    scram = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scram)
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    # RFC 7677 gives this password, this salt and these rounds; its client's proof and server's signature follow from them.
    text = scram.verifier(b"pencil", salt)
    stored, server = (base64.b64decode(part) for part in text.split("$")[2].split(":"))
    messages = (b"n=user,r=rOprNGfwEbeRWgbNEkqO,"
                b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
                b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
    proof = base64.b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    signature = hmac.digest(stored, messages, "sha256")
    client = bytes(a ^ b for a, b in zip(proof, signature))
    assert hashlib.sha256(client).digest() == stored
    assert base64.b64encode(hmac.digest(server, messages, "sha256")) == b"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


@pytest.mark.parametrize("url", [
    "postgres://shop_app:short@h/shop", "postgres://master:" + "a" * 48 + "@h/shop", "postgres://shop_app:x';DROP TABLE y;--@h/shop"])
def test_a_secret_that_is_not_the_roles_is_put_into_no_statement(deliver, shim, secret, url):
    shim.answer("aws rds-data")
    secret("database", url)
    result = deliver("database-roles", environment="demo")
    assert result.code == 1 and "not for the role shop_app" in result.error
    assert shim.calls("shop_app") == []


def test_the_roles_can_do_what_they_are_for_and_nothing_else(deliver, shim, secret, postgres):
    secret("database", f"postgres://shop_app:{APP}@h:5432/shop?sslmode=require")
    result = deliver("database-roles", environment="demo", extra={"DATA_API": postgres.master})
    assert result.code == 0, result.error
    app, migrate = postgres.role("shop_app", APP), postgres.role("shop_migrate", MIGRATE)

    # The tables of the shop, as the migrations make them.
    for up in sorted((DELIVERY.parents[1] / "migrations/postgres").glob("*/up.sql")):
        migrate(f"BEGIN; {up.read_text()} COMMIT")
    assert app("SELECT count(*) FROM products") == "0"
    migrate("CREATE TABLE probe (id serial PRIMARY KEY, word text)")
    assert app("INSERT INTO probe (word) VALUES ('a') RETURNING id") == "1"
    app("UPDATE probe SET word = 'b'")
    assert app("SELECT word FROM probe") == "b"
    app("DELETE FROM probe")

    for statement in ("CREATE TABLE mine (id int)", "CREATE TEMPORARY TABLE mine (id int)", "CREATE SCHEMA mine"):
        postgres.denied(app, statement)
    for statement in ("DROP TABLE probe", "ALTER TABLE probe ADD COLUMN more text", "TRUNCATE probe"):
        postgres.denied(app, statement)
    for statement in ("CREATE ROLE mine", "CREATE DATABASE mine", "SET ROLE shop_migrate", "SET ROLE master"):
        postgres.denied(app, statement)
        if "shop_migrate" not in statement:
            postgres.denied(migrate, statement)
    migrate("DROP TABLE probe")
    attributes = "rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
    assert postgres.superuser(f"SELECT count(*) FROM pg_roles WHERE rolname LIKE 'shop_%' AND ({attributes})") == "0"


def test_only_the_password_of_the_secret_signs_in_and_no_log_has_it(deliver, shim, secret, postgres):
    run = lambda: deliver("database-roles", environment="demo", extra={"DATA_API": postgres.master})
    secret("database", f"postgres://shop_app:{APP}@h:5432/shop?sslmode=require")
    # Twice, as whoever is not sure does.
    for _ in range(2):
        result = run()
        assert result.code == 0, result.error
    assert postgres.role("shop_app", APP)("SELECT current_user") == "shop_app"
    for wrong in ("c" * 48, APP[:-1], MIGRATE):
        postgres.refuses("shop_app", wrong)
    postgres.role("shop_migrate", MIGRATE)("CREATE TABLE kept (id int)")

    rotated = "r" * 48
    shim.forget("alder-demo/database ")
    secret("database", f"postgres://shop_app:{rotated}@h:5432/shop?sslmode=require")
    result = run()
    assert result.code == 0, result.error
    postgres.refuses("shop_app", APP)
    assert postgres.role("shop_app", rotated)("SELECT count(*) FROM kept") == "0"

    log = postgres.log()
    assert "ALTER ROLE shop_app" in log
    seen = [log, *shim.calls(), result.out, result.error]
    assert not any(password in text for text in seen for password in (APP, MIGRATE, rotated))


def test_a_statement_that_the_database_refuses_ends_the_script(deliver, shim, secret, postgres):
    secret("database", f"postgres://shop_app:{APP}@h:5432/shop?sslmode=require")
    postgres.superuser("ALTER ROLE master NOCREATEROLE")
    result = deliver("database-roles", environment="demo", extra={"DATA_API": postgres.master})
    assert result.code == 1 and "the database has refused a statement" in result.error
    assert len(shim.calls("rds-data")) == 1


@pytest.mark.skipif(shutil.which("terraform") is None, reason="Terraform is not on PATH")
def test_the_real_terraform_plans_applies_once_and_finds_no_drift(deliver, shim, layers, aws, address, tmp_path):
    (shim.folder / "terraform").unlink()
    aws("s3").create_bucket(Bucket="state", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    settings = layers / "terraform/envs/demo"
    settings.mkdir(parents=True)
    (settings / "backend.hcl").write_text(f"""
        bucket = "state"
        region = "eu-central-1"
        endpoints = {{ s3 = "{address}" }}
        use_path_style = true
        skip_credentials_validation = true
        skip_requesting_account_id = true
        skip_metadata_api_check = true
    """)
    (settings / "common.tfvars").write_text('size = "small"\n')
    (settings / "platform.tfvars").write_text("")
    (layers / "terraform/layers/platform/main.tf").write_text("""
        terraform {
          backend "s3" {
            use_lockfile = true
          }
        }
        variable "size" { type = string }
        resource "terraform_data" "thing" { input = var.size }
    """)
    extra = {"GITHUB_OUTPUT": str(tmp_path / "outputs"), "CHECKPOINT_DISABLE": "1"}
    layer = lambda *words: deliver(layers / "scripts/delivery/terraform", *words, extra=extra)
    assert layer("drift", "demo", "platform").code == 1
    result = layer("plan", "demo", "platform")
    assert result.code == 0 and "terraform_data.thing will be created" in result.out, result.error
    approved = outputs(tmp_path)
    assert approved["changes"] == "true"
    # Somebody changes the code between the approval and the apply.
    (settings / "common.tfvars").write_text('size = "large"\n')
    assert layer("apply", "demo", "platform", approved["digest"]).code == 1
    (settings / "common.tfvars").write_text('size = "small"\n')
    result = layer("apply", "demo", "platform", approved["digest"])
    assert result.code == 0, result.error
    assert [item["Key"] for item in aws("s3").list_objects_v2(Bucket="state")["Contents"]] == ["demo/platform.tfstate"]
    assert layer("drift", "demo", "platform").code == 0
    # A plan that was applied is not applied twice.
    assert layer("apply", "demo", "platform", approved["digest"]).code == 1
