//! The rendered pods of the server, run for real: migration, seed and server as processes with the rendered command,
//! environment, user and read-only root, against a real PostgreSQL and Redis.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::pods::{self, Pod};
use super::storefront::Storefront;
use super::{Tools, charts};
use crate::infra::{Tree, tools};
use crate::services::{Durability, ScratchFolder, Service};
use crate::setup::apt;
use crate::{http, process, server};

/// How long the load runs before the signal to stop.
const LOAD_TIME: Duration = Duration::from_secs(3);
/// Clients that load the server at once.
const CLIENTS: u64 = 4;

/// The whole life of a pod, from the tables to its end.
pub fn check(tree: &Tree) -> Result<()> {
    let tools = Tools::find()?;
    let rendered = tree.scratch.join("backend.yaml");
    std::fs::write(&rendered, charts::render(&tools, tree, "demo", "backend")?)
        .context("the chart can't be written")?;
    let mut describe = tools.python("pods.py");
    let facts = process::capture(describe.arg(&rendered).arg(tree.root.join("backend/Dockerfile")))?;
    let pods = pods::read(&facts)?;
    let pod = |name: &str| pods.get(name).with_context(|| format!("the chart has no pod {name}"));

    let postgres = Service::private_postgres(Durability::None)?;
    let redis = Service::redis()?;
    let stage = Stage::set(tree, &postgres.url, &redis.url)?;
    stage.run_to_end(pod("migrate")?, &stage.owner)?;
    // Asked before the demo shop is loaded, which would bring the tables along.
    let newest = stage.run_to_end(pod("ping")?, &stage.server)?;
    ensure!(
        newest.contains("database: postgres") && newest.contains("migration: 2"),
        "db ping says {newest}"
    );
    stage.run_to_end(pod("seed")?, &stage.owner)?;

    let mut running = stage.start(pod("server")?)?;
    running.probe()?;
    running.is_contained()?;
    smoke(tree, running.port)?;
    running.ends_under_load()
}

/// The servers, and what the cluster's secrets hold.
struct Stage {
    program: PathBuf,
    root: ScratchFolder,
    log: PathBuf,
    /// Of the role that may change tables.
    owner: BTreeMap<&'static str, String>,
    /// Of the role that may not.
    server: BTreeMap<&'static str, String>,
}

impl Stage {
    fn set(tree: &Tree, postgres: &str, redis: &str) -> Result<Self> {
        let place = postgres.rsplit_once('@').and_then(|(_, place)| place.split('/').next());
        let place = place.context("PostgreSQL has no address")?;
        let role = |name: &str| format!("postgres://{name}:{name}@{place}/shop");
        roles(postgres, &role("migrator"))?;
        let mut server = BTreeMap::from([("DATABASE_URL", role("server")), ("REDIS_URL", redis.to_owned())]);
        for name in ["JWT_SECRET", "PAYMENT_WEBHOOK_SECRET"] {
            server.insert(name, random()?);
        }
        Ok(Self {
            program: server::binary("debug"),
            root: ScratchFolder::for_me("pod")?,
            log: tree.scratch.join("server.log"),
            owner: BTreeMap::from([("DATABASE_URL", role("migrator"))]),
            server,
        })
    }

    /// Runs a pod of a job and answers what it printed.
    fn run_to_end(&self, pod: &Pod, secrets: &BTreeMap<&'static str, String>) -> Result<String> {
        let mut command = pod.command(&self.program, &self.root.path, secrets)?;
        tools::run(&mut command).with_context(|| format!("`backend {}` failed", pod.arguments.join(" ")))
    }

    /// Starts the server's pod. Of what is rendered only the port is another, since this machine has no network for it.
    fn start<'p>(&self, pod: &'p Pod) -> Result<Running<'p>> {
        let port = server::free_port()?;
        let mut command = pod.command(&self.program, &self.root.path, &self.server)?;
        let log = File::create(&self.log).context("the server's log can't be created")?;
        command
            .env("PORT", port.to_string())
            .stdout(log.try_clone().context("the log can't be shared")?)
            .stderr(log);
        let child = command.spawn().context("the server can't be started")?;
        Ok(Running { child, port, pod, log: self.log.clone(), root: self.root.path.clone() })
    }
}

/// A role that owns the tables and one that may only use them, as in the cluster.
fn roles(postgres: &str, owner: &str) -> Result<()> {
    let psql = |url: &str, statements: &str| {
        let mut psql = process::command("psql");
        psql.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", url]);
        for statement in statements.split(';').filter(|statement| !statement.trim().is_empty()) {
            psql.args(["--command", statement]);
        }
        tools::run(&mut psql).map(drop)
    };
    psql(
        postgres,
        "CREATE ROLE migrator LOGIN PASSWORD 'migrator'; CREATE ROLE server LOGIN PASSWORD 'server'; \
         CREATE DATABASE shop OWNER migrator",
    )?;
    psql(
        owner,
        "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO server; \
         ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO server",
    )
}

