//! The server's commands.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    ops::ControlFlow,
    time::{Duration, Instant},
};

use clap::{Parser, Subcommand, ValueEnum};

use crate::{
    cache::key::Namespace,
    config::{Config, Source},
    db::{
        Database, DbConnection,
        catalog_changes::{self, Entity},
        migrations,
    },
    error::AppError,
    openapi,
    seed::{self, generated},
    startup, telemetry,
};

/// How often a long command says how far it is.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(2);

/// How long the server on this machine may take to answer; less than an orchestrator waits for the command.
const ANSWER_PATIENCE: Duration = Duration::from_secs(3);

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
    /// Print the effective settings, without secrets
    Config,
}

#[derive(Subcommand)]
enum DbCommand {
    /// Print the engine, the time of a round trip and the newest migration
    Ping,
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
pub async fn run(cli: Cli) -> Result<(), String> {
    let command = cli.command.unwrap_or_default();
    if let Command::Openapi = command {
        println!("{}", openapi::as_json());
        return Ok(());
    }
    let config = Config::read(Source::from_environment()).map_err(|error| error.to_string())?;
    telemetry::start(&config.log);
    match command {
        Command::Serve => serve(config).await,
        Command::Migrate => migrate(&config).await,
        Command::Healthcheck { ready } => check_health(&config, ready),
        Command::Db(DbCommand::Ping) => ping(&config).await,
        Command::Cache(CacheCommand::Flush { which }) => flush(&config, which).await,
        Command::Seed { force, products } => fill(&config, force, products).await,
        Command::Config => {
            print!("{}", config.describe());
            Ok(())
        }
        Command::Openapi => Ok(()),
    }
}

async fn serve(config: Config) -> Result<(), String> {
    let application = startup::build(config).await.map_err(|error| error.to_string())?;
    application.run_until_stopped().await.map_err(|error| error.to_string())
}

fn database(config: &Config) -> Database {
    Database::new(config.database.url.clone(), 2)
}

async fn migrate(config: &Config) -> Result<(), String> {
    let applied = migrations::run(&database(config)).await;
    let applied = applied.map_err(|error| format!("{}: {error}", config.database.url))?;
    match applied.as_slice() {
        [] => println!("The database is up to date."),
        names => println!("Applied: {}", names.join(", ")),
    }
    Ok(())
}

/// Nothing else runs in this process, so it may wait for the answer.
fn check_health(config: &Config, ready: bool) -> Result<(), String> {
    let path = if ready { "/ready" } else { "/health" };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, config.server.port));
    let silent = |error: std::io::Error| format!("{address}{path} does not answer: {error}");
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_PATIENCE).map_err(silent)?;
    stream.set_read_timeout(Some(ANSWER_PATIENCE)).map_err(silent)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").map_err(silent)?;
    // The first line is enough.
    let mut start = Vec::new();
    BufReader::new(stream.take(64)).read_until(b'\n', &mut start).map_err(silent)?;
    let start = String::from_utf8_lossy(&start);
    let status = start.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.split_whitespace().next());
    match status {
        Some("200") => Ok(()),
        Some(status) => Err(format!("{address}{path} answers {status}")),
        None => Err(format!("{address}{path} answers something else than HTTP")),
    }
}

/// The first query also connects, so the time is that of a second one.
async fn ping(config: &Config) -> Result<(), String> {
    let database = database(config);
    database.read(migrations::newest).await.map_err(|error| error.to_string())?;
    let asked = Instant::now();
    let newest = database.read(migrations::newest).await.map_err(|error| error.to_string())?;
    let round_trip = asked.elapsed().as_secs_f64() * 1_000.0;
    println!("database: {}", config.database.url.engine());
    println!("round trip: {round_trip:.1} ms");
    println!("migration: {}", newest.as_deref().unwrap_or("none"));
    Ok(())
}

async fn fill(config: &Config, force: bool, products: Option<u64>) -> Result<(), String> {
    let database = database(config);
    migrations::run(&database).await.map_err(|error| error.to_string())?;
    let loaded = seed::load(&database, config.accounts.bcrypt_cost, force).await?;
    println!("{loaded}");
    let Some(products) = products else { return Ok(()) };
    let started = Instant::now();
    let mut last_line = started;
    let progress = |there| {
        if last_line.elapsed() >= PROGRESS_INTERVAL || there == products {
            last_line = Instant::now();
            println!("{there} of {products} products, {} s", started.elapsed().as_secs());
        }
        ControlFlow::Continue(())
    };
    let grown = generated::grow(&database, products, progress).await?;
    println!("{grown}");
    Ok(())
}

/// The servers read of it where they read what changed in the catalogue, so it reaches all of them, on either engine.
async fn flush(config: &Config, which: Flushed) -> Result<(), String> {
    let database = database(config);
    database.check().await.map_err(|error| error.to_string())?;
    let record = move |connection: &mut DbConnection| {
        Ok::<_, AppError>(catalog_changes::record(connection, Entity::Cache, &[which.as_str()])?)
    };
    database.write(record).await.map_err(|error| error.to_string())?;
    println!("Flushed: {}. Every running server follows within a second.", which.as_str());
    Ok(())
}
