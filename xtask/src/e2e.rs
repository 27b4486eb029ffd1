//! `cargo xtask e2e`: the browser journey, run by Playwright against the real binary with a freshly seeded database.

use std::fs::File;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::server::{self, Server};
use crate::services::ScratchFolder;
use crate::{process, setup, spa, workspace};

/// Runs `cargo xtask e2e`; the arguments go to Playwright.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    server::build_beside_tests()?;
    setup::for_tests()?;
    process::run(&mut type_check(), "types")?;
    spa::ensure()?;
    let shop = Shop::open(&server::binary("debug"))?;
    process::run(shop.playwright().args(arguments), "browser")?;
    Ok(ExitCode::SUCCESS)
}

/// `tsc`, which finds what Playwright, that only leaves the types out, runs into or quietly takes for something else.
pub fn type_check() -> Command {
    let mut npx = process::command("npx");
    npx.args(["--no-install", "tsc", "--noEmit"]).current_dir(setup::e2e_dir());
    npx
}

/// A demo shop of its own for one run of the browser tests.
pub struct Shop {
    // Before the folder, so that the server stops before its database goes.
    _server: Server,
    address: String,
    folder: ScratchFolder,
}

impl Shop {
    /// Seeds a new embedded database and serves it on a free port.
    pub fn open(binary: &Path) -> Result<Self> {
        let folder = ScratchFolder::for_me("browser")?;
        let url = format!("sqlite://{}", folder.path.join("shop.db").display());
        server::seed(binary, &url)?;
        let port = server::free_port()?;
        let log =
            File::create(folder.path.join("server.log")).context("the server's log can't be created")?;
        // All visitors of the browser tests share one address, so they would use up each other's allowance.
        let settings = [("ENABLE_RATE_LIMITING", "false")];
        let mut server = Server::start(binary, &url, port, &settings, Some(log))?;
        server.wait_until_ready().with_context(|| server_log(&folder))?;
        Ok(Self { _server: server, address: format!("http://localhost:{port}"), folder })
    }

    /// `playwright test`, told where the shop and the browser are.
    pub fn playwright(&self) -> Command {
        let mut npx = process::command("npx");
        npx.args(["--no-install", "playwright", "test", "--reporter=list"])
            .current_dir(setup::e2e_dir())
            .env("BASE_URL", &self.address)
            .env_remove("NO_COLOR");
        if let Some(chromium) = setup::chromium() {
            npx.env("CHROMIUM_PATH", chromium);
        }
        npx
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        server_log(&self.folder)
    }
}

fn server_log(folder: &ScratchFolder) -> String {
    std::fs::read_to_string(folder.path.join("server.log")).unwrap_or_default()
}

/// Whether the browser tests are in the repository.
pub fn exists() -> bool {
    workspace::root().join("e2e/package.json").is_file()
}
