//! The charts and ArgoCD's applications: rendered by Helm for every environment, and looked at from all sides.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{ENVIRONMENTS, Tools};
use crate::infra::{Tree, tools};
use crate::process;

const CHARTS: [&str; 3] = ["backend", "frontend", "platform"];

/// The address that the applications are followed at; here it stands for a copy of the tree.
const REPOSITORY: &str = "https://github.com/alder-shop/alder.git";

/// A chart of the demo environment, a value, and what the refusal says.
const REFUSALS: &[(&str, &str, &str)] = &[
    ("backend", "image.digest=", "/image/digest"),
    ("backend", "image.digest=latest", "/image/digest"),
    ("backend", "image.repository=shop/backend:latest", "/image/repository"),
    ("backend", "image.tag=latest", "additional properties 'tag'"),
    ("backend", "replicas=3", "additional properties 'replicas'"),
    ("backend", "config.JWT_SECRET=x", "additional properties 'JWT_SECRET'"),
    ("backend", "config.PUBLIC_URL=http://shop.example", "/config/PUBLIC_URL"),
    ("backend", "network.dataCidrs={0.0.0.0/0}", "/network/dataCidrs"),
    ("backend", "autoscaling.minReplicas=1", "/autoscaling/minReplicas"),
    ("backend", "maintenance.cleanup.args={seed}", "/maintenance/cleanup"),
    ("backend", "database.poolSize=40", "need 200 connections; the database has 100"),
    ("backend", "autoscaling.minReplicas=5", "minReplicas is above"),
    ("backend", "shutdown.graceSeconds=30", "leaves within 30 s, but is killed after"),
    ("backend", "monitoring.port=4000", "/monitoring/port"),
    ("backend", "monitoring.collector=https://collector:4318", "/monitoring/collector"),
    ("backend", "monitoring.public=true", "additional properties 'public'"),
    ("frontend", "image.digest=", "/image/digest"),
    ("frontend", "resources.limits.cpu=1", "additional properties 'limits'"),
    ("frontend", "shutdown.graceSeconds=20", "leaves within 20 s, but is killed after"),
    ("platform", "operators.writers=system:masters", "/operators/writers"),
    ("platform", "namespaces.shop.privileged=true", "additional properties 'privileged'"),
    ("apps", "environment=staging", "/environment"),
    ("apps", "controllers.karpenter.version=1.x", "/controllers/karpenter/version"),
];

/// yamllint on everything that is YAML before Helm has been at it.
pub fn yaml(tree: &Tree) -> Result<()> {
    let tools = Tools::find()?;
    let mut lint = tools.tool("yamllint");
    lint.arg("--strict").arg("--config-file").arg(super::scripts().join("yamllint.yaml"));
    lint.args(["compose.yaml", "argocd/root-project.yaml", "argocd/envs", "argocd/install"]);
    lint.args(["argocd/apps/Chart.yaml", "argocd/apps/values.yaml"]);
    for chart in CHARTS {
        lint.arg(format!("charts/{chart}/Chart.yaml")).arg(format!("charts/{chart}/values.yaml"));
    }
    tools::run(lint.current_dir(&tree.root)).map(drop)
}

/// Helm's own opinion.
pub fn lint(tree: &Tree) -> Result<()> {
    let tools = Tools::find()?;
    for environment in ENVIRONMENTS {
        for chart in CHARTS.into_iter().chain(["apps"]) {
            let mut helm = tools.helm();
            helm.args(["lint", "--strict", "--quiet"]);
            with_values(&tools, tree, environment, chart, &mut helm)?;
            tools::run(&mut helm).with_context(|| format!("{chart} in {environment}"))?;
        }
    }
    render_all(&tools, tree).map(drop)
}