fn random() -> Result<String> {
    let mut openssl = process::command("sh");
    process::capture(openssl.args(["-c", "head -c 48 /dev/urandom | base64 -w 0"]))
}

/// A server that runs; stopped when dropped.
struct Running<'p> {
    child: Child,
    port: u16,
    pod: &'p Pod,
    log: PathBuf,
    root: PathBuf,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        process::stop(&mut self.child, "KILL", Duration::from_secs(5));
    }
}

impl Running<'_> {
    /// The startup probe succeeds in the time it has; the others succeed then.
    fn probe(&mut self) -> Result<()> {
        for name in ["startup", "liveness", "readiness"] {
            let probe = self.pod.probes.get(name).with_context(|| format!("there is no {name} probe"))?;
            let deadline = Instant::now() + Duration::from_secs(probe.seconds);
            while !http::is_ok(self.port, &probe.path) {
                let ended = self.child.try_wait().context("the server can't be watched")?;
                if ended.is_some() || Instant::now() > deadline {
                    let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                    bail!("the {name} probe fails at {}:\n{log}", probe.path);
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        Ok(())
    }

    /// It runs as the rendered user, and in its view nothing can be written, not even where everybody may.
    fn is_contained(&self) -> Result<()> {
        if !apt::is_root() {
            println!("    the user and the read-only root are left out: only root can make them");
            return Ok(());
        }
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .context("the server's process can't be read")?;
        let users = status.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap_or_default();
        let wanted = self.pod.user.to_string();
        ensure!(users.split_whitespace().all(|user| user == wanted), "the server runs as {users}");
        let mut touch = self.pod.contained(Path::new("/usr/bin/touch"), &self.root);
        let touched = process::run_quietly(touch.arg("/var/tmp/alder-shop-written"))?;
        ensure!(
            touched.output.contains("Read-only file system"),
            "the root can be written to: {}",
            touched.output
        );
        Ok(())
    }

    /// The load balancer sends nothing new once the pod leaves, and nothing that was sent before is lost.
    fn ends_under_load(&mut self) -> Result<()> {
        let load = Load::default();
        let port = self.port;
        let ended = std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let load = &load;
                scope.spawn(move || load.send(port, client));
            }
            std::thread::sleep(LOAD_TIME);
            load.leaving.store(true, Ordering::SeqCst);
            let underway = load.underway.load(Ordering::SeqCst);
            let asked = Instant::now();
            let status = process::stop(&mut self.child, "TERM", Duration::from_secs(self.pod.grace));
            (underway, asked.elapsed(), status)
        });
        let (underway, took, status) = ended;
        let (answered, failed) = (load.answered.load(Ordering::SeqCst), load.failed.load(Ordering::SeqCst));
        ensure!(
            status.is_some_and(|status| status.success()),
            "the server ended with {status:?} after {took:?}"
        );
        ensure!(failed == 0, "{failed} of {answered} requests failed");
        ensure!(underway > 0, "no request was under way when the server was told to stop");
        println!(
            "    {answered} requests answered, {underway} of them under way at the end, none failed; ended after {:.1} s of {} s",
            took.as_secs_f64(),
            self.pod.grace
        );
        Ok(())
    }
}

/// Requests of several clients, and how they went.
#[derive(Default)]
struct Load {
    leaving: AtomicBool,
    underway: AtomicU64,
    answered: AtomicU64,
    failed: AtomicU64,
}

impl Load {
    /// Lists products, and signs in with a password that is wrong, which takes long. Each request comes from somebody
    /// else, as the proxies say.
    fn send(&self, port: u16, client: u64) {
        for number in 0_u64.. {
            self.underway.fetch_add(1, Ordering::SeqCst);
            if self.leaving.load(Ordering::SeqCst) {
                self.underway.fetch_sub(1, Ordering::SeqCst);
                return;
            }
            let visitor = format!("203.0.{client}.{}, 10.0.0.1", number % 250);
            let from = [("X-Forwarded-For", visitor.as_str())];
            let body =
                format!("{{\"email\":\"{client}-{number}@shop.example\",\"password\":\"wrong-password\"}}");
            let (answer, wanted) = if number % 4 == 3 {
                (http::ask(port, "POST", "/api/auth/login", &from, &body), 401)
            } else {
                (http::get(port, "/api/catalog/products?limit=5", &from), 200)
            };
            match answer {
                Ok(answer) if answer.status == wanted => self.answered.fetch_add(1, Ordering::SeqCst),
                _ => self.failed.fetch_add(1, Ordering::SeqCst),
            };
            self.underway.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// The script of the chart's smoke test, with both halves of the shop on this machine.
fn smoke(tree: &Tree, port: u16) -> Result<()> {
    let storefront = Storefront::start(tree)?;
    let mut script = process::command("sh");
    script.arg(tree.root.join("charts/frontend/files/smoke.sh"));
    script.env("BACKEND", format!("http://127.0.0.1:{port}"));
    script.env("FRONTEND", format!("http://127.0.0.1:{}", storefront.port));
    tools::run(&mut script).context("the smoke test failed").map(drop)
}
