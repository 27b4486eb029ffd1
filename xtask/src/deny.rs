//! `cargo xtask deny`: licences, banned crates and sources of every dependency, by the rules in deny.toml.

use std::process::ExitCode;

use anyhow::Result;

use crate::setup::tools;
use crate::{cli, process, workspace};

const CARGO_DENY: &str = "0.20.2";

/// Runs `cargo xtask deny`. The advisory database is left out, since it has to be fetched anew each time.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    if let Some(word) = arguments.first() {
        return Ok(cli::misuse("deny", &format!("unknown argument `{word}`")));
    }
    let bin = tools::from_crates("cargo-deny", "cargo-deny", CARGO_DENY, &["--locked"])?;
    let mut deny = process::command(bin.join("cargo-deny"));
    deny.args(["--all-features", "check", "licenses", "bans", "sources"]).current_dir(workspace::root());
    process::run(&mut deny, "deny")?;
    Ok(ExitCode::SUCCESS)
}
