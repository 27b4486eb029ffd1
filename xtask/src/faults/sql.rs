//! Looking into a database, and getting in its way, with the engines' own programs: independent of the server that is tested.

use std::io::Write;
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::setup::apt;
use crate::{process, services, workspace};

/// How long a session that holds a lock may take to end when it is let go.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// Installs the servers and their programs when they are missing.
pub fn install() -> Result<()> {
    let mut packages = Vec::new();
    if services::postgres_bin_dir().is_none() {
        packages.push("postgresql");
    }
    for (program, package) in [("redis-server", "redis-server"), ("sqlite3", "sqlite3")] {
        if workspace::which(program).is_none() {
            packages.push(package);
        }
    }
    apt::install(&packages).context("the faults need PostgreSQL, Redis and the shell of SQLite")
}

/// A database, by the URL that the server has for it.
#[derive(Debug, Clone)]
pub struct Sql {
    url: String,
}

impl Sql {
    /// Nothing is connected yet.
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned() }
    }

    /// The rows of a statement, their columns separated by `|`.
    pub fn rows(&self, statement: &str) -> Result<Vec<String>> {
        let mut command = self.shell()?;
        match self.file() {
            Some(_) => command.arg(format!("PRAGMA foreign_keys=ON; {statement}")),
            None => command.arg("-c").arg(statement),
        };
        let output = command.output().context("the database's shell can't be started")?;
        if !output.status.success() {
            // Not the command: it holds a password.
            bail!("`{statement}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }

    /// The one number of a statement.
    pub fn number(&self, statement: &str) -> Result<i64> {
        let rows = self.rows(statement)?;
        let number = rows.first().and_then(|row| row.parse().ok());
        number.with_context(|| format!("`{statement}` answers no number: {rows:?}"))
    }

    /// Changes something.
    pub fn run(&self, statement: &str) -> Result<()> {
        self.rows(statement).map(drop)
    }

    /// A session of its own, which keeps what it locks until it is dropped.
    pub fn session(&self) -> Result<Session> {
        let mut command = self.shell()?;
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Session { child: command.spawn().context("a session can't be started")? })
    }

    fn shell(&self) -> Result<std::process::Command> {
        if let Some(file) = self.file() {
            let mut command = process::command("sqlite3");
            command.args(["-batch", "-bail", "-cmd", ".timeout 20000"]).arg(file);
            return Ok(command);
        }
        let bin =
            services::postgres_bin_dir().context("no PostgreSQL is installed: run `cargo xtask setup`")?;
        let mut command = process::command(bin.join("psql"));
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]).arg(&self.url);
        Ok(command)
    }

    fn file(&self) -> Option<&str> {
        self.url.strip_prefix("sqlite://")
    }
}

/// A session that stays open.
pub struct Session {
    child: Child,
}

impl Session {
    /// Sends statements; they run one after the other, and nobody waits for them here.
    pub fn send(&mut self, statements: &str) -> Result<()> {
        let Some(stdin) = self.child.stdin.as_mut() else { bail!("a session has no input") };
        writeln!(stdin, "{statements}").context("a session has ended")?;
        stdin.flush().context("a session has ended")
    }

    /// Sends its last statements and waits until they have run.
    pub fn finish(mut self, statements: &str) -> Result<()> {
        self.send(statements)?;
        drop(self.child.stdin.take());
        self.child.wait().context("a session can't be watched").map(drop)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        process::stop(&mut self.child, "TERM", STOP_PATIENCE);
    }
}
