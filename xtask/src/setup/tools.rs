//! The tools that turn the storefront into files for a browser: wasm-bindgen, wasm-opt and, for hot reload, trunk, each
//! at one exact version in the per-user cache folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::wasm::Compiler;
use crate::{process, workspace};

/// The last trunk that compiles with the pinned toolchain; 0.22 needs a newer one.
const TRUNK: &str = "0.21.14";
/// The npm package that carries wasm-opt as JavaScript; Debian's is too old for what rustc emits.
const BINARYEN: &str = "132.0.0";

/// Cuts the compiled storefront into modules; its runtime part is a dependency of leptos.
const WASM_SPLIT: &str = "0.2.4";

/// What a build of the storefront needs.
pub struct SpaTools {
    /// Which compiler builds for the browser.
    pub compiler: Compiler,
    /// wasm-bindgen, of exactly the version in Cargo.lock.
    pub wasm_bindgen: PathBuf,
    /// wasm-split-cli, which cuts off what is fetched later.
    pub wasm_split: PathBuf,
    /// wasm-opt, to be run by Node.
    pub wasm_opt: PathBuf,
}

impl SpaTools {
    /// `trunk` in the storefront's folder, with its tools on `PATH` and told not to download any.
    pub fn trunk(&self, bin: PathBuf) -> Result<Command> {
        let mut trunk = process::command(bin.join("trunk"));
        trunk.current_dir(workspace::root().join("frontend"));
        self.compiler.apply(&mut trunk);
        let mut path: Vec<PathBuf> = self.wasm_bindgen.parent().map(Path::to_path_buf).into_iter().collect();
        if self.compiler == Compiler::Debian {
            path.push(PathBuf::from("/usr/bin"));
        }
        trunk
            .env("PATH", workspace::path_with(&path)?)
            .env("CARGO_TARGET_DIR", workspace::spa_target_dir())
            .env("TRUNK_SKIP_VERSION_CHECK", "true")
            .env("TRUNK_OFFLINE", "true")
            // Trunk refuses the value that other programs give this variable.
            .env_remove("NO_COLOR");
        Ok(trunk)
    }
}

/// Installs what a build of the storefront misses.
pub fn install() -> Result<SpaTools> {
    let compiler = Compiler::install()?;
    let version = workspace::locked_version("wasm-bindgen")?;
    let bindgen = from_crates("wasm-bindgen-cli", "wasm-bindgen", &version, &[])?;
    let split = from_crates(
        "wasm_split_cli_support",
        "wasm-split-cli",
        WASM_SPLIT,
        &["--locked", "--features", "build-binary"],
    )?;
    Ok(SpaTools {
        compiler,
        wasm_bindgen: bindgen.join("wasm-bindgen"),
        wasm_split: split.join("wasm-split-cli"),
        wasm_opt: binaryen()?,
    })
}

/// Installs trunk, which only hot reload needs, and returns the folder it is in.
pub fn trunk() -> Result<PathBuf> {
    from_crates("trunk", "trunk", TRUNK, &["--locked"])
}

/// Installs `binary` out of `package` and returns the folder it is in.
///
/// An unoptimised build is enough: these tools spend their time waiting for cargo, and it compiles in a third of the time.
/// `options` are more words for `cargo install`; `--locked` takes the dependencies that the package's author tested.
pub fn from_crates(package: &str, binary: &str, version: &str, options: &[&str]) -> Result<PathBuf> {
    let home = workspace::cache_dir()?.join(format!("{package}-{version}"));
    let bin = home.join("bin");
    if bin.join(binary).is_file() {
        return Ok(bin);
    }
    std::fs::create_dir_all(&home).with_context(|| format!("{} can't be created", home.display()))?;
    process::timed(&format!("{package} {version}"), || {
        if prebuilt(package, version, &home) && bin.join(binary).is_file() {
            return Ok(());
        }
        let mut cargo = process::command("cargo");
        cargo
            .args([
                "install",
                package,
                "--version",
                version,
                "--bin",
                binary,
                "--debug",
                "--no-default-features",
            ])
            .arg("--root")
            .arg(&home)
            // Away from the repository, whose own cargo settings are not meant for tools.
            .current_dir(&home)
            .env("RUSTUP_TOOLCHAIN", workspace::pinned_toolchain()?)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env_remove("CARGO_TARGET_DIR");
        process::run(cargo.args(options), binary)
    })
    .with_context(|| {
        format!("{package} {version} can't be installed; is the crate registry within reach?")
    })?;
    Ok(bin)
}

/// Tries cargo-binstall, where it is present and reaches the author's releases.
fn prebuilt(package: &str, version: &str, home: &Path) -> bool {
    if workspace::which("cargo-binstall").is_none() {
        return false;
    }
    let mut binstall = process::command("cargo-binstall");
    binstall
        .args([
            "--no-confirm",
            "--disable-strategies",
            "compile,quick-install",
            "--version",
            version,
            "--root",
        ])
        .arg(home)
        .arg(package);
    process::run(&mut binstall, package).is_ok()
}

fn binaryen() -> Result<PathBuf> {
    let home = workspace::cache_dir()?.join(format!("binaryen-{BINARYEN}"));
    let wasm_opt = home.join("node_modules/binaryen/bin/wasm-opt");
    if wasm_opt.is_file() {
        return Ok(wasm_opt);
    }
    std::fs::create_dir_all(&home).with_context(|| format!("{} can't be created", home.display()))?;
    process::timed(&format!("wasm-opt from binaryen {BINARYEN}"), || {
        let mut npm = process::command("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--prefix"])
            .arg(&home)
            .arg(format!("binaryen@{BINARYEN}"))
            .current_dir(&home);
        process::run(&mut npm, "npm")?;
        if wasm_opt.is_file() { Ok(()) } else { bail!("the npm package holds no wasm-opt") }
    })
    .context("wasm-opt can't be installed; is the npm registry within reach?")?;
    Ok(wasm_opt)
}
