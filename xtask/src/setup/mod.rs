//! `cargo xtask setup`: installs what is missing and nothing else. Tools go into a per-user cache folder by name and
//! version, so that a second clone pays nothing; system packages come from Debian.

pub mod apt;
pub mod tools;
pub mod wasm;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::{cli, infra, process, workspace};

/// The oldest Node that the build scripts and Playwright run on.
const NODE_MAJOR: u32 = 20;

/// Runs `cargo xtask setup`.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let purpose = match words.as_slice() {
        [] => "test",
        ["--for", purpose] => purpose,
        _ => return Ok(cli::misuse("setup", "unknown argument")),
    };
    process::timed("everything is installed", || match purpose {
        "up" => {
            for_backend()?;
            for_spa().map(drop)
        }
        "trunk" => {
            for_spa()?;
            tools::trunk().map(drop)
        }
        "test" => {
            for_backend()?;
            for_spa()?;
            for_tests()?;
            infra::install()
        }
        other => bail!("`--for {other}` is unknown: use up, test or trunk"),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Makes the back end buildable and returns the cargo features that this machine needs for it.
pub fn for_backend() -> Result<Vec<&'static str>> {
    if workspace::which("cc").is_none()
        && workspace::which("gcc").is_none()
        && workspace::which("clang").is_none()
    {
        apt::install(&["gcc", "libc6-dev"])
            .context("a C compiler is needed for the bundled SQLite and libpq")?;
    }
    if has_openssl() {
        return Ok(Vec::new());
    }
    match apt::install(&["libssl-dev", "pkg-config"]) {
        Ok(()) => Ok(Vec::new()),
        Err(error) => {
            println!(
                "OpenSSL's development files can't be installed ({error:#}): compiling OpenSSL from source instead"
            );
            Ok(vec!["vendored-openssl"])
        }
    }
}

/// Makes the storefront buildable.
pub fn for_spa() -> Result<tools::SpaTools> {
    require_node()?;
    tools::install()
}

/// Installs what only the tests use: servers, a browser, the formatter and the linter.
pub fn for_tests() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !process::succeeds(process::cargo().args([subcommand, "--version"])) {
            process::run(process::command("rustup").args(["component", "add", component]), "setup")
                .with_context(|| {
                    format!("`cargo {subcommand}` is missing: run `rustup component add {component}`")
                })?;
        }
    }
    let preset = |name: &str| std::env::var_os(name).is_some();
    let mut packages = Vec::new();
    if crate::services::postgres_bin_dir().is_none() && !preset("TEST_DATABASE_URL") {
        packages.push("postgresql");
    }
    if workspace::which("redis-server").is_none() && !preset("TEST_REDIS_URL") {
        packages.push("redis-server");
    }
    if chromium().is_none() {
        packages.push("chromium");
    }
    apt::install(&packages)?;
    e2e_packages()
}

/// The system's Chromium, when there is one.
pub fn chromium() -> Option<PathBuf> {
    workspace::which("chromium").or_else(|| workspace::which("google-chrome"))
}

/// The folder of the browser tests.
pub fn e2e_dir() -> PathBuf {
    workspace::root().join("e2e")
}

/// Installs the npm packages of the browser tests.
pub fn e2e_packages() -> Result<()> {
    npm_packages(&e2e_dir())
}

/// Installs a folder's npm packages when its lock file is newer than what is installed.
pub fn npm_packages(dir: &Path) -> Result<()> {
    require_node()?;
    let (lock, installed) = (dir.join("package-lock.json"), dir.join("node_modules/.package-lock.json"));
    let modified = |file: &PathBuf| std::fs::metadata(file).and_then(|data| data.modified()).ok();
    match (modified(&lock), modified(&installed)) {
        // Without browser tests there is nothing to install: the browser stage reports that.
        (None, _) => return Ok(()),
        (Some(wanted), Some(present)) if present >= wanted => return Ok(()),
        _ => {}
    }
    let mut npm = process::command("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").current_dir(dir);
    process::timed("npm packages", || process::run(&mut npm, "npm"))
}

fn has_openssl() -> bool {
    // openssl-sys looks in the same two places.
    let pkg_config = workspace::which("pkg-config").is_some();
    pkg_config && process::succeeds(process::command("pkg-config").args(["--exists", "openssl"]))
        || std::env::var_os("OPENSSL_DIR").is_some()
}

fn require_node() -> Result<()> {
    let remedy =
        format!("install Node {NODE_MAJOR} or newer with npm (https://nodejs.org) and run the command again");
    let version = process::capture(process::command("node").arg("--version"))
        .with_context(|| format!("Node is missing: {remedy}"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|text| text.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE_MAJOR) {
        bail!("Node {version} is too old: {remedy}");
    }
    if workspace::which("npm").is_none() {
        bail!("npm is missing: {remedy}");
    }
    Ok(())
}
