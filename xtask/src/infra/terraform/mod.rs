//! Checks of the Terraform modules and layers.

mod mutations;
mod offline;

use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};

use self::offline::Offline;
use super::{Area, Check, Tree, tools};
use crate::{process, workspace};

/// What is checked, and how.
pub const AREA: Area = Area { name: "terraform", install, checks: CHECKS, mutations: mutations::MUTATIONS };

const CHECKS: &[Check] = &[
    Check { name: "terraform-format", proves: "files have Terraform's own layout", run: format },
    Check {
        name: "terraform-validate",
        proves: "modules and layers fit the providers' schemas",
        run: validate,
    },
    Check { name: "terraform-test", proves: "modules and layers do what their tests say", run: test },
    Check { name: "terraform-rules", proves: "every rule for plans refuses what it is for", run: rules },
    Check {
        name: "terraform-plan",
        proves: "both environments plan by the rules, apply, and then need no change",
        run: plan,
    },
    Check { name: "checkov", proves: "checkov finds nothing that is not excused", run: checkov },
    Check { name: "trivy", proves: "trivy finds nothing that is not excused", run: trivy },
];

/// The environments and their layers, in the order in which one reads what the other wrote.
const ENVIRONMENTS: [&str; 2] = ["demo", "prod"];
const LAYERS: [&str; 3] = ["bootstrap", "platform", "services"];

fn install() -> Result<()> {
    offline::require_terraform()?;
    tools::python("terraform")?;
    tools::python("terraform-checkov")?;
    Ok(())
}

fn format(tree: &Tree) -> Result<()> {
    let mut terraform = process::command("terraform");
    terraform.args(["fmt", "-check", "-diff", "-recursive", "-no-color"]).arg(tree.root.join("terraform"));
    tools::run(&mut terraform).map(drop)
}

fn validate(tree: &Tree) -> Result<()> {
    let offline = Offline::new(tree)?;
    by_two(&offline.configurations()?, |folder| offline.run(folder, ["validate", "-no-color"]).map(drop))
}

fn test(tree: &Tree) -> Result<()> {
    let offline = Offline::new(tree)?;
    let mut folders = offline.configurations()?;
    // Of a copy of the repository, only what differs needs to be tested again.
    folders.retain(|folder| tree.root == workspace::root() || differs(&offline, tree, folder));
    by_two(&folders, |folder| {
        let said = offline.run(folder, ["test", "-no-color"])?;
        if said.contains("Success! 0 passed") {
            bail!("{} has no test", folder.display());
        }
        refused(folder)
    })
}

/// Fails when a folder has more conditions than tests in which one of them refuses something.
fn refused(folder: &Path) -> Result<()> {
    let count = |of: &Path, word: &str| {
        let entries = std::fs::read_dir(of).into_iter().flatten().filter_map(std::result::Result::ok);
        let texts = entries.filter_map(|entry| std::fs::read_to_string(entry.path()).ok());
        texts.map(|text| text.lines().filter(|line| line.trim_start().starts_with(word)).count()).sum()
    };
    let conditions: usize =
        ["validation {", "precondition {", "check \""].map(|word| count(folder, word)).iter().sum();
    let refusals: usize = count(&folder.join("tests"), "expect_failures");
    if refusals < conditions {
        bail!("{}: {conditions} conditions, of which only {refusals} are shown to refuse", folder.display());
    }
    Ok(())
}

/// Whether a folder of a tree is not as it is in the repository.
fn differs(offline: &Offline, tree: &Tree, folder: &Path) -> bool {
    let below = Path::new("terraform").join(folder.strip_prefix(&offline.root).unwrap_or(folder));
    let mut diff = process::command("diff");
    diff.args(["-rq", "-x", ".terraform"]).arg(workspace::root().join(&below)).arg(tree.root.join(&below));
    !process::succeeds(&mut diff)
}

