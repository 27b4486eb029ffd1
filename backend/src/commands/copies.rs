//! Backups, and the way back to them.

use std::path::Path;

use super::database;
use crate::{
    backup::{self, Allowed, restore},
    config::Config,
    db::{DatabaseUrl, DbError, snapshot},
};

/// Copies the embedded database into a file.
pub(super) fn back_up(config: &Config, file: &Path, allowed: Allowed) -> Result<(), String> {
    let database =
        embedded(config, &format!("pg_dump --format=custom --file={} \"$DATABASE_URL\"", file.display()))?;
    let made = backup::make(database, file, allowed)?;
    warn(&made.contradictions);
    println!(
        "Backup: {}, {} bytes, {} orders. It was read again and is sound.",
        file.display(),
        made.bytes,
        made.orders
    );
    Ok(())
}

/// Replaces the embedded database by a backup.
pub(super) fn restore(config: &Config, file: &Path, allowed: Allowed) -> Result<(), String> {
    let tool = format!("pg_restore --dbname=\"$DATABASE_URL\" {}` and `backend db restored", file.display());
    let restored = restore::restore(file, embedded(config, &tool)?, allowed)?;
    warn(&restored.contradictions);
    println!("Restored: {}, {} orders. Everybody has to sign in again.", file.display(), restored.orders);
    if !restored.migrated.is_empty() {
        println!("It was older than this program. Applied: {}", restored.migrated.join(", "));
    }
    if let Some(replaced) = restored.replaced {
        println!("The database that it replaces is kept as {}", replaced.display());
    }
    Ok(())
}

/// Ends what must not outlive a way back in time.
pub(super) async fn note_restored(config: &Config) -> Result<(), String> {
    let database = database::open(config);
    database.check().await.map_err(|error| error.to_string())?;
    let ended: Result<usize, DbError> = database.write(snapshot::gone_back).await;
    let ended = ended.map_err(|error| error.to_string())?;
    println!("Every server reads the catalogue anew. {ended} sessions have ended.");
    Ok(())
}

fn embedded<'c>(config: &'c Config, instead: &str) -> Result<&'c Path, String> {
    match &config.database.url {
        DatabaseUrl::Sqlite(path) => Ok(path),
        DatabaseUrl::Postgres(_) => Err(format!(
            "this is for the embedded database; on PostgreSQL use `{instead}` (docs/OPERATIONS.md)"
        )),
    }
}

fn warn(contradictions: &[String]) {
    for contradiction in contradictions {
        eprintln!("warning: {contradiction}");
    }
}
