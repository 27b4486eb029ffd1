//! Checks of the workflows, the scripts they run, and the documentation. Also what concerns the whole tree: YAML and secrets.

mod mutations;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use super::{Area, Check, Tree, tools};
use crate::process;

/// What is checked, and how.
pub const AREA: Area = Area { name: "workflows", install, checks: CHECKS, mutations: mutations::MUTATIONS };

const CHECKS: &[Check] = &[
    Check {
        name: "actionlint",
        proves: "workflows are well-typed, and so is the shell in them",
        run: actionlint,
    },
    Check {
        name: "workflow-schema",
        proves: "workflows and dependabot.yml fit GitHub's schemas",
        run: schema,
    },
    Check {
        name: "workflow-rules",
        proves: "no rights, pins, time-outs or inputs but those allowed",
        run: rules,
    },
    Check { name: "zizmor", proves: "no known hole in the workflows", run: zizmor },
    Check { name: "shellcheck", proves: "no known trap in the scripts", run: shellcheck },
    Check { name: "yamllint", proves: "YAML is written alike", run: yamllint },
    Check { name: "gitleaks", proves: "no secret in the tree", run: gitleaks },
    Check { name: "docs", proves: "links, commands and paths exist, each alarm has a runbook", run: docs },
    Check { name: "redaction", proves: "logs lose secrets, addresses and card numbers", run: redaction },
    Check { name: "delivery-scripts", proves: "plans, promotion and ArgoCD do what they say", run: delivery },
    Check {
        name: "operations",
        proves: "each operation does what it says, and nothing it should not",
        run: operations,
    },
];

/// Linters, and what the tests of the scripts need.
const LINTERS: &str = "workflows";
const TESTS: &str = "workflows-ops";

fn install() -> Result<()> {
    tools::python(LINTERS)?;
    tools::python(TESTS).map(drop)
}

/// A linter, in the tree's root.
fn linter(name: &str, tree: &Tree) -> Result<Command> {
    let mut command = process::command(tools::python(LINTERS)?.join(name));
    command.current_dir(&tree.root);
    Ok(command)
}

/// The files with one of these endings below a folder of the tree.
fn files(tree: &Tree, folder: &str, endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![tree.root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if endings.contains(&ending) {
                found.push(path);
            }
        }
    }
    if found.is_empty() {
        bail!("{folder} holds nothing to check");
    }
    found.sort();
    Ok(found)
}

fn workflow_files(tree: &Tree) -> Result<Vec<PathBuf>> {
    files(tree, ".github/workflows", &["yml", "yaml"])
}

fn actionlint(tree: &Tree) -> Result<()> {
    let shellcheck = tools::python(LINTERS)?.join("shellcheck");
    let mut command = linter("jactionlint", tree)?;
    tools::run(command.arg("--shellcheck").arg(shellcheck).args(workflow_files(tree)?)).map(drop)
}

fn schema(tree: &Tree) -> Result<()> {
    let mut command = linter("check-jsonschema", tree)?;
    command.args(["--builtin-schema", "vendor.github-workflows"]).args(workflow_files(tree)?);
    tools::run(&mut command)?;
    let mut command = linter("check-jsonschema", tree)?;
    tools::run(command.args(["--builtin-schema", "vendor.dependabot", ".github/dependabot.yml"])).map(drop)
}

fn rules(tree: &Tree) -> Result<()> {
    own_rules("workflows", tree)
}

fn docs(tree: &Tree) -> Result<()> {
    own_rules("docs", tree)
}

fn own_rules(which: &str, tree: &Tree) -> Result<()> {
    let script = tree.root.join("xtask/infra/workflows/rules.py");
    tools::run(linter("python", tree)?.arg(script).arg(which).arg(".")).map(drop)
}

fn zizmor(tree: &Tree) -> Result<()> {
    let mut command = linter("zizmor", tree)?;
    tools::run(command.args(["--offline", "--no-progress", "--persona=pedantic", ".github"])).map(drop)
}

fn shellcheck(tree: &Tree) -> Result<()> {
    let scripts = files(tree, "scripts", &["sh"])?;
    let mut command = linter("shellcheck", tree)?;
    tools::run(command.args(["--external-sources", ".ci/run"]).args(scripts)).map(drop)
}

fn yamllint(tree: &Tree) -> Result<()> {
    tools::run(linter("yamllint", tree)?.args(["--strict", "-c", ".github/yamllint.yml", "."])).map(drop)
}

fn gitleaks(tree: &Tree) -> Result<()> {
    let mut command = linter("gitleaks", tree)?;
    command.args(["dir", "--no-banner", "--redact", "--config", ".github/gitleaks.toml", "--verbose", "."]);
    tools::run(&mut command).map(drop)
}

fn redaction(tree: &Tree) -> Result<()> {
    tests("test_redaction.py", tree)
}

fn delivery(tree: &Tree) -> Result<()> {
    tests("test_delivery.py", tree)
}

fn operations(tree: &Tree) -> Result<()> {
    tests("test_operations.py", tree)
}

/// Runs the scripts between stand-ins of AWS and of the cluster; stops at the first failure.
fn tests(file: &str, tree: &Tree) -> Result<()> {
    let mut command = process::command(tools::python(TESTS)?.join("python"));
    command
        .args(["-m", "pytest", "--numprocesses=2", "--maxfail=1", "--basetemp"])
        .arg(tree.scratch.join("tests"))
        .arg(tree.root.join("scripts/ops/tests").join(file))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env_remove("GITHUB_STEP_SUMMARY");
    tools::run(&mut command).map(drop)
}
