//! Where things are: the repository, the build folders and the per-user cache of tools.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

/// The repository's root folder.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Cargo's target folder for the host: the back end, the tests and the tools.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Cargo's target folder for the storefront, kept apart because its compiler may be another one.
pub fn spa_target_dir() -> PathBuf {
    target_dir().join("spa")
}

/// The folder that holds installed tools by name and version, shared by all clones of one user.
pub fn cache_dir() -> Result<PathBuf> {
    let base = match std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None => {
            let home = std::env::var_os("HOME").filter(|value| !value.is_empty());
            PathBuf::from(
                home.context("neither XDG_CACHE_HOME nor HOME is set: set one, so that tools can be cached")?,
            )
            .join(".cache")
        }
    };
    Ok(base.join("alder-shop"))
}

/// The executable `name` found in the folders of `PATH`.
pub fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}

/// `PATH` with `first` in front of what it already holds.
pub fn path_with(first: &[PathBuf]) -> Result<OsString> {
    let current = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(first.iter().cloned().chain(std::env::split_paths(&current)))
        .context("a tool's folder can't be put on PATH")
}

/// The version of `package` that Cargo.lock has chosen.
pub fn locked_version(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock can't be read")?;
    find_locked_version(&lock, package).ok_or_else(|| anyhow!("Cargo.lock holds no package `{package}`"))
}

/// The Rust version that rust-toolchain.toml pins.
pub fn pinned_toolchain() -> Result<String> {
    let text = std::fs::read_to_string(root().join("rust-toolchain.toml"))
        .context("rust-toolchain.toml can't be read")?;
    text.lines()
        .find_map(|line| line.trim().strip_prefix("channel"))
        .and_then(|rest| rest.split('"').nth(1))
        .map(str::to_owned)
        .context("rust-toolchain.toml names no channel")
}

fn find_locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.next()?;
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";

    #[test]
    fn a_locked_version_is_found_by_its_whole_name() {
        assert_eq!(find_locked_version(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
    }

    #[test]
    fn an_unknown_package_has_no_locked_version() {
        assert_eq!(find_locked_version(LOCK, "wasm"), None);
    }

    #[test]
    fn the_pinned_toolchain_is_a_version() {
        assert!(pinned_toolchain().unwrap().starts_with("1."));
    }
}
