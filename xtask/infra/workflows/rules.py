"""The project's own rules for its workflows and its documentation: rules.py workflows|docs <root>.

Linters know what is dangerous in general; these rules know what this project has decided. Prints one line for each
breach and fails when there is one.
"""

import pathlib
import re
import sys

import yaml

OPERATIONS = """argocd-sync clear-cache cloudfront-invalidate database-test deployment-info export-logs performance-snapshot
pod-health-check pod-restart recent-errors redis-status scale-replicas service-health-check view-pod-logs""".split()
PIPELINES = "ci-apps ci-infra cd-infra cd-apps security-scan load-test deploy-argocd cost-park".split()
# Anybody can start these with code of their own, which would then run with this repository's rights.
DANGEROUS = {"pull_request_target", "workflow_run", "issue_comment"}
PINNED = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$")
KEYS = re.compile(r"aws-(access-key-id|secret-access-key)|AWS_(SECRET_)?ACCESS_KEY")


def workflows(root):
    folder = root / ".github/workflows"
    missing = [name for name in PIPELINES + [f"ops-{name}" for name in OPERATIONS] if not (folder / f"{name}.yml").is_file()]
    for name in missing:
        yield f"{name}.yml is missing"
    pins = {}
    for file in sorted(folder.glob("*.y*ml")):
        for breach in workflow(root, file, pins):
            yield f"{file.relative_to(root)}: {breach}"


def workflow(root, file, pins):
    text = file.read_text()
    content = yaml.safe_load(text)
    triggers = content[True]  # YAML reads `on` as a truth.
    triggers = triggers if isinstance(triggers, dict) else {triggers: None}
    if content.get("permissions") != {}:
        yield "must begin without permissions: `permissions: {}`"
    if set(triggers) & DANGEROUS:
        yield f"is started by {', '.join(set(triggers) & DANGEROUS)}"
    if set(triggers) != {"workflow_call"} and "concurrency" not in content:
        yield "needs a concurrency group"
    if KEYS.search(text):
        yield "names a key of AWS: roles are taken by OIDC"
    for line in text.splitlines():
        used = re.search(r"uses: (\S+@\S+)(.*)", line)
        if used and not re.fullmatch(r" # v\d+\.\d+\.\d+", used[2]):
            yield f"the version of {used[1]} belongs beside it, like `# v1.2.3`"
    for name, job in content["jobs"].items():
        for breach in job_rules(root, job, pins):
            yield f"{name}: {breach}"
    if file.stem.startswith("ops-"):
        yield from operation(root, file.stem.removeprefix("ops-"), content, triggers)


def job_rules(root, job, pins):
    if "permissions" not in job:
        yield "needs permissions of its own"
    if job.get("secrets") == "inherit":
        yield "hands all secrets on"
    if "uses" in job:
        called = job["uses"]
        if not called.startswith("./") or not (root / called).is_file():
            yield f"calls {called}, which is not in this repository"
        return
    if not isinstance(job.get("timeout-minutes"), int):
        yield "needs timeout-minutes"
    if "latest" in str(job.get("runs-on")):
        yield "runs on whatever is the latest"
    for step in job["steps"]:
        if "${{" in str(step.get("run", "")):
            yield "puts an expression into a script: pass it through env"
        action = step.get("uses")
        if action is None:
            continue
        if not PINNED.match(action):
            yield f"{action} is not pinned to a commit"
        name, _, commit = action.partition("@")
        if pins.setdefault(name, commit) != commit:
            yield f"{name} is pinned to two commits"
        if name == "actions/checkout" and step.get("with", {}).get("persist-credentials") is not False:
            yield "checks out with credentials that stay"


def operation(root, name, content, triggers):
    """A workflow offers exactly what its script understands, under the right role."""
    script = root / f"scripts/ops/{name}.sh"
    if not script.is_file():
        yield f"{script.relative_to(root)} is missing"
        return
    declared = re.search(r"^options .*?<<'END'\n(.*?)^END$", script.read_text(), re.S | re.M)
    options = [line.split() for line in declared[1].splitlines()] if declared else []
    inputs = triggers["workflow_dispatch"]["inputs"]
    for unknown in sorted(set(inputs) - {option[0] for option in options}):
        yield f"the script has no option {unknown}"
    for option in options:
        if len(option) == 2 and option[0] not in inputs:
            yield f"the script requires {option[0]}"
    if inputs.get("environment", {}).get("type") != "choice":
        yield "the environment must be a choice"
    given = content["jobs"]["run"].get("with", {})
    if given.get("operation") != name:
        yield "runs another operation"
    writes = re.search(r"\b(exec|patch|restart|scale|create-invalidation)\b", script.read_text()) is not None
    if given.get("access") != ("write" if writes else "read"):
        yield f"must ask for the role for {'writing' if writes else 'reading'}"


def docs(root):
    files = sorted([*root.glob("*.md"), *(root / "docs").glob("*.md")])
    commands = set(re.findall(r'name: "([a-z0-9-]+)"', (root / "xtask/src/cli.rs").read_text()))
    for file in files:
        text = file.read_text()
        where = file.relative_to(root)
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
            if not (file.parent / target).exists():
                yield f"{where}: there is no {target}"
        for command in re.findall(r"cargo xtask ([a-z][a-z0-9-]*)", text):
            if command not in commands:
                yield f"{where}: there is no command `cargo xtask {command}`"
        for path in re.findall(r"(?:^|[\s`(])((?:scripts|\.github|terraform|charts|argocd)/[\w./-]*\w)", text):
            if not (root / path).exists():
                yield f"{where}: there is no {path}"
    manual = (root / "docs/OPERATIONS.md").read_text()
    for name in OPERATIONS:
        if f"`ops-{name}`" not in manual:
            yield f"docs/OPERATIONS.md does not explain ops-{name}"
    alarms = root / "terraform/modules/observability/main.tf"
    headings = set(re.findall(r"^### (\S+)$", manual, re.M))
    # The alarms are the keys of one map; their messages end with the heading of their runbook.
    block = alarms.read_text().split("alarms = {", 1)[1].split("\n  }\n", 1)[0]
    for alarm in re.findall(r"^    ([a-z-]+) = \{$", block, re.M) + ["slo-fast-burn", "slo-slow-burn"]:
        if alarm not in headings:
            yield f"docs/OPERATIONS.md has no runbook `### {alarm}`"


if __name__ == "__main__":
    breaches = list({"workflows": workflows, "docs": docs}[sys.argv[1]](pathlib.Path(sys.argv[2])))
    print("\n".join(breaches))
    sys.exit(1 if breaches else 0)
