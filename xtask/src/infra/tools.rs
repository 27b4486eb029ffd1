//! The tools of the checks, each set in a folder of its own below `.tools/`, which git ignores. What is installed is
//! pinned by version and hash in `xtask/infra/<set>/`: `requirements.txt` for Python, `package-lock.json` for npm.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{process, workspace};

/// The file that tells from which pins a set was installed.
const STAMP: &str = ".installed-from";

/// A virtual environment with the packages of `xtask/infra/<set>/requirements.txt`; returns its `bin` folder.
pub fn python(set: &str) -> Result<PathBuf> {
    let home = home(set);
    let bin = home.join("bin");
    install(set, "requirements.txt", &home, |pins| {
        let mut venv = process::command("python3");
        process::run(venv.args(["-m", "venv", "--clear"]).arg(&home), "python")
            .context("python3 with venv is needed")?;
        let mut pip = process::command(bin.join("pip"));
        pip.args([
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--require-hashes",
            "--only-binary",
            ":all:",
            "-r",
        ]);
        process::run(pip.arg(pins), "pip")
    })?;
    Ok(bin)
}

/// The npm packages of `xtask/infra/<set>/package-lock.json`; returns the folder `node_modules`.
pub fn node(set: &str) -> Result<PathBuf> {
    let home = home(set);
    install(set, "package-lock.json", &home, |pins| {
        std::fs::create_dir_all(&home).with_context(|| format!("{} can't be created", home.display()))?;
        for file in [pins, &pins.with_file_name("package.json")] {
            std::fs::copy(file, home.join(file.file_name().unwrap_or_default()))
                .with_context(|| format!("{} can't be copied", file.display()))?;
        }
        let mut npm = process::command("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&home);
        process::run(&mut npm, "npm")
    })?;
    Ok(home.join("node_modules"))
}

/// Installs a set unless it was already installed from the same pins.
fn install(set: &str, pins: &str, home: &Path, work: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let pins = workspace::root().join("xtask/infra").join(set).join(pins);
    let wanted = std::fs::read(&pins).with_context(|| format!("{} can't be read", pins.display()))?;
    let stamp = home.join(STAMP);
    if std::fs::read(&stamp).is_ok_and(|present| present == wanted) {
        return Ok(());
    }
    process::timed(&format!("tools: {set}"), || {
        if home.exists() {
            std::fs::remove_dir_all(home).with_context(|| format!("{} can't be emptied", home.display()))?;
        }
        work(&pins)?;
        std::fs::write(&stamp, &wanted).with_context(|| format!("{} can't be written", stamp.display()))
    })
    .with_context(|| format!("the tools of `{set}` can't be installed"))
}

/// The folder a set is installed in.
fn home(set: &str) -> PathBuf {
    workspace::root().join(".tools").join(set)
}

/// Runs a tool silently; fails with what it printed.
pub fn run(command: &mut std::process::Command) -> Result<String> {
    let finished = process::run_quietly(command)?;
    if !finished.success {
        bail!("{}", finished.output.trim());
    }
    Ok(finished.output)
}
