//! The server's commands.

use clap::{Parser, Subcommand};

use crate::{
    config::{Config, Source},
    db::{Database, migrations},
    openapi, seed, startup, telemetry,
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
    },
    /// Print the OpenAPI document as JSON
    Openapi,
    /// Print the effective settings, without secrets
    Config,
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
        Command::Seed { force } => seed_demo(&config, force).await,
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
    let applied = migrations::run(&database(config)).await.map_err(|error| error.to_string())?;
    match applied.as_slice() {
        [] => println!("The database is up to date."),
        names => println!("Applied: {}", names.join(", ")),
    }
    Ok(())
}

async fn seed_demo(config: &Config, force: bool) -> Result<(), String> {
    let database = database(config);
    migrations::run(&database).await.map_err(|error| error.to_string())?;
    let loaded = seed::load(&database, config.accounts.bcrypt_cost, force).await?;
    println!("{loaded}");
    Ok(())
}
