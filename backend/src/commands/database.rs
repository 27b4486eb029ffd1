//! Commands that look after the database.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use super::Flushed;
use crate::{
    config::Config,
    db::{
        Database, DbConnection,
        catalog_changes::{self, Entity},
        migrations,
    },
    error::AppError,
    seed::{self, generated},
};

/// How often a long command says how far it is.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(2);

/// A few connections are enough for a command.
pub(super) fn open(config: &Config) -> Database {
    Database::new(config.database.url.clone(), 2)
}

pub(super) async fn migrate(config: &Config) -> Result<(), String> {
    let applied = migrations::run(&open(config)).await;
    let applied = applied.map_err(|error| format!("{}: {error}", config.database.url))?;
    match applied.as_slice() {
        [] => println!("The database is up to date."),
        names => println!("Applied: {}", names.join(", ")),
    }
    Ok(())
}

/// The first query also connects, so the time is that of a second one.
pub(super) async fn ping(config: &Config) -> Result<(), String> {
    let database = open(config);
    database.read(migrations::newest).await.map_err(|error| error.to_string())?;
    let asked = Instant::now();
    let newest = database.read(migrations::newest).await.map_err(|error| error.to_string())?;
    let round_trip = asked.elapsed().as_secs_f64() * 1_000.0;
    println!("database: {}", config.database.url.engine());
    println!("round trip: {round_trip:.1} ms");
    println!("migration: {}", newest.as_deref().unwrap_or("none"));
    Ok(())
}

pub(super) async fn fill(config: &Config, force: bool, products: Option<u64>) -> Result<(), String> {
    let database = open(config);
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
pub(super) async fn flush(config: &Config, which: Flushed) -> Result<(), String> {
    let database = open(config);
    database.check().await.map_err(|error| error.to_string())?;
    let record = move |connection: &mut DbConnection| {
        Ok::<_, AppError>(catalog_changes::record(connection, Entity::Cache, &[which.as_str()])?)
    };
    database.write(record).await.map_err(|error| error.to_string())?;
    println!("Flushed: {}. Every running server follows within a second.", which.as_str());
    Ok(())
}
