//! Builds the storefront into `frontend/dist`: compiled by cargo, bound and hashed by trunk, optimised by wasm-opt, and
//! compressed once for all visitors. A build whose inputs have not changed is not repeated.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};

use crate::setup::{self, tools::SpaTools, wasm};
use crate::{cli, process, workspace};

/// The cargo profile of the published storefront.
const PROFILE: &str = "wasm-release";

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

/// Runs `cargo xtask spa`.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    if let Some(word) = arguments.first() {
        return Ok(cli::misuse("spa", &format!("unknown argument `{word}`")));
    }
    ensure()?;
    Ok(ExitCode::SUCCESS)
}

/// Runs `cargo xtask trunk`, which gives way to trunk itself.
pub fn run_trunk(arguments: &[String]) -> Result<ExitCode> {
    let tools = setup::for_spa()?;
    // In the foreground, in this process group: Ctrl-C is trunk's to handle.
    let mut trunk = tools.trunk()?;
    std::os::unix::process::CommandExt::process_group(&mut trunk, 0);
    let mut child = trunk.args(arguments).spawn().context("trunk can't be started")?;
    loop {
        if process::interrupted() {
            process::stop(&mut child, "TERM", std::time::Duration::from_secs(5));
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(status) = child.try_wait().context("trunk can't be watched")? {
            return Ok(if status.success() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
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
    process::timed("storefront: bind and bundle", || bundle(&tools))?;
    process::timed("storefront: optimise", || optimise(&tools))?;
    process::timed("storefront: compress", || compress(&dist()))?;
    std::fs::write(stamp_file(), stamp(inputs)?).context("the storefront's stamp can't be written")
}

/// Compiles first, so that trunk (which shows no progress and may not use the network) finds the work done.
fn compile(tools: &SpaTools) -> Result<()> {
    let mut cargo = tools.compiler.cargo();
    cargo.args([
        "build",
        "--package",
        "frontend",
        "--locked",
        "--target",
        wasm::TARGET,
        "--profile",
        PROFILE,
    ]);
    process::run(&mut cargo, "storefront")
}

fn bundle(tools: &SpaTools) -> Result<()> {
    let mut trunk = tools.trunk()?;
    trunk
        .args(["build", "--release", "--cargo-profile", PROFILE, "--dist"])
        .arg(dist());
    process::run(&mut trunk, "trunk")
}

fn optimise(tools: &SpaTools) -> Result<()> {
    let index =
        std::fs::read_to_string(dist().join("index.html")).context("the build has left no index.html")?;
    if index.contains("integrity=") {
        bail!(
            "index.html carries integrity attributes that optimising would break: set `no_sri = true` in frontend/Trunk.toml"
        );
    }
    for file in files(&dist())?
        .into_iter()
        .filter(|file| has_extension(file, "wasm"))
    {
        let before = size(&file);
        let optimised = file.with_extension("optimised");
        let mut node = process::command("node");
        node.arg(&tools.wasm_opt)
            .args([
                "-Oz",
                "--strip-debug",
                "--strip-producers",
                "--all-features",
                "--output",
            ])
            .arg(&optimised)
            .arg(&file);
        process::run(&mut node, "wasm-opt")?;
        std::fs::rename(&optimised, &file).context("the optimised module can't be put in place")?;
        println!(
            "{:>10} │ {} KB before, {} KB after",
            "wasm-opt",
            before / 1000,
            size(&file) / 1000
        );
    }
    Ok(())
}

/// Writes a brotli and a gzip form beside each file that gains from it.
fn compress(folder: &Path) -> Result<()> {
    let mut node = process::command("node");
    node.arg(workspace::root().join("xtask/js/precompress.mjs"))
        .arg(folder);
    process::run(&mut node, "compress")
}

/// What a first visitor transfers: all HTML, CSS, JavaScript and WebAssembly, as brotli where that form exists.
pub fn first_visit_bytes() -> Result<u64> {
    let kinds = ["html", "css", "js", "wasm"];
    let wanted = files(&dist())?
        .into_iter()
        .filter(|file| kinds.iter().any(|kind| has_extension(file, kind)));
    Ok(wanted
        .map(|file| {
            let brotli = PathBuf::from(format!("{}.br", file.display()));
            if brotli.is_file() {
                size(&brotli)
            } else {
                size(&file)
            }
        })
        .sum())
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |data| data.len())
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|found| found == extension)
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
        let found = if path.is_dir() {
            files(path)?
        } else {
            vec![path.clone()]
        };
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
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if path.is_dir() {
            if !matches!(name.as_str(), "dist" | "target" | "node_modules" | ".stage") {
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
