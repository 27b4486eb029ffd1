//! The compiler for WebAssembly: the pinned toolchain with its wasm32 target, or Debian's `rustc-web` where rustup can't
//! fetch targets. Only builds of the storefront see the variables that the second one needs.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::apt;
use crate::{process, workspace};

/// The target that browsers run.
pub const TARGET: &str = "wasm32-unknown-unknown";

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LINKER: &str = "/usr/lib/llvm-22/bin/wasm-ld";
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];

/// Which compiler builds for the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// The pinned toolchain, with the target installed by rustup.
    Pinned,
    /// Debian's packages, which compile the standard library for the target themselves.
    Debian,
}

impl Compiler {
    /// Finds a compiler for the browser, and installs one when there is none.
    pub fn install() -> Result<Self> {
        if pinned_has_target() {
            return Ok(Self::Pinned);
        }
        if debian_is_installed() {
            return Ok(Self::Debian);
        }
        process::timed("WebAssembly target", || {
            let toolchain = workspace::pinned_toolchain()?;
            let mut rustup = process::command("rustup");
            rustup.args(["target", "add", TARGET, "--toolchain", &toolchain]);
            if process::run(&mut rustup, "rustup").is_ok() && pinned_has_target() {
                return Ok(Self::Pinned);
            }
            println!("rustup can't fetch the target: taking Debian's compiler for WebAssembly");
            apt::install(&DEBIAN_PACKAGES).with_context(|| {
                format!(
                    "no compiler for WebAssembly: run `rustup target add {TARGET} --toolchain {toolchain}`"
                )
            })?;
            Ok(Self::Debian)
        })
    }

    /// Sets the variables that a build with this compiler needs.
    pub fn apply(self, command: &mut Command) {
        match self {
            Self::Pinned => {}
            Self::Debian => {
                command
                    .env("RUSTC", DEBIAN_RUSTC)
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER)
                    .env_remove("CARGO")
                    .env_remove("RUSTUP_TOOLCHAIN");
            }
        }
    }

    /// The `cargo` that goes with this compiler.
    pub fn cargo(self) -> Command {
        let mut cargo = match self {
            Self::Pinned => process::cargo(),
            Self::Debian => {
                let mut cargo = process::command("/usr/bin/cargo");
                cargo.current_dir(workspace::root());
                cargo
            }
        };
        self.apply(&mut cargo);
        cargo.env("CARGO_TARGET_DIR", workspace::spa_target_dir());
        cargo
    }
}

fn pinned_has_target() -> bool {
    let mut rustc = process::command("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(workspace::root());
    process::capture(&mut rustc).is_ok_and(|dir| Path::new(&dir).is_dir())
}

fn debian_is_installed() -> bool {
    [DEBIAN_RUSTC, "/usr/bin/cargo", DEBIAN_LINKER].iter().all(|file| Path::new(file).exists())
        && process::capture(process::command("dpkg-query").args(["-W", "-f", "${Status}", "rust-web-src"]))
            .is_ok_and(|status| status == "install ok installed")
}
