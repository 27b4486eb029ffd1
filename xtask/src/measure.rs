//! `cargo xtask measure`: what Lighthouse says of the storefront, what a press costs, and pictures of every page to be looked
//! at, all from the optimised server with a freshly seeded database.

use std::process::ExitCode;

use anyhow::Result;

use crate::e2e::Shop;
use crate::{process, server, setup, spa};

/// Runs `cargo xtask measure`; the arguments go to Playwright, for example `lighthouse` to run only that file.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    server::build("release")?;
    setup::for_tests()?;
    setup::npm_packages(&setup::e2e_dir().join("measure"))?;
    spa::ensure()?;
    let shop = Shop::open(&server::binary("release"))?;
    process::run(shop.playwright().args(["--config", "measure"]).args(arguments), "browser")?;
    Ok(ExitCode::SUCCESS)
}
