//! Private servers for tests: a PostgreSQL cluster and a Redis server on free ports of 127.0.0.1, in temporary folders,
//! under an unprivileged user when this runs as root. Dropping a service stops it and deletes its data.
//!
//! Servers named by `TEST_DATABASE_URL` and `TEST_REDIS_URL` are used instead where those are set.

use std::fs::File;
use std::io::Read;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::setup::apt;
use crate::{process, server, workspace};

const START_PATIENCE: Duration = Duration::from_secs(30);
const STOP_PATIENCE: Duration = Duration::from_secs(10);

/// Whether data must survive a crash of the server's machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing is flushed to disk: fast, and right for tests that never kill the server.
    None,
    /// As PostgreSQL is delivered: what is committed survives.
    Default,
}

impl Durability {
    fn settings(self) -> &'static [&'static str] {
        match self {
            Self::None => &["fsync=off", "full_page_writes=off", "synchronous_commit=off"],
            Self::Default => &[],
        }
    }
}

/// A server that tests may use: a private one, or one that the environment names.
pub struct Service {
    /// Where to reach it.
    pub url: String,
    private: Option<Private>,
}

struct Private {
    child: Child,
    signal: &'static str,
    // Deleted after the server has stopped, since fields drop after `drop` ran.
    _folder: ScratchFolder,
}

impl Drop for Private {
    fn drop(&mut self) {
        process::stop(&mut self.child, self.signal, STOP_PATIENCE);
    }
}

impl Service {
    /// Starts a private PostgreSQL server whose role may create databases.
    pub fn postgres(durability: Durability) -> Result<Self> {
        match preset("TEST_DATABASE_URL") {
            Some(url) => Ok(Self { url, private: None }),
            None => Self::private_postgres(durability),
        }
    }

    /// Starts a private PostgreSQL server, whatever the environment names.
    pub fn private_postgres(durability: Durability) -> Result<Self> {
        let bin = postgres_bin_dir().context("no PostgreSQL server is installed: run `cargo xtask setup`")?;
        let account = Account::unprivileged()?;
        let folder = ScratchFolder::new("postgres", account)?;
        let data = folder.path.join("data");
        let password = make_cluster(&bin, account, &folder, &data)?;
        let port = server::free_port()?;
        let log = folder.path.join("log");
        let mut command = account.command(&bin.join("postgres"), &folder.path);
        command.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in
            ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=400", "timezone=UTC"]
        {
            command.args(["-c", setting]);
        }
        for setting in durability.settings() {
            command.args(["-c", setting]);
        }
        let child = start(&mut command, &log)?;
        // SIGINT ends open connections at once and shuts down in order.
        let mut private = Private { child, signal: "INT", _folder: folder };
        wait_for("PostgreSQL", &mut private.child, &log, || {
            let mut ready = process::command(bin.join("pg_isready"));
            process::succeeds(ready.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]))
        })?;
        Ok(Self {
            url: format!("postgres://shop:{password}@127.0.0.1:{port}/postgres"),
            private: Some(private),
        })
    }

    /// Starts a private Redis server that keeps nothing on disk.
    pub fn redis() -> Result<Self> {
        match preset("TEST_REDIS_URL") {
            Some(url) => Ok(Self { url, private: None }),
            None => Self::private_redis(),
        }
    }

    /// Starts a private Redis server, whatever the environment names.
    pub fn private_redis() -> Result<Self> {
        let program = workspace::which("redis-server")
            .context("no Redis server is installed: run `cargo xtask setup`")?;
        let account = Account::unprivileged()?;
        let folder = ScratchFolder::new("redis", account)?;
        let port = server::free_port()?;
        let log = folder.path.join("log");
        let mut command = account.command(&program, &folder.path);
        command
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--databases", "512", "--dir"])
            .arg(&folder.path);
        let child = start(&mut command, &log)?;
        let mut private = Private { child, signal: "TERM", _folder: folder };
        wait_for("Redis", &mut private.child, &log, || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        })?;
        Ok(Self { url: format!("redis://127.0.0.1:{port}"), private: Some(private) })
    }

    /// The process of a private server.
    pub fn pid(&self) -> Option<u32> {
        self.private.as_ref().map(|private| private.child.id())
    }

    /// One line for the log: which server this is.
    pub fn describe(&self) -> &'static str {
        if self.private.is_some() { "private server" } else { "server named in the environment" }
    }
}

/// Makes the files of a PostgreSQL server; answers the password of its role `shop`.
pub fn make_cluster(bin: &Path, account: Account, folder: &ScratchFolder, data: &Path) -> Result<String> {
    let password = random_word()?;
    let password_file = folder.path.join("password");
    std::fs::write(&password_file, &password).context("the password file can't be written")?;
    account.own(&password_file)?;
    let mut initdb = account.command(&bin.join("initdb"), &folder.path);
    initdb
        .args(["--username=shop", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"])
        .arg("--pwfile")
        .arg(&password_file)
        .arg("--pgdata")
        .arg(data);
    let made = process::run_quietly(&mut initdb)?;
    if !made.success {
        bail!("a PostgreSQL cluster can't be made:\n{}", made.output);
    }
    Ok(password)
}

/// The folder that holds `initdb` and `postgres`, the newest version first.
pub fn postgres_bin_dir() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions
        .map(|entry| entry.path())
        .filter(|dir| dir.join("bin/initdb").is_file())
        .max_by_key(|dir| {
            dir.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok())
        })
        .map(|dir| dir.join("bin"));
    debian.or_else(|| workspace::which("initdb")?.canonicalize().ok()?.parent().map(Path::to_path_buf))
}

