//! The server's commands.

mod copies;
mod database;
mod server;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand, ValueEnum};

use crate::{
    backup::Allowed,
    cache::key::Namespace,
    config::{Config, Source},
    doctor, openapi,
    seed::generated,
    telemetry,
};

/// The Alder shop's server. Settings come from the environment; `config` shows them.
#[derive(Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Default)]
enum Command {
    /// Serve the shop until told to stop (the default)
    #[default]
    Serve,
    /// Bring the database's tables up to date
    Migrate,
    /// Load the demo shop into an empty database
    Seed {
        /// Load it into a database that holds other data, too
        #[arg(long)]
        force: bool,
        /// Add generated products for benchmarks until there are so many; goes on where an earlier run stopped
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=generated::MOST))]
        products: Option<u64>,
    },
    /// Copy the embedded database into a file, also while a server runs
    Backup {
        /// The file to write
        file: PathBuf,
        /// Replace a file of this name
        #[arg(long)]
        force: bool,
        /// Keep a copy whose rows contradict each other
        #[arg(long)]
        accept_contradictions: bool,
    },
    /// Replace the embedded database by a backup; no server may run
    Restore {
        /// The backup
        file: PathBuf,
        /// Take a backup whose rows contradict each other
        #[arg(long)]
        accept_contradictions: bool,
    },
    /// Ask the server on this machine how it is; for containers, which have no other program to ask with
    Healthcheck {
        /// Ask whether it can serve requests, not only whether it runs
        #[arg(long)]
        ready: bool,
    },
    /// Look after the database
    #[command(subcommand)]
    Db(DbCommand),
    /// Look after the answers that servers keep
    #[command(subcommand)]
    Cache(CacheCommand),
    /// Print the OpenAPI document as JSON
    Openapi,
    /// Print the effective settings and where they come from, without secrets
    Config,
    /// Say what is unsafe or wrong for production, and what to do about it
    ///
    /// Ends with 0 when everything is fine, with 1 when something is wrong, and with 2 when nothing is wrong as far as that
    /// could be looked at.
    Doctor {
        /// Print the findings as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum DbCommand {
    /// Print the engine, the time of a round trip and the newest migration
    Ping,
    /// Let servers and sessions know that the database is at an earlier moment again; after a restore of PostgreSQL
    Restored,
}

#[derive(Subcommand)]
enum CacheCommand {
    /// Make every running server drop the answers that it keeps
    Flush {
        /// Which ones
        which: Flushed,
    },
}

/// Answers that can be flushed.
#[derive(Clone, Copy, ValueEnum)]
enum Flushed {
    /// Lists of products, and single ones
    Products,
    /// The list of categories, and single ones
    Categories,
    /// Search, suggestions and what is popular
    Search,
    /// All of these
    All,
}

impl Flushed {
    /// As the servers read it.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Products => Namespace::Products.as_str(),
            Self::Categories => Namespace::Categories.as_str(),
            Self::Search => Namespace::Search.as_str(),
            Self::All => "all",
        }
    }
}

/// Runs a command; the error is a sentence for a person.
pub async fn run(cli: Cli) -> Result<ExitCode, String> {
    let command = cli.command.unwrap_or_default();
    match command {
        Command::Openapi => {
            println!("{}", openapi::as_json());
            return Ok(ExitCode::SUCCESS);
        }
        // Settings that nobody can start with are something to be found.
        Command::Doctor { json } => return examine(json).await,
        _ => {}
    }
    let config = Config::read(Source::from_environment()).map_err(|error| error.to_string())?;
    telemetry::start(&config.log);
    let outcome = match command {
        Command::Serve => server::serve(config).await,
        Command::Migrate => database::migrate(&config).await,
        Command::Backup { file, force, accept_contradictions } => copies::back_up(
            &config,
            &file,
            Allowed { overwrite: force, contradictions: accept_contradictions },
        ),
        Command::Restore { file, accept_contradictions } => copies::restore(
            &config,
            &file,
            Allowed { overwrite: true, contradictions: accept_contradictions },
        ),
        Command::Healthcheck { ready } => server::check_health(&config, ready),
        Command::Db(DbCommand::Ping) => database::ping(&config).await,
        Command::Db(DbCommand::Restored) => copies::note_restored(&config).await,
        Command::Cache(CacheCommand::Flush { which }) => database::flush(&config, which).await,
        Command::Seed { force, products } => database::fill(&config, force, products).await,
        Command::Config => {
            print!("{}", config.describe());
            config.warnings.iter().for_each(|warning| eprintln!("warning: {warning}"));
            Ok(())
        }
        Command::Openapi | Command::Doctor { .. } => Ok(()),
    };
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn examine(as_json: bool) -> Result<ExitCode, String> {
    let report = doctor::examine(Source::from_environment()).await;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?);
    } else {
        print!("{report}");
    }
    Ok(ExitCode::from(report.exit_code()))
}
