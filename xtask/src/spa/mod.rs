//! Builds the storefront into `frontend/dist`: compiled by cargo, bound by wasm-bindgen, optimised by wasm-opt, and
//! compressed once for all visitors. A build whose inputs have not changed is not repeated.

mod bundle;
mod modules;
mod page;
pub mod weights;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use crate::setup::tools::{self, SpaTools};
use crate::setup::{self, wasm};
use crate::{cli, process, workspace};

/// The cargo profile of the published storefront.
pub const PROFILE: &str = "wasm-release";

/// Everything the built files depend on, relative to the repository's root.
const INPUTS: [&str; 7] = [
    "Cargo.lock",
    "Cargo.toml",
    "rust-toolchain.toml",
    "frontend",
    "shared-types",
    "xtask/js",
    "xtask/src/setup/tools.rs",
];

/// The folder that the server and the browser tests take the storefront from.
pub fn dist() -> PathBuf {
    workspace::root().join("frontend/dist")
}

/// The folder that cargo puts the compiled storefront in.
pub fn build_dir() -> PathBuf {
    workspace::spa_target_dir().join(wasm::TARGET).join(PROFILE)
}

/// Runs `cargo xtask spa`.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    if let Some(word) = arguments.first() {
        return Ok(cli::misuse("spa", &format!("unknown argument `{word}`")));
    }
    ensure()?;
    if std::env::var_os("UPDATE_WEIGHTS").is_some() {
        weights::record(&weights::of_first_visit()?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `cargo xtask trunk`: trunk in the foreground, until it ends or this command is asked to stop.
pub fn run_trunk(arguments: &[String]) -> Result<ExitCode> {
    let tools = setup::for_spa()?;
    let trunk_dir = tools::trunk()?;
    let mut child = tools.trunk(trunk_dir)?.args(arguments).spawn().context("trunk can't be started")?;
    match process::wait(&mut child, Duration::from_secs(5))? {
        (Some(status), false) if !status.success() => Ok(ExitCode::FAILURE),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Builds the storefront unless what is in `frontend/dist` is up to date.
pub fn ensure() -> Result<()> {
    let inputs = fingerprint(&INPUTS.map(|name| workspace::root().join(name)))?;
    if up_to_date(inputs) {
        println!("✓ storefront is up to date");
        return Ok(());
    }
    let tools = setup::for_spa()?;
    process::timed("storefront: compile", || compile(&tools))?;
    bundle::bundle(
        &tools,
        &workspace::spa_target_dir().join(wasm::TARGET).join(PROFILE).join("frontend.wasm"),
    )?;
    std::fs::write(stamp_file(), stamp(inputs)?).context("the storefront's stamp can't be written")
}

fn compile(tools: &SpaTools) -> Result<()> {
    let mut cargo = tools.compiler.cargo();
    cargo.args(["rustc", "--package", "frontend", "--bin", "frontend", "--features", "split"]);
    cargo.args(["--target", wasm::TARGET, "--profile", PROFILE]);
    // Relocations tell the cutting tool which code needs which.
    cargo.args(["--", "-Clink-args=--emit-relocs"]);
    process::run(&mut cargo, "storefront")
}

fn stamp_file() -> PathBuf {
    workspace::spa_target_dir().join("storefront.stamp")
}

/// The stamp covers the result too, since `trunk serve` writes a development build to the same folder.
fn stamp(inputs: u64) -> Result<String> {
    let output = fingerprint(&[dist().join("index.html")])?;
    Ok(format!("{inputs:016x} {output:016x}\n"))
}

fn up_to_date(inputs: u64) -> bool {
    let written = std::fs::read_to_string(stamp_file());
    dist().join("index.html").is_file()
        && written.is_ok_and(|text| stamp(inputs).is_ok_and(|wanted| wanted == text))
}

/// One number over the names and contents of files and folders.
fn fingerprint(paths: &[PathBuf]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        let found = if path.is_dir() { files(path)? } else { vec![path.clone()] };
        for file in found {
            file.hash(&mut hasher);
            std::fs::read(&file)
                .with_context(|| format!("{} can't be read", file.display()))?
                .hash(&mut hasher);
        }
    }
    Ok(hasher.finish())
}

/// All files below a folder in a fixed order, without build results.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| format!("{} can't be read", folder.display()))?
        .map(|entry| entry.map(|entry| entry.path()).map_err(|error| anyhow!(error)))
        .collect::<Result<_>>()?;
    entries.sort();
    for path in entries {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            if !matches!(name.as_str(), "dist" | "target" | "node_modules" | ".generated") {
                found.extend(files(&path)?);
            }
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_changes_with_a_file_and_only_then() {
        let folder = std::env::temp_dir().join(format!("alder-shop-fingerprint-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("dist")).unwrap();
        std::fs::write(folder.join("a.rs"), "one").unwrap();
        let first = fingerprint(std::slice::from_ref(&folder)).unwrap();
        std::fs::write(folder.join("dist/b.js"), "built").unwrap();
        assert_eq!(fingerprint(std::slice::from_ref(&folder)).unwrap(), first);
        std::fs::write(folder.join("a.rs"), "two").unwrap();
        assert_ne!(fingerprint(std::slice::from_ref(&folder)).unwrap(), first);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
