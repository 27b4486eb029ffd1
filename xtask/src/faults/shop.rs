//! The shop that has to bear the faults: a database of its own, the real program, and what its books must come to.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::postgres::Cluster;
use super::report::Seen;
use super::sql::Sql;
use crate::http::Client;
use crate::process;
use crate::server::{self, Server};
use crate::services::ScratchFolder;

/// Everybody's password in the demo shop.
const PASSWORD: &str = "password123";
/// Units of each product, so that none runs out by itself.
pub const UNITS: i64 = 100_000;
/// What is ordered.
const SKUS: [&str; 2] = ["MENS-CLASSIC-TEE", "YOGA-MAT-PRO"];
/// What every server here is told.
const SETTINGS: [(&str, &str); 7] = [
    ("ENABLE_RATE_LIMITING", "false"),
    ("BCRYPT_SALT_ROUNDS", "4"),
    ("JWT_EXPIRES_IN", "1d"),
    ("LOG_FORMAT", "json"),
    ("LOG_LEVEL", "info"),
    ("SPA_DIR", ""),
    ("REDIS_URL", ""),
];

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// The server.
    Postgres,
}

impl Engine {
    /// Its name, for reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// What all faults of a run share.
pub struct Ground {
    /// The program.
    pub binary: PathBuf,
    /// Whether a short look is enough.
    pub short: bool,
    /// The PostgreSQL server, once a fault needs one.
    cluster: std::cell::OnceCell<Cluster>,
}

impl Ground {
    /// With this program.
    pub fn new(binary: PathBuf, short: bool) -> Self {
        Self { binary, short, cluster: std::cell::OnceCell::new() }
    }

    /// The PostgreSQL server, started when it is first asked for.
    pub fn cluster(&self) -> Result<&Cluster> {
        if self.cluster.get().is_none() && self.cluster.set(Cluster::start()?).is_err() {
            bail!("there is a PostgreSQL server already");
        }
        self.cluster.get().context("there is no PostgreSQL server")
    }

    /// One number for a short look, another one for a thorough one.
    pub const fn either<T: Copy>(&self, short: T, thorough: T) -> T {
        if self.short { short } else { thorough }
    }
}

/// A shop that is served.
pub struct Shop {
    // Before the folder, so that the server stops before its database goes.
    server: Option<Server>,
    binary: PathBuf,
    settings: Vec<(String, String)>,
    /// The database.
    pub url: String,
    /// Where it answers, also after a restart.
    pub port: u16,
    /// The ids of what is ordered.
    pub products: Vec<String>,
    /// Its folder, which is deleted with it.
    pub folder: ScratchFolder,
    token: OnceLock<String>,
}

impl Shop {
    /// Loads the demo shop into a database of its own and serves it, with these settings beside the usual ones.
    pub fn open(ground: &Ground, engine: Engine, settings: &[(&str, &str)]) -> Result<Self> {
        let mut shop = Self::closed(ground, engine, settings)?;
        shop.stock_up()?;
        shop.start()?;
        Ok(shop)
    }

    /// Like [`Self::open`] in the given database, without a server and without content.
    pub fn at(ground: &Ground, url: &str, settings: &[(&str, &str)]) -> Result<Self> {
        let own = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Ok(Self {
            server: None,
            binary: ground.binary.clone(),
            settings: own.collect(),
            url: url.to_owned(),
            port: server::free_port()?,
            products: Vec::new(),
            folder: ScratchFolder::for_me("faults")?,
            token: OnceLock::new(),
        })
    }

    /// An empty database of its own, without a server.
    pub fn closed(ground: &Ground, engine: Engine, settings: &[(&str, &str)]) -> Result<Self> {
        let mut shop = Self::at(ground, "", settings)?;
        shop.url = match engine {
            Engine::Sqlite => format!("sqlite://{}", shop.folder.path.join("shop.db").display()),
            Engine::Postgres => ground.cluster()?.new_database()?,
        };
        Ok(shop)
    }

    /// Loads the demo shop, and gives what is ordered plenty of units, with the lines of the ledger that explain them.
    pub fn stock_up(&mut self) -> Result<()> {
        self.command_succeeds(&["seed"])?;
        let sql = self.sql();
        for sku in SKUS {
            sql.run(&format!(
                "INSERT INTO stock_movements (id, product_id, reason, delta, created_at) \
                 SELECT 'faults-' || sku, id, 'ADJUSTMENT', {UNITS} - stock, created_at FROM products \
                 WHERE sku = '{sku}'; UPDATE products SET stock = {UNITS} WHERE sku = '{sku}'"
            ))?;
        }
        self.products =
            sql.rows(&format!("SELECT id FROM products WHERE sku IN ('{}') ORDER BY id", SKUS.join("', '")))?;
        if self.products.len() != SKUS.len() {
            bail!("the demo shop lacks one of {SKUS:?}");
        }
        Ok(())
    }

    /// The program as it is, for [`Self::spawn`].
    pub fn plain(&self) -> Command {
        process::command(&self.binary)
    }

    /// Serves, and waits until it is ready.
    pub fn start(&mut self) -> Result<()> {
        self.spawn(self.plain())?;
        self.wait_until_ready()
    }

    /// Serves by a command that ends in the program, without waiting.
    pub fn spawn(&mut self, command: Command) -> Result<()> {
        let log = File::options().create(true).append(true).open(self.log_file());
        let log = log.context("the server's log can't be opened")?;
        let own = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let settings: Vec<_> = SETTINGS.into_iter().chain(own).collect();
        self.server = Some(Server::start_by(command, &self.url, self.port, &settings, Some(log))?);
        Ok(())
    }

