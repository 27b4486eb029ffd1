//! A PostgreSQL server that is there to be stopped, killed, paused and replaced.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::shop::wait_until;
use super::sql::Sql;
use crate::services::{self, Account, ScratchFolder};
use crate::{process, server};

const PATIENCE: Duration = Duration::from_secs(30);

/// How a server ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It hangs up on everybody and ends in order.
    Fast,
    /// All of its processes are killed.
    Crash,
}

/// A server, and its files. Deleted when dropped.
pub struct Cluster {
    bin: PathBuf,
    account: Account,
    password: String,
    port: u16,
    databases: Cell<u32>,
    running: RefCell<Option<Child>>,
    data: PathBuf,
    folder: ScratchFolder,
}

impl Cluster {
    /// Makes one and starts it, as durable as PostgreSQL is delivered.
    pub fn start() -> Result<Self> {
        let bin = services::postgres_bin_dir();
        let bin = bin.context("no PostgreSQL server is installed: run `cargo xtask setup`")?;
        let account = Account::unprivileged()?;
        let folder = ScratchFolder::new("postgres", account)?;
        let data = folder.path.join("data");
        let password = services::make_cluster(&bin, account, &folder, &data)?;
        let port = server::free_port()?;
        let (databases, running) = Default::default();
        let cluster = Self { bin, account, password, port, databases, running, data, folder };
        cluster.run(&[])?;
        Ok(cluster)
    }

    /// Starts it again, with further settings.
    pub fn run(&self, settings: &[&str]) -> Result<()> {
        let log = self.folder.path.join(format!("log-{}", self.port));
        let mut command = self.account.command(&self.bin.join("postgres"), &self.folder.path);
        command.arg("-D").arg(&self.data).args(["-p", &self.port.to_string()]);
        let usual =
            ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=100", "timezone=UTC"];
        for setting in usual.iter().chain(settings) {
            command.args(["-c", setting]);
        }
        let mut child = services::start(&mut command, &log)?;
        let started = services::wait_for("PostgreSQL", &mut child, &log, || {
            let mut ready = process::command(self.bin.join("pg_isready"));
            process::succeeds(ready.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]))
        });
        *self.running.borrow_mut() = Some(child);
        started
    }

    /// Ends it.
    pub fn end(&self, how: End) -> Result<()> {
        let mut child = self.running.borrow_mut().take().context("PostgreSQL does not run")?;
        match how {
            End::Fast => drop(process::stop(&mut child, "INT", PATIENCE)),
            End::Crash => {
                self.signal_all(child.id(), "KILL")?;
                process::ended(&mut child, PATIENCE).context("PostgreSQL was killed and goes on")?;
            }
        }
        Ok(())
    }

    /// Stops all of its processes in the middle of what they do, or lets them go on. Connections stay open.
    pub fn pause(&self, is_paused: bool) -> Result<()> {
        let id = self.running.borrow().as_ref().map(Child::id).context("PostgreSQL does not run")?;
        self.signal_all(id, if is_paused { "STOP" } else { "CONT" })
    }

    /// Each of its processes is the leader of a group of its own, and a child of the first one.
    fn signal_all(&self, first: u32, signal: &str) -> Result<()> {
        process::signal_group(first, signal);
        for child in children(first)? {
            process::signal_group(child, signal);
        }
        Ok(())
    }

    /// The address of an empty database.
    pub fn new_database(&self) -> Result<String> {
        let name = format!("fault_{}", self.databases.replace(self.databases.get() + 1));
        self.sql().run(&format!("CREATE DATABASE {name}"))?;
        Ok(self.url(&name))
    }

    /// The whole server's administration.
    pub fn sql(&self) -> Sql {
        Sql::new(&self.url("postgres"))
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://shop:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Copies the running server into a standby, which from then on has to have what this one commits. It can take this
    /// one's place.
    pub fn standby(&self) -> Result<Self> {
        let data = self.folder.path.join("standby");
        let mut copy = self.account.command(&self.bin.join("pg_basebackup"), &self.folder.path);
        copy.args(["-R", "-X", "stream", "-c", "fast", "-d", &self.url("postgres"), "-D"]).arg(&data);
        let copied = process::run_quietly(&mut copy)?;
        if !copied.success {
            bail!("a standby can't be made:\n{}", copied.output);
        }
        let standby = Self {
            bin: self.bin.clone(),
            account: self.account,
            password: self.password.clone(),
            port: server::free_port()?,
            databases: Cell::new(self.databases.get()),
            running: RefCell::default(),
            data,
            folder: ScratchFolder::new("standby", self.account)?,
        };
        standby.run(&[])?;
        self.sql().run("ALTER SYSTEM SET synchronous_standby_names = '*'")?;
        self.sql().run("SELECT pg_reload_conf()")?;
        wait_until("the standby follows", PATIENCE, || {
            let following = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
            Ok(self.sql().number(following)? == 1)
        })?;
        Ok(standby)
    }

    /// Takes over the address of a server that has ended, still as a standby: it can be read only.
    pub fn take_over(&mut self, from: &Self) -> Result<()> {
        self.end(End::Fast)?;
        self.port = from.port;
        // It waits for no standby of its own, and nobody sends it anything any more.
        self.run(&["synchronous_standby_names=", "primary_conninfo="])
    }

    /// From now on it can be written to.
    pub fn promote(&self) -> Result<()> {
        self.sql().run("SELECT pg_promote(true, 30)")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut child) = self.running.borrow_mut().take() {
            // A process that is paused hears nothing else.
            if let Err(error) = self.signal_all(child.id(), "CONT") {
                eprintln!("warning: {error:#}");
            }
            process::stop(&mut child, "INT", PATIENCE);
        }
    }
}

/// The processes that a process has started.
fn children(parent: u32) -> Result<Vec<u32>> {
    let line = format!("PPid:\t{parent}");
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").context("/proc can't be read")?.flatten() {
        let id = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
        // A process may end while it is looked at.
        let status = std::fs::read_to_string(entry.path().join("status")).unwrap_or_default();
        found.extend(id.filter(|_| status.lines().any(|known| known == line)));
    }
    Ok(found)
}
