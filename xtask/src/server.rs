//! The real back end as a child process: started, waited for, and stopped.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{http, process, setup, spa, workspace};

/// How long a graceful stop may take; the server bounds its own by less.
const STOP_PATIENCE: Duration = Duration::from_secs(30);
/// How long the server may need until it is ready.
const READY_PATIENCE: Duration = Duration::from_secs(60);

/// The back end's executable in the given cargo profile folder (`debug` or `release`).
pub fn binary(profile: &str) -> PathBuf {
    workspace::target_dir().join(profile).join("backend")
}

/// Builds the back end's executable, `debug` or `release`, and installs what that needs.
pub fn build(profile: &str) -> Result<()> {
    let features = setup::for_backend()?;
    let mut cargo = process::cargo();
    cargo.args(["build", "--package", "backend", "--bin", "backend"]);
    if profile == "release" {
        cargo.arg("--release");
    }
    if !features.is_empty() {
        cargo.arg("--features").arg(features.join(","));
    }
    process::timed("back end is built", || process::run(&mut cargo, "back end"))
}

/// Builds the development executable as part of the API tests, which need it: `cargo build` would choose other features for
/// what it depends on, and compile most of it a second time.
pub fn build_beside_tests() -> Result<()> {
    let features = setup::for_backend()?;
    let mut cargo = process::cargo();
    cargo.args(["test", "--locked", "--package", "backend", "--test", "api", "--no-run"]);
    add_features(&mut cargo, &features);
    process::timed("back end is built", || process::run(&mut cargo, "back end"))
}

/// Adds features of the back end to a command of cargo about several packages.
pub fn add_features(cargo: &mut Command, features: &[&str]) {
    for feature in features {
        cargo.arg("--features").arg(format!("backend/{feature}"));
    }
}

/// A port of 127.0.0.1 that nobody listens on right now.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port can be found")?;
    Ok(listener.local_addr().context("no free port can be found")?.port())
}

/// A running back end. Dropping it stops it.
pub struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts `backend serve` on `port` with the storefront of `frontend/dist` and the further variables in `settings`.
    /// Its output goes to `log`, or to this command's own when there is none.
    pub fn start(
        binary: &Path,
        database_url: &str,
        port: u16,
        settings: &[(&str, &str)],
        log: Option<File>,
    ) -> Result<Self> {
        Self::spawn(backend(process::command(binary), database_url), binary, port, settings, log)
    }

    /// Like [`Self::start`], on one core only. The server then has one thread for requests.
    pub fn start_on_core(
        core: usize,
        binary: &Path,
        database_url: &str,
        port: u16,
        settings: &[(&str, &str)],
        log: File,
    ) -> Result<Self> {
        let command = process::on_core(core, binary);
        Self::spawn(backend(command, database_url), binary, port, settings, Some(log))
    }

    /// Like [`Self::start`], by a command that ends in the back end's program, such as one that sets limits before.
    pub fn start_by(
        command: Command,
        database_url: &str,
        port: u16,
        settings: &[(&str, &str)],
        log: Option<File>,
    ) -> Result<Self> {
        let program = PathBuf::from(command.get_program());
        Self::spawn(backend(command, database_url), &program, port, settings, log)
    }

    fn spawn(
        mut command: Command,
        binary: &Path,
        port: u16,
        settings: &[(&str, &str)],
        log: Option<File>,
    ) -> Result<Self> {
        command.arg("serve").env("PORT", port.to_string()).env("SPA_DIR", spa::dist());
        command.envs(settings.iter().copied());
        if let Some(log) = log {
            command.stderr(log.try_clone().context("the server's log can't be shared")?).stdout(log);
        }
        let child = command.spawn().with_context(|| format!("{} can't be started", binary.display()))?;
        Ok(Self { child, port })
    }

    /// Waits until `/ready` answers 200.
    pub fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < READY_PATIENCE {
            if process::interrupted() {
                bail!("interrupted");
            }
            if let Some(status) = self.child.try_wait().context("the server can't be watched")? {
                bail!("the server ended with {status} before it was ready: its last lines say why");
            }
            if http::is_ok(self.port, "/ready") {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        bail!("the server was not ready after {} s", READY_PATIENCE.as_secs())
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, such as `KILL`.
    pub fn signal(&self, signal: &str) {
        process::signal_group(self.child.id(), signal);
    }

    /// Waits until it has ended by itself; nothing when it goes on for longer than `patience`.
    pub fn ended(&mut self, patience: Duration) -> Option<ExitStatus> {
        process::ended(&mut self.child, patience)
    }

    /// Where it answers.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits until the server ends by itself, or stops it when this command is asked to stop. The second value tells
    /// whether the stop was asked for.
    pub fn wait(&mut self) -> Result<(Option<ExitStatus>, bool)> {
        process::wait(&mut self.child, STOP_PATIENCE)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        process::stop(&mut self.child, "TERM", STOP_PATIENCE);
    }
}

/// Loads the demo shop into a database.
pub fn seed(binary: &Path, database_url: &str) -> Result<()> {
    process::run(backend(process::command(binary), database_url).arg("seed"), "seed")
}

/// A further command of the back end, such as `migrate`.
pub fn run(binary: &Path, database_url: &str, arguments: &[&str]) -> Result<()> {
    process::run(backend(process::command(binary), database_url).args(arguments), "back end")
}

fn backend(mut command: Command, database_url: &str) -> Command {
    command
        .current_dir(workspace::root())
        .env("DATABASE_URL", database_url)
        .stdout(Stdio::inherit())
        .stderr(Stdio::inherit());
    command
}