fn rules(tree: &Tree) -> Result<()> {
    let mut tests = process::command("python3");
    tests.args(["-B", "-m", "unittest", "-q"]).current_dir(tree.root.join("terraform/policy"));
    tools::run(&mut tests).map(drop)
}

fn plan(tree: &Tree) -> Result<()> {
    let offline = Offline::new(tree)?;
    by_two(&ENVIRONMENTS, |environment| {
        // As deep as the layers were, so that they find the modules, and with a state of its own.
        offline::copy(&offline.root.join("layers"), &offline.root.join(environment))?;
        LAYERS.iter().try_for_each(|layer| plan_layer(tree, &offline, environment, layer))
    })
}

/// Plans a layer, applies, plans again, and asks the rules.
fn plan_layer(tree: &Tree, offline: &Offline, environment: &str, layer: &str) -> Result<()> {
    let folder = offline.root.join(environment).join(layer);
    let label = format!("{environment}/{layer}");
    let settings = |name: &str| {
        let file = offline.root.join("envs").join(environment).join(format!("{name}.tfvars"));
        format!("-var-file={}", file.display())
    };
    let options = ["-no-color".to_owned(), "-out=tfplan".to_owned(), settings("common"), settings(layer)];

    let mut first = vec!["plan".to_owned()];
    first.extend_from_slice(&options);
    let said = offline.run(&folder, &first).with_context(|| label.clone())?;
    if said.contains("Warning:") {
        bail!("{label} warns:\n{said}");
    }
    offline.run(&folder, ["apply", "-no-color", "tfplan"])?;

    let mut again = vec!["plan".to_owned(), "-detailed-exitcode".to_owned()];
    again.extend_from_slice(&options);
    offline.run(&folder, &again).with_context(|| format!("{label} is not settled after apply"))?;

    // The second plan knows every value, so the rules see all of it.
    let json = offline.run(&folder, ["show", "-json", "tfplan"])?;
    let plan = folder.join("plan.json");
    std::fs::write(&plan, json).context("a plan can't be written")?;
    let mut rules = process::command("python3");
    rules.arg(tree.root.join("terraform/policy/check_plan.py")).arg(environment).arg(&plan);
    tools::run(&mut rules).with_context(|| format!("{label} breaks rules")).map(drop)
}

fn checkov(tree: &Tree) -> Result<()> {
    let mut checkov = process::command(tools::python("terraform-checkov")?.join("checkov"));
    let folder = tree.root.join("terraform");
    checkov
        .args(["--framework", "terraform", "--skip-download", "--quiet", "--compact", "--directory"])
        .arg(&folder)
        .arg("--config-file")
        .arg(folder.join("policy/checkov.yaml"));
    tools::run(&mut checkov).map(drop)
}

fn trivy(tree: &Tree) -> Result<()> {
    let mut trivy = process::command(tools::python("terraform")?.join("trivy"));
    let folder = tree.root.join("terraform");
    trivy
        .args(["config", "--quiet", "--skip-check-update", "--skip-version-check", "--exit-code", "1"])
        .args(["--severity", "MEDIUM,HIGH,CRITICAL", "--ignorefile"])
        .arg(folder.join("policy/trivyignore.yaml"))
        .arg("--cache-dir")
        .arg(tree.scratch.join("trivy"))
        .arg(&folder);
    tools::run(&mut trivy).map(drop)
}

/// Does the same for all of a list, two at a time; fails with everything that failed.
fn by_two<T: Sync>(all: &[T], work: impl Fn(&T) -> Result<()> + Sync) -> Result<()> {
    let failures = Mutex::new(Vec::new());
    let half = |first: usize| {
        for item in all.iter().skip(first).step_by(2) {
            if let Err(error) = work(item)
                && let Ok(mut failures) = failures.lock()
            {
                failures.push(format!("{error:#}"));
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| half(0));
        half(1);
    });
    let failures = failures.into_inner().unwrap_or_default();
    if failures.is_empty() { Ok(()) } else { bail!("{}", failures.join("\n")) }
}
