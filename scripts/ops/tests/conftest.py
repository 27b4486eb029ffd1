"""An AWS on loopback (moto), a kubectl that answers as a test wants, and a way to run an operation between them."""

import json
import logging
import os
import pathlib
import subprocess
import sys
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

    (folder / "answers.json").write_text("[]")
    for program in ("kubectl", "terraform", "gh", "helm", "yq"):
        (folder / program).symlink_to(SHIM)
    return types.SimpleNamespace(folder=folder, answer=answer, calls=calls)


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
