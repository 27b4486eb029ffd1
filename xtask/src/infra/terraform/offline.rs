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

/// The program in its maker's `terraform_1.11.4_linux_amd64.zip`, which the workflows install as well.
const PINNED: &str = "268000fca5c61021c6396893d9483007ba589ad9d0aaccbd7dfa8c78bf7dbe23";

/// Names another program's hash, for other platforms and for trying a newer version.
const OTHER: &str = "TERRAFORM_SHA256";

/// Fails when `PATH` leads to another Terraform than the pinned one. It can't be installed here: no package registry
/// carries it.
pub fn require_terraform() -> Result<()> {
    let program = workspace::which("terraform")
        .context("Terraform 1.11.4 is needed; install it from its maker's packages")?;
    let present =
        process::capture(process::command("sha256sum").arg(&program)).context("no hash can be made")?;
    let pinned = std::env::var(OTHER).unwrap_or_else(|_| PINNED.to_owned());
    is_pinned(&program, present.split_whitespace().next().unwrap_or_default(), &pinned)?;
    is_new_enough(&process::capture(process::command(&program).arg("version"))?)
}

fn is_pinned(program: &Path, present: &str, pinned: &str) -> Result<()> {
    if present == pinned.trim().to_ascii_lowercase() {
        return Ok(());
    }
    bail!(
        "{} is not the Terraform that these checks are pinned to (1.11.4 for linux_amd64):\n  its SHA-256 is {present},\n  \
         {pinned} is expected.\nInstall that one; or, on another platform, verify the maker's signed archive, and put the \
         hash of the program in it into {OTHER}.",
        program.display()
    )
}

fn is_new_enough(text: &str) -> Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pinned_program_is_accepted() {
        let program = Path::new("/usr/bin/terraform");
        assert!(is_pinned(program, PINNED, PINNED).is_ok());
        assert!(is_pinned(program, PINNED, &format!("{}\n", PINNED.to_ascii_uppercase())).is_ok());
        let said = is_pinned(program, "00ff", PINNED).unwrap_err().to_string();
        assert!(said.contains("00ff") && said.contains(PINNED) && said.contains(OTHER), "{said}");
        assert!(is_pinned(program, PINNED, "").is_err());
    }

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (text, good) in
            [("Terraform v1.11.4\non x", true), ("Terraform v1.9.8", false), ("OpenTofu", false)]
        {
            assert_eq!(is_new_enough(text).is_ok(), good, "{text}");
        }
    }
}
