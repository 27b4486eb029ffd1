//! `cargo xtask fuzz`: thousands of requests made from the OpenAPI document, by nobody, a customer and an administrator,
//! against the real server. Every answer must be one that the document describes, and none may be a server error.
//!
//! schemathesis makes the requests, from Python packages in the versions that `xtask/python/requirements.txt` pins.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::server::{self, Server};
use crate::services::{Durability, ScratchFolder, Service};
use crate::setup::apt;
use crate::{cli, process, workspace};

/// Requests when the command line does not say.
const REQUESTS: u32 = 20_000;
/// Most requests schemathesis makes up for one operation in one phase; further rounds make up others.
const EXAMPLES: &str = "60";
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// Who sends requests: a name, and the demo account that signs in.
const ACTORS: [(&str, Option<&str>); 3] =
    [("nobody", None), ("customer", Some("john@example.com")), ("administrator", Some("admin@example.com"))];

#[derive(Debug, PartialEq, Eq)]
struct Options {
    requests: u32,
    postgres: bool,
    seed: u32,
}

/// Runs `cargo xtask fuzz`.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let options = match parse(arguments) {
        Ok(options) => options,
        Err(error) => return Ok(cli::misuse("fuzz", &error.to_string())),
    };
    server::build_beside_tests()?;
    let schemathesis = install()?;
    let logs = workspace::target_dir().join("xtask-logs");
    std::fs::create_dir_all(&logs).with_context(|| format!("{} can't be created", logs.display()))?;
    let mut sent = 0;
    let mut failed = Vec::new();
    'rounds: for seed in options.seed.. {
        for (name, email) in ACTORS {
            // Everybody has a turn, however few requests were asked for.
            if seed > options.seed && sent >= options.requests {
                break 'rounds;
            }
            let round = Round { name, email, seed, postgres: options.postgres };
            let outcome = round.run(&schemathesis, &logs)?;
            println!("{} {name}, seed {seed}: {}", if outcome.success { "✓" } else { "✗" }, outcome.summary);
            if !outcome.success {
                failed.push(outcome.log);
            }
            sent += outcome.sent;
        }
        if sent >= options.requests || !failed.is_empty() {
            break;
        }
    }
    println!("{sent} requests");
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    for log in &failed {
        println!("findings are in {}", log.display());
    }
    Ok(ExitCode::FAILURE)
}

fn parse(arguments: &[String]) -> Result<Options> {
    let mut options = Options { requests: REQUESTS, postgres: false, seed: 1 };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let mut number = || {
            let value = words.next().with_context(|| format!("`{word}` needs a number"))?;
            value.parse().with_context(|| format!("`{word} {value}` is no number"))
        };
        match word.as_str() {
            "--requests" => options.requests = number()?,
            "--seed" => options.seed = number()?,
            "--postgres" => options.postgres = true,
            other => bail!("unknown argument `{other}`"),
        }
    }
    Ok(options)
}

