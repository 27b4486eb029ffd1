//! `cargo xtask up`: from a clone to a running demo shop.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

use crate::server::{self, Server};
use crate::{cli, process, setup, spa, workspace};

/// The port of the contract.
const PORT: u16 = 4000;
/// The embedded database, relative to the repository's root.
const DATABASE_FILE: &str = "data/shop.db";

#[derive(Debug, PartialEq, Eq)]
struct Options {
    release: bool,
    reset: bool,
    port: u16,
}

/// Runs `cargo xtask up`.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let options = match parse(arguments) {
        Ok(options) => options,
        Err(error) => return Ok(cli::misuse("up", &error.to_string())),
    };
    let started = Instant::now();
    require_free_port(options.port)?;
    match build(options.release) {
        Err(_) if process::interrupted() => return Ok(ExitCode::SUCCESS),
        other => other?,
    }
    let binary = server::binary(if options.release { "release" } else { "debug" });
    let database_url = prepare_database(&options, &binary)?;
    let serving = Instant::now();
    let mut server = Server::start(&binary, &database_url, options.port, &[], None)?;
    match server.wait_until_ready() {
        Err(_) if process::interrupted() => return Ok(ExitCode::SUCCESS),
        other => other?,
    }
    println!("✓ server is ready ({:.1} s)", serving.elapsed().as_secs_f64());
    println!("{}", welcome(options.port, started.elapsed().as_secs_f64()));
    match server.wait()? {
        (_, true) => {
            println!("stopped");
            Ok(ExitCode::SUCCESS)
        }
        (status, false) => Err(anyhow!(
            "the server ended by itself{}: its last lines say why",
            status.map(|status| format!(" with {status}")).unwrap_or_default()
        )),
    }
}

fn parse(arguments: &[String]) -> Result<Options> {
    let mut options = Options { release: false, reset: false, port: PORT };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--release" => options.release = true,
            "--reset" => options.reset = true,
            "--port" => {
                let value = words.next().context("`--port` needs a number")?;
                options.port =
                    value.parse().with_context(|| format!("`--port {value}` is no port number"))?;
            }
            other => bail!("unknown argument `{other}`"),
        }
    }
    Ok(options)
}

/// Checked before anything is built: nobody should wait for a build that can't be served.
fn require_free_port(port: u16) -> Result<()> {
    let taken = format!(
        "port {port} is taken: stop the program that listens on it (`ss -ltnp 'sport = :{port}'` shows which), \
         or choose another with `cargo xtask up --port {}`",
        port.checked_add(1).unwrap_or(PORT)
    );
    TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).map(drop).with_context(|| taken)
}

/// Builds both halves side by side: each has stretches that keep only one core busy.
fn build(release: bool) -> Result<()> {
    // Before both, since two package managers at once would lock each other out.
    setup::for_backend()?;
    process::both(spa::ensure, || server::build(if release { "release" } else { "debug" }))
}

/// Chooses the database, and fills it with the demo shop when it is new.
fn prepare_database(options: &Options, binary: &std::path::Path) -> Result<String> {
    if let Some(url) = std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()) {
        if options.reset {
            bail!("`--reset` deletes the embedded database only, but DATABASE_URL names another one");
        }
        println!("✓ database as DATABASE_URL says; load the demo shop with `backend seed` if you want it");
        return Ok(url);
    }
    let file = database_file();
    // Relative to the repository, where the server is started, so that no folder's name has to be escaped.
    let url = format!("sqlite://{DATABASE_FILE}");
    if options.reset {
        remove_database(&file)?;
    }
    if !file.exists() {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} can't be created", folder.display()))?;
        }
        let seeded = process::timed("demo shop is loaded", || server::seed(binary, &url));
        if seeded.is_err() {
            // A half-filled database would be taken for a complete one by the next run.
            remove_database(&file)?;
        }
        seeded?;
    }
    Ok(url)
}

fn database_file() -> PathBuf {
    workspace::root().join(DATABASE_FILE)
}

/// Deletes the database together with SQLite's own files beside it.
fn remove_database(file: &std::path::Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{suffix}", file.display()));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{} can't be deleted", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

fn welcome(port: u16, seconds: f64) -> String {
    format!(
        "
  The shop is open after {seconds:.1} s.

  Storefront   http://localhost:{port}
  API docs     http://localhost:{port}/api/docs/
  Accounts     admin@example.com, john@example.com, jane@example.com
  Password     password123

  Ctrl-C stops it.
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn all_options_are_understood() {
        let options = parse(&words("--release --port 4100 --reset")).unwrap();
        assert_eq!(options, Options { release: true, reset: true, port: 4100 });
    }

    #[test]
    fn a_wrong_port_is_refused_by_its_value() {
        assert!(parse(&words("--port x")).unwrap_err().to_string().contains("--port x"));
    }

    #[test]
    fn a_taken_port_is_named_with_a_remedy() {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let message = require_free_port(port).unwrap_err().to_string();
        assert!(message.contains(&port.to_string()) && message.contains("--port"));
    }
}