/// What the schemas and the templates must refuse.
pub fn refusals(tree: &Tree) -> Result<()> {
    let tools = Tools::find()?;
    for (chart, value, reason) in REFUSALS {
        let mut helm = tools.helm();
        helm.args(["template", chart]);
        with_values(&tools, tree, "demo", chart, &mut helm)?;
        let finished = process::run_quietly(helm.args(["--set", value]))?;
        if finished.success {
            bail!("{chart} accepts {value}");
        }
        if !finished.output.contains(reason) {
            bail!("{chart} refuses {value} without saying `{reason}`:\n{}", finished.output.trim());
        }
    }
    Ok(())
}

/// Every object against the schema of its kind.
pub fn objects(tree: &Tree) -> Result<()> {
    let tools = Tools::find()?;
    let rendered = render_all(&tools, tree)?;
    // What an administrator applies by hand, and Helm never sees.
    let argocd = tree.root.join("argocd");
    let roots = ENVIRONMENTS.map(|name| (argocd.join("envs").join(name).join("root.yaml"), name));
    for (file, name) in roots.into_iter().chain([(argocd.join("root-project.yaml"), "every")]) {
        std::fs::copy(&file, rendered.join(format!("{name}-root.yaml")))
            .with_context(|| format!("{} can't be copied", file.display()))?;
    }
    tools::run(tools.python("objects.py").arg("schemas").arg(&rendered))?;
    custom(&tools, &rendered)?;
    let monitored = render_monitored(&tools, tree)?;
    tools::run(tools.python("objects.py").arg("schemas").arg(&monitored))?;
    custom(&tools, &monitored)
}

/// What other people's definitions say of the objects of their kinds.
fn custom(tools: &Tools, rendered: &Path) -> Result<()> {
    let mut node = process::command("node");
    node.arg(super::scripts().join("custom.mjs")).arg(&tools.modules).arg(rendered.join("custom.json"));
    tools::run(&mut node).map(drop)
}

/// All objects against the shop's own rules.
pub fn rules(tree: &Tree) -> Result<()> {
    let tools = Tools::find()?;
    let rendered = render_all(&tools, tree)?;
    tools::run(tools.python("objects.py").arg("rules").arg(&rendered))?;
    let monitored = render_monitored(&tools, tree)?;
    tools::run(tools.python("objects.py").arg("monitored").arg(&monitored)).map(drop)
}

/// ArgoCD's view: from the root application down, with the repository's address leading to a copy of the tree.
pub fn applications(tree: &Tree) -> Result<()> {
    let tools = Tools::find()?;
    let (copy, plugin) = (tree.scratch.join("shop.git"), tree.scratch.join("plugin"));
    repository(tree, &copy)?;
    register(&plugin)?;
    for environment in ENVIRONMENTS {
        let mut argocheck = tools.tool("argocheck");
        argocheck.arg(tree.root.join(format!("argocd/envs/{environment}/root.yaml")));
        argocheck.env("PATH", crate::workspace::path_with(&[parent(&tools.helm)])?);
        argocheck.env("PYTHONPATH", &plugin).env("PYTHONDONTWRITEBYTECODE", "1").env("COLUMNS", "200");
        argocheck.env("TMPDIR", &tree.scratch);
        argocheck.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_VALUE_0", REPOSITORY);
        argocheck.env("GIT_CONFIG_KEY_0", format!("url.file://{}.insteadOf", copy.display()));
        let walked = tools::run(&mut argocheck).with_context(|| format!("the tree of {environment}"))?;
        // Each line of the tree ends with what the application holds.
        for name in CHARTS {
            if !walked.lines().any(|line| line.contains(&format!("✓ {name} [argocd]"))) {
                bail!("{environment} has no application {name}:\n{walked}");
            }
        }
    }
    Ok(())
}

/// Makes a repository of what ArgoCD reads.
fn repository(tree: &Tree, copy: &Path) -> Result<()> {
    std::fs::create_dir_all(copy).context("the copy can't be made")?;
    let mut cp = process::command("cp");
    tools::run(cp.arg("-R").args([tree.root.join("argocd"), tree.root.join("charts")]).arg(copy))?;
    for words in [
        &["init", "--quiet", "--initial-branch=main"][..],
        &["add", "--all"],
        &["commit", "--quiet", "-m", "x"],
    ] {
        let mut git = process::command("git");
        git.args(["-c", "user.name=x", "-c", "user.email=x@shop.example", "-c", "commit.gpgsign=false"]);
        tools::run(git.args(words).current_dir(copy))?;
    }
    Ok(())
}

