//! Debian packages: installed only when missing, only as root or with a password-less sudo, and without questions.

use std::os::unix::fs::MetadataExt;
use std::process::Command;

use anyhow::{Result, bail};

use crate::{process, workspace};

/// Installs the packages among `names` that are not installed yet.
pub fn install(names: &[&str]) -> Result<()> {
    let missing: Vec<&str> = names.iter().copied().filter(|name| !installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if workspace::which("apt-get").is_none() {
        bail!("these Debian packages, or what your system calls them, have to be installed by hand: {list}");
    }
    let Some(mut get) = apt_get() else {
        bail!("missing packages, and no right to install them: run `sudo apt-get install {list}` first");
    };
    process::timed(&format!("Debian packages: {list}"), || {
        get.args(["install", "-y", "--no-install-recommends"]).args(&missing);
        if process::run(&mut get, "apt").is_ok() {
            return Ok(());
        }
        // The package lists may be old or empty: fetch them once and try again.
        if let Some(mut update) = apt_get() {
            process::run(update.arg("update"), "apt")?;
        }
        process::run(&mut get, "apt")
    })
}

/// Whether this process runs as root.
pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|data| data.uid() == 0)
}

fn installed(name: &str) -> bool {
    process::capture(process::command("dpkg-query").args(["-W", "-f", "${Status}", name]))
        .is_ok_and(|status| status == "install ok installed")
}

fn apt_get() -> Option<Command> {
    let mut command = if is_root() {
        process::command("apt-get")
    } else if workspace::which("sudo").is_some()
        && process::succeeds(process::command("sudo").args(["-n", "true"]))
    {
        let mut sudo = process::command("sudo");
        sudo.args(["-n", "--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        sudo
    } else {
        return None;
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Some(command)
}