    /// Waits until it is ready.
    pub fn wait_until_ready(&mut self) -> Result<()> {
        let ready = self.server()?.wait_until_ready();
        ready.with_context(|| tail(&self.log(), 15))
    }

    /// The process.
    pub fn server(&mut self) -> Result<&mut Server> {
        self.server.as_mut().context("the server does not run")
    }

    /// `kill -9`.
    pub fn kill(&mut self) -> Result<()> {
        let mut server = self.server.take().context("the server does not run")?;
        server.signal("KILL");
        server.ended(Duration::from_secs(10)).context("a server that was killed goes on")?;
        Ok(())
    }

    /// Asks it to stop; answers how long that took and how it ended, or nothing when it went on for longer than `patience`.
    pub fn terminate(&mut self, patience: Duration) -> Result<Option<(Duration, ExitStatus)>> {
        let mut server = self.server.take().context("the server does not run")?;
        let asked = Instant::now();
        server.signal("TERM");
        let ended = server.ended(patience).map(|status| (asked.elapsed(), status));
        if ended.is_none() {
            server.signal("KILL");
        }
        Ok(ended)
    }

    /// What it has logged so far, all its processes together.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path.join("log")
    }

    /// Its database.
    pub fn sql(&self) -> Sql {
        Sql::new(&self.url)
    }

    /// The file of the embedded database.
    pub fn file(&self) -> Result<&Path> {
        self.url.strip_prefix("sqlite://").map(Path::new).context("this database is no file")
    }

    /// Runs one of the program's commands: whether it succeeded, and what it said.
    pub fn command(&self, arguments: &[&str]) -> Result<process::Finished> {
        process::run_quietly(self.program().args(arguments))
    }

    /// The program with the shop's settings.
    pub fn program(&self) -> Command {
        let mut command = process::command(&self.binary);
        command.current_dir(&self.folder.path).env("DATABASE_URL", &self.url).envs(SETTINGS);
        command.env("PORT", self.port.to_string());
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs one of the program's commands, which has to succeed.
    pub fn command_succeeds(&self, arguments: &[&str]) -> Result<()> {
        let finished = self.command(arguments)?;
        if !finished.success {
            bail!("`backend {}` failed:\n{}", arguments.join(" "), finished.output);
        }
        Ok(())
    }

    /// A client.
    pub fn client(&self) -> Client {
        Client::new(self.port)
    }

    /// A customer's token. One is enough: signing in needs a database that can be written to.
    pub fn sign_in(&self) -> Result<String> {
        if let Some(token) = self.token.get() {
            return Ok(token.clone());
        }
        let body = format!("{{\"email\":\"john@example.com\",\"password\":\"{PASSWORD}\"}}");
        let reply =
            self.client().send("POST", "/api/auth/login", &[], &body).context("nobody can sign in")?;
        let token = reply.text("token").map(str::to_owned);
        let token = token.with_context(|| format!("nobody can sign in: {}", reply.brief()))?;
        Ok(self.token.get_or_init(|| token).clone())
    }

    /// Compares the books: every unit is explained by the ledger, and every order took its units once, and gave them back
    /// once when it was cancelled.
    pub fn check_books(&self, seen: &mut Seen) -> Result<()> {
        const MOVED: &str = "(SELECT COALESCE(SUM(m.delta), 0) FROM stock_movements m WHERE m.product_id = ";
        let rules = [
            (
                "products whose ledger does not come to their stock",
                format!("SELECT count(*) FROM products p WHERE p.stock < 0 OR p.stock <> {MOVED} p.id)"),
            ),
            (
                "items whose order did not take their units exactly once",
                format!(
                    "SELECT count(*) FROM order_items i JOIN orders o ON o.id = i.order_id \
                 WHERE o.order_number NOT LIKE 'ORD-2024-%' AND \
                 {MOVED} i.product_id AND m.order_id = i.order_id AND m.reason = 'ORDER') <> -i.quantity"
                ),
            ),
            (
                "items whose order did not give back what it had to",
                format!(
                    "SELECT count(*) FROM order_items i JOIN orders o ON o.id = i.order_id \
                 WHERE o.order_number NOT LIKE 'ORD-2024-%' AND \
                 {MOVED} i.product_id AND m.order_id = i.order_id AND m.reason = 'RETURN') \
                 <> CASE WHEN o.status IN ('CANCELLED', 'REFUNDED') THEN i.quantity ELSE 0 END"
                ),
            ),
            (
                "orders without items",
                "SELECT count(*) FROM orders o WHERE NOT EXISTS \
                 (SELECT 1 FROM order_items i WHERE i.order_id = o.id)"
                    .to_owned(),
            ),
        ];
        let sql = self.sql();
        for (what, query) in rules {
            let count = sql.number(&query)?;
            seen.expect(count == 0, || format!("{count} {what}"));
        }
        Ok(())
    }

    /// Units that are missing of what there was.
    pub fn sold(&self) -> Result<i64> {
        let plenty = UNITS * i64::try_from(SKUS.len())?;
        let left = self
            .sql()
            .number(&format!("SELECT SUM(stock) FROM products WHERE sku IN ('{}')", SKUS.join("', '")))?;
        Ok(plenty - left)
    }
}

/// The last lines of a text.
pub fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n")
}

/// Waits until something holds; answers how long that took.
pub fn wait_until(
    what: &str,
    patience: Duration,
    mut holds: impl FnMut() -> Result<bool>,
) -> Result<Duration> {
    let started = Instant::now();
    while started.elapsed() < patience {
        if process::interrupted() {
            bail!("interrupted");
        }
        if holds()? {
            return Ok(started.elapsed());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    bail!("not after {} s: {what}", patience.as_secs())
}