/// Python finds a plugin by the description of the package it belongs to.
fn register(plugin: &Path) -> Result<()> {
    let about = plugin.join("stand_in-1.0.dist-info");
    std::fs::create_dir_all(&about).context("the plugin's folder can't be made")?;
    std::fs::copy(super::scripts().join("argocheck_plugin.py"), plugin.join("argocheck_plugin.py"))
        .context("the plugin can't be copied")?;
    std::fs::write(about.join("METADATA"), "Metadata-Version: 2.1\nName: stand-in\nVersion: 1.0\n")
        .context("the plugin can't be described")?;
    let entry = "[argocheck.plugins]\nstand-in = argocheck_plugin:StandIn\n";
    std::fs::write(about.join("entry_points.txt"), entry).context("the plugin can't be described")
}

fn parent(file: &Path) -> PathBuf {
    file.parent().unwrap_or(file).to_path_buf()
}

/// Renders every chart of every environment into one folder, as `<environment>-<chart>.yaml`.
fn render_all(tools: &Tools, tree: &Tree) -> Result<PathBuf> {
    let folder = tree.scratch.join("rendered");
    std::fs::create_dir_all(&folder).context("the folder of what is rendered can't be made")?;
    for environment in ENVIRONMENTS {
        for chart in CHARTS.into_iter().chain(["apps"]) {
            let text = render(tools, tree, environment, chart)?;
            std::fs::write(folder.join(format!("{environment}-{chart}.yaml")), text)
                .context("what is rendered can't be written")?;
        }
    }
    Ok(folder)
}

/// Renders the backend for a cluster that has Prometheus' operator, into a folder of its own.
fn render_monitored(tools: &Tools, tree: &Tree) -> Result<PathBuf> {
    let folder = tree.scratch.join("monitored");
    std::fs::create_dir_all(&folder).context("the folder of what is monitored can't be made")?;
    let mut helm = tools.helm();
    helm.args(["template", "backend", "--namespace", "shop", "--set", "monitoring.operator=true"]);
    with_values(tools, tree, "demo", "backend", &mut helm)?;
    let text =
        process::capture(&mut helm).context("the backend can't be rendered with Prometheus' operator")?;
    std::fs::write(folder.join("demo-backend.yaml"), text).context("what is rendered can't be written")?;
    Ok(folder)
}

/// What Helm makes of a chart in an environment.
pub fn render(tools: &Tools, tree: &Tree, environment: &str, chart: &str) -> Result<String> {
    let mut helm = tools.helm();
    helm.args(["template", chart, "--namespace", "shop"]);
    with_values(tools, tree, environment, chart, &mut helm)?;
    process::capture(&mut helm).with_context(|| format!("{chart} in {environment} can't be rendered"))
}

/// Adds a chart's folder and the values of an environment. Those of the applications stand in the root application.
fn with_values(tools: &Tools, tree: &Tree, environment: &str, chart: &str, helm: &mut Command) -> Result<()> {
    let values = tree.root.join("argocd/envs").join(environment);
    if chart != "apps" {
        helm.arg(tree.root.join("charts").join(chart))
            .arg("--values")
            .arg(values.join(format!("{chart}.yaml")));
        return Ok(());
    }
    let file = tree.scratch.join(format!("{environment}-root-values.yaml"));
    let text = process::capture(tools.python("objects.py").arg("values").arg(values.join("root.yaml")))?;
    std::fs::write(&file, text).context("the root application's values can't be written")?;
    helm.arg(tree.root.join("argocd/apps")).arg("--values").arg(file);
    Ok(())
}