/// A folder under the system's temporary one, deleted when dropped.
pub struct ScratchFolder {
    /// Where it is.
    pub path: PathBuf,
}

impl ScratchFolder {
    /// Makes an empty folder that belongs to this user.
    pub fn for_me(purpose: &str) -> Result<Self> {
        Self::new(purpose, Account::Me)
    }

    /// Makes an empty folder that belongs to an account.
    pub fn new(purpose: &str, account: Account) -> Result<Self> {
        let path = std::env::temp_dir().join(format!(
            "alder-shop-{purpose}-{}-{}",
            std::process::id(),
            random_word()?
        ));
        std::fs::create_dir_all(&path).with_context(|| format!("{} can't be created", path.display()))?;
        account.own(&path)?;
        Ok(Self { path })
    }
}

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        // Best effort: a folder left in the temporary directory harms nobody.
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            eprintln!("warning: {} can't be deleted: {error}", self.path.display());
        }
    }
}

/// The account that servers run under: PostgreSQL refuses to run as root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// The one that runs this.
    Me,
    /// Another one.
    Other {
        /// Its number.
        uid: u32,
        /// Its group's.
        gid: u32,
    },
}

impl Account {
    /// One that servers agree to run under.
    pub fn unprivileged() -> Result<Self> {
        if !apt::is_root() {
            return Ok(Self::Me);
        }
        let passwd = std::fs::read_to_string("/etc/passwd").context("/etc/passwd can't be read")?;
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| find_account(&passwd, name))
            .context("running as root, and there is no user `postgres` or `nobody` to run PostgreSQL under")
    }

    /// Gives it a file.
    pub fn own(self, path: &Path) -> Result<()> {
        match self {
            Self::Me => Ok(()),
            Self::Other { uid, gid } => std::os::unix::fs::chown(path, Some(uid), Some(gid))
                .with_context(|| format!("{} can't be given to another user", path.display())),
        }
    }

    /// A program that runs under it, in a folder.
    pub fn command(self, program: &Path, folder: &Path) -> Command {
        let mut command = process::command(program);
        command.current_dir(folder).env_remove("PGDATA").env_remove("PGPORT").env_remove("PGHOST");
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
        command
    }
}

fn find_account(passwd: &str, name: &str) -> Option<Account> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some(Account::Other { uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
}

fn preset(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Letters and digits that nobody guesses.
pub fn random_word() -> Result<String> {
    let mut bytes = [0_u8; 12];
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .context("/dev/urandom can't be read")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Starts a program that writes to a log.
pub fn start(command: &mut Command, log: &Path) -> Result<Child> {
    let file = File::create(log).with_context(|| format!("{} can't be created", log.display()))?;
    let copy = file.try_clone().context("a log file can't be shared")?;
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdout(file).stderr(copy).spawn().with_context(|| format!("{program} can't be started"))
}

/// Waits until a program that was started is ready.
pub fn wait_for(name: &str, child: &mut Child, log: &Path, ready: impl Fn() -> bool) -> Result<()> {
    let started = Instant::now();
    while started.elapsed() < START_PATIENCE {
        if process::interrupted() {
            bail!("interrupted");
        }
        let ended = child.try_wait().with_context(|| format!("{name} can't be watched"))?.is_some();
        if ended {
            break;
        }
        if ready() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("{name} did not start:\n{}", std::fs::read_to_string(log).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str =
        "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104::/var/lib/postgresql:/bin/bash\n";

    #[test]
    fn an_account_is_found_with_its_numbers() {
        assert_eq!(find_account(PASSWD, "postgres"), Some(Account::Other { uid: 101, gid: 104 }));
    }

    #[test]
    fn an_unknown_account_is_not_found() {
        assert_eq!(find_account(PASSWD, "post"), None);
    }

    fn listens(url: &str) -> bool {
        let port = url
            .rsplit(':')
            .next()
            .and_then(|rest| rest.split('/').next())
            .and_then(|port| port.parse::<u16>().ok());
        TcpStream::connect((Ipv4Addr::LOCALHOST, port.unwrap())).is_ok()
    }

    #[test]
    fn a_private_postgres_server_answers_and_is_gone_after_its_use() {
        let service = Service::private_postgres(Durability::None).unwrap();
        let url = service.url.clone();
        assert!(listens(&url));
        drop(service);
        assert!(!listens(&url));
    }

    #[test]
    fn a_private_redis_server_answers_and_is_gone_after_its_use() {
        let service = Service::private_redis().unwrap();
        let url = service.url.clone();
        assert!(listens(&url));
        drop(service);
        assert!(!listens(&url));
    }

    #[test]
    fn a_scratch_folder_is_gone_after_its_use() {
        let folder = ScratchFolder::for_me("test").unwrap();
        let path = folder.path.clone();
        assert!(path.is_dir());
        drop(folder);
        assert!(!path.exists());
    }
}