/// Installs schemathesis into the cache of tools, unless this very list of packages is there, and answers its executable.
fn install() -> Result<PathBuf> {
    let wanted = workspace::root().join("xtask/python/requirements.txt");
    let home = workspace::cache_dir()?.join("schemathesis");
    let (program, installed) = (home.join("bin/st"), home.join("requirements.txt"));
    let read = |file: &Path| std::fs::read_to_string(file).unwrap_or_default();
    if program.is_file() && read(&installed) == read(&wanted) {
        return Ok(program);
    }
    process::timed("schemathesis", || {
        if workspace::which("python3").is_none() {
            apt::install(&["python3", "python3-venv"])?;
        }
        let mut venv = process::command("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&home);
        if process::run(&mut venv, "venv").is_err() {
            apt::install(&["python3-venv"])?;
            process::run(&mut venv, "venv")?;
        }
        let mut pip = process::command(home.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"])
            .arg(&wanted);
        process::run(&mut pip, "pip")?;
        // Written last: an interrupted installation is made anew.
        std::fs::copy(&wanted, &installed).map(drop).context("the list of packages can't be copied")
    })
    .context(
        "schemathesis can't be installed; are Python 3.10 or newer and its package registry within reach?",
    )?;
    Ok(program)
}

/// The requests of one actor with one seed, against a shop of their own.
struct Round {
    name: &'static str,
    email: Option<&'static str>,
    seed: u32,
    postgres: bool,
}

struct Outcome {
    success: bool,
    sent: u32,
    summary: String,
    log: PathBuf,
}

impl Round {
    fn run(&self, schemathesis: &Path, logs: &Path) -> Result<Outcome> {
        let folder = ScratchFolder::for_me("fuzz")?;
        // Whatever the environment names may hold something of value: the requests delete what they find.
        let postgres = self.postgres.then(|| Service::private_postgres(Durability::None)).transpose()?;
        let embedded = || format!("sqlite://{}", folder.path.join("shop.db").display());
        let url = postgres.as_ref().map_or_else(embedded, |service| service.url.clone());
        let binary = server::binary("debug");
        server::seed(&binary, &url)?;
        let server_log = folder.path.join("server.log");
        let file = File::create(&server_log).context("the server's log can't be created")?;
        let settings = [
            ("ENABLE_RATE_LIMITING", "false"),
            ("BCRYPT_SALT_ROUNDS", "4"),
            // The requests of one round share one token.
            ("JWT_EXPIRES_IN", "1d"),
            ("LOG_LEVEL", "warn"),
            ("SPA_DIR", ""),
            ("REDIS_URL", ""),
        ];
        let port = server::free_port()?;
        let mut server = Server::start(&binary, &url, port, &settings, Some(file))?;
        server.wait_until_ready()?;

        let finished = process::run_quietly(&mut self.command(schemathesis, port, &folder))?;
        drop(server);
        let log = logs.join(format!("fuzz-{}-{}.txt", self.name, self.seed));
        let said = std::fs::read_to_string(&server_log).unwrap_or_default();
        std::fs::write(&log, format!("{}\n── the server's log\n{said}", finished.output))
            .with_context(|| format!("{} can't be written", log.display()))?;
        let summary = summary(&finished.output).unwrap_or("nothing was tried; its log says why").to_owned();
        let sent = generated(&summary).unwrap_or(0);
        Ok(Outcome { success: finished.success && sent > 0, sent, summary, log })
    }

    fn command(&self, schemathesis: &Path, port: u16, folder: &ScratchFolder) -> std::process::Command {
        let address = format!("http://127.0.0.1:{port}");
        let here = workspace::root().join("xtask/python");
        let mut command = process::command(schemathesis);
        command
            .current_dir(&folder.path)
            .env("PYTHONPATH", &here)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("SCHEMATHESIS_HOOKS", "fuzz_hooks")
            .env("FUZZ_SHOP", &address)
            .arg("--config-file")
            .arg(here.join("schemathesis.toml"))
            .args(["run", &format!("{address}/api/docs/json"), "--url", &address])
            .args(["--checks", CHECKS, "--max-examples", EXAMPLES, "--seed", &self.seed.to_string()])
            .args(["--workers", "2", "--continue-on-failure", "--no-color", "--warnings", "off"])
            .args(["--generation-database", "none"]);
        if let Some(email) = self.email {
            // Signing out would turn every later request into one of nobody's.
            command.env("FUZZ_EMAIL", email).args(["--exclude-operation-id", "logout"]);
        }
        command
    }
}

/// The line that counts what was tried, such as `1820 generated, 1820 passed`.
fn summary(output: &str) -> Option<&str> {
    output.lines().map(str::trim).rfind(|line| generated(line).is_some())
}

fn generated(line: &str) -> Option<u32> {
    line.split_once(" generated")?.0.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn all_options_are_understood() {
        let options = parse(&words("--requests 500 --postgres --seed 7")).unwrap();
        assert_eq!(options, Options { requests: 500, postgres: true, seed: 7 });
        assert_eq!(parse(&[]).unwrap().requests, REQUESTS);
    }

    #[test]
    fn a_wrong_number_is_refused_by_its_value() {
        assert!(parse(&words("--requests many")).unwrap_err().to_string().contains("--requests many"));
        assert!(parse(&words("--requests")).unwrap_err().to_string().contains("needs a number"));
    }

    #[test]
    fn what_was_tried_is_counted() {
        let output = "Test cases:\n  1820 generated, 1815 passed, 5 found 1 unique failures\n\nSeed: 1\n";
        assert_eq!(summary(output).and_then(generated), Some(1_820));
        assert_eq!(summary("no such host"), None);
    }
}
