//! Terraform without a network: the real binary, with providers that know only the real ones' schemas
//! (`xtask/infra/terraform/provider.py`).

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::super::{Tree, tools};
use crate::{process, workspace};

/// The oldest version that knows write-only arguments and locks the state in S3 itself.
const OLDEST: (u32, u32) = (1, 11);

/// Fails when there is no Terraform that is new enough. It can't be installed here: no package registry carries it.
pub fn require_terraform() -> Result<()> {
    let text = process::capture(process::command("terraform").arg("version"))
        .context("Terraform 1.11 or newer is needed; install it from its maker's packages")?;
    let version = text.split_whitespace().nth(1).unwrap_or_default().trim_start_matches('v');
    let mut numbers = version.split('.').map_while(|number| number.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) if (major, minor) >= OLDEST => Ok(()),
        _ => bail!("Terraform {version} is too old; 1.11 is needed"),
    }
}

/// A copy of `terraform/` without the backend, and the providers, which run until this is dropped.
pub struct Offline {
    /// The copy.
    pub root: PathBuf,
    providers: Child,
    reattach: String,
    settings: PathBuf,
}

impl Offline {
    /// Copies the tree's configuration and starts the providers.
    pub fn new(tree: &Tree) -> Result<Self> {
        let root = tree.scratch.join("terraform");
        copy(&tree.root.join("terraform"), &root)?;
        for layer in folders(&root.join("layers"))? {
            // The state of a check lies beside the layer.
            std::fs::remove_file(layer.join("backend.tf")).context("a layer has no backend.tf")?;
        }
        let settings = tree.scratch.join("terraform.rc");
        std::fs::write(&settings, "").context("Terraform's settings can't be written")?;
        let mut provider = process::command(tools::python("terraform")?.join("python"));
        provider
            .arg(workspace::root().join("xtask/infra/terraform/provider.py"))
            .env("STUB_PARAMETERS", tree.scratch.join("parameters.json"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut providers = provider.spawn().context("the providers can't be started")?;
        let mut reattach = String::new();
        if let Some(output) = providers.stdout.take() {
            BufReader::new(output).read_line(&mut reattach).context("the providers don't answer")?;
        }
        Ok(Self { root, providers, reattach: reattach.trim().to_owned(), settings })
    }

    /// The folders of all modules and layers.
    pub fn configurations(&self) -> Result<Vec<PathBuf>> {
        let mut all = folders(&self.root.join("modules"))?;
        all.extend(folders(&self.root.join("layers"))?);
        Ok(all)
    }

    /// Runs Terraform in a folder of the copy, with its modules in place.
    pub fn run<S: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<String> {
        if !folder.join(".terraform").is_dir() {
            tools::run(self.command(folder).args(["get", "-no-color"]))?;
        }
        tools::run(self.command(folder).args(arguments))
            .with_context(|| folder.strip_prefix(&self.root).unwrap_or(folder).display().to_string())
    }

    fn command(&self, folder: &Path) -> Command {
        let mut terraform = process::command("terraform");
        terraform
            .current_dir(folder)
            .env("TF_REATTACH_PROVIDERS", &self.reattach)
            .env("TF_CLI_CONFIG_FILE", &self.settings)
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_INPUT", "0")
            .env("CHECKPOINT_DISABLE", "1");
        terraform
    }
}

impl Drop for Offline {
    fn drop(&mut self) {
        process::stop(&mut self.providers, "TERM", Duration::from_secs(2));
    }
}

/// The folders in a folder, in order.
fn folders(of: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(of).with_context(|| format!("{} can't be read", of.display()))?;
    let mut found: Vec<PathBuf> =
        entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    found.sort();
    Ok(found)
}

/// Copies a folder without what Terraform itself leaves there.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("{} can't be created", to.display()))?;
    for entry in std::fs::read_dir(from).with_context(|| format!("{} can't be read", from.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if name.to_string_lossy().starts_with(".terraform") || name.to_string_lossy().contains("tfstate") {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else {
            std::fs::copy(&path, to.join(name))
                .with_context(|| format!("{} can't be copied", path.display()))?;
        }
    }
    Ok(())
}
