//! What is measured and what measures: shops with databases of their own, references, and the programs that ask them.

use std::fs::File;
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::table::Figures;
use crate::server::{self, Server};
use crate::services::ScratchFolder;
use crate::{machine, process, workspace};

/// The core of the server that is measured.
pub const SERVERS_CORE: usize = 0;
/// The core of the program that measures.
pub const CLIENTS_CORE: usize = 1;
const STOP_PATIENCE: Duration = Duration::from_secs(5);
const START_PATIENCE: Duration = Duration::from_secs(10);

/// A shop that is served for a measurement.
pub struct Shop {
    // Before the folder, so that the server stops before its database goes.
    server: Server,
    folder: ScratchFolder,
}

/// Which shop.
#[derive(Default)]
pub struct Wanted<'w> {
    /// The database; an embedded one of its own when not given.
    pub url: Option<&'w str>,
    /// Products in all; the demo shop alone when 0.
    pub products: u32,
    /// Whether it has one core only.
    pub on_one_core: bool,
    /// Whether requests are counted, as in production, without anybody reaching the limit of a million a second. Sign-in has
    /// a limit of its own, so whoever signs in often switches all of it off.
    pub counts_requests: bool,
}

impl Shop {
    /// Loads it and serves it.
    pub fn open(wanted: &Wanted<'_>) -> Result<Self> {
        let folder = ScratchFolder::for_me("bench")?;
        let binary = server::binary("release");
        let embedded = format!("sqlite://{}", folder.path.join("shop.db").display());
        let url = wanted.url.unwrap_or(&embedded);
        load(url, wanted.products)?;
        let counts = if wanted.counts_requests { "true" } else { "false" };
        let settings = [
            ("ENABLE_RATE_LIMITING", counts),
            ("RATE_LIMIT_MAX", "1000000"),
            ("RATE_LIMIT_TIME_WINDOW", "1000"),
            ("LOG_FORMAT", "json"),
            ("SPA_DIR", ""),
            ("REDIS_URL", ""),
        ];
        let log = File::create(folder.path.join("log")).context("the server's log can't be created")?;
        let port = server::free_port()?;
        let mut server = if wanted.on_one_core {
            Server::start_on_core(SERVERS_CORE, &binary, url, port, &settings, log)?
        } else {
            Server::start(&binary, url, port, &settings, Some(log))?
        };
        server.wait_until_ready()?;
        Ok(Self { server, folder })
    }

    /// Its port.
    pub fn port(&self) -> String {
        self.server.port().to_string()
    }

    /// Its port and its process, as the measuring program takes them.
    pub fn address(&self) -> String {
        format!("{}:{}", self.server.port(), self.server.pid())
    }

    /// An embedded database beside its own, with the same content.
    pub fn second_database(&self) -> Result<String> {
        let url = format!("sqlite://{}", self.folder.path.join("rows.db").display());
        load(&url, 0)?;
        Ok(url)
    }

    /// Memory that it occupies now and has occupied at most, in MB.
    pub fn memory(&self) -> Result<(f64, f64)> {
        let pid = self.server.pid();
        let megabytes = |kilobytes| u32::try_from(kilobytes).map(|number| f64::from(number) * 1_024.0 / 1e6);
        Ok((megabytes(machine::memory(pid)?)?, megabytes(machine::most_memory(pid)?)?))
    }
}

/// Brings the tables up to date and loads the demo shop, and generated products until there are so many.
pub fn load(url: &str, products: u32) -> Result<()> {
    let binary = server::binary("release");
    server::run(&binary, url, &["migrate"])?;
    match products {
        0 => server::seed(&binary, url),
        products => server::run(&binary, url, &["seed", "--products", &products.to_string()]),
    }
}

/// A reference that answers like the shop.
pub struct Bare {
    child: Child,
    port: u16,
}

impl Bare {
    /// Copies the shop's answers and serves them on the shop's core; `what` is `bytes` or `headers`.
    pub fn start(shop: &Shop, coding: &str, what: &str, addresses: &[&str]) -> Result<Self> {
        let port = server::free_port()?;
        let mut command = process::on_core(SERVERS_CORE, super::program("bare"));
        command.arg(port.to_string()).arg(shop.port()).args([coding, what]).args(addresses);
        let child = command.spawn().context("the reference can't be started")?;
        let mut bare = Self { child, port };
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = bare.child.try_wait().context("the reference can't be watched")?.is_some();
            if ended || started.elapsed() > START_PATIENCE {
                bail!("the reference did not start");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(bare)
    }

    /// Its port and its process, as the measuring program takes them.
    pub fn address(&self) -> String {
        format!("{}:{}", self.port, self.child.id())
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        process::stop(&mut self.child, "TERM", STOP_PATIENCE);
    }
}

/// Runs the measuring program, on a core of its own if it is told to, and reads its figures.
pub fn measure(figures: &mut Figures, on_own_core: bool, arguments: &[&str]) -> Result<()> {
    let program = super::program("bench");
    let mut command =
        if on_own_core { process::on_core(CLIENTS_CORE, program) } else { process::command(program) };
    command.args(arguments).current_dir(workspace::root());
    let finished = process::run_quietly(&mut command)?;
    if !finished.success {
        bail!("{}", finished.output.trim());
    }
    figures.read(&finished.output);
    Ok(())
}
