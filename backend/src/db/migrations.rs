//! Migrations, compiled into the binary: the same names for both engines.

use diesel::{RunQueryDsl, connection::SimpleConnection, migration::MigrationVersion, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Database, DatabaseUrl, DbConnection, DbError};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Names the lock that lets one process migrate at a time; any constant would do.
const MIGRATION_LOCK: i64 = 0x616c_6465_725f_6d67;

/// Applies what is missing. Answers the names of the migrations that were applied.
pub async fn run(database: &Database) -> Result<Vec<String>, DbError> {
    if let DatabaseUrl::Sqlite(path) = database.url()
        && let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|error| {
            DbError::Unavailable(format!("can't create the folder {}: {error}", folder.display()))
        })?;
    }
    database.writers.run(apply).await
}

fn apply(connection: &mut DbConnection) -> Result<Vec<String>, DbError> {
    match connection {
        DbConnection::Sqlite(connection) => names(connection.run_pending_migrations(SQLITE)),
        DbConnection::Postgres(connection) => {
            // A migration may take longer than a request may; the settings end with it.
            connection.batch_execute("SET lock_timeout = 0; SET statement_timeout = 0")?;
            sql_query(format!("SELECT pg_advisory_lock({MIGRATION_LOCK})")).execute(connection)?;
            let applied = names(connection.run_pending_migrations(POSTGRES));
            connection.batch_execute(&format!(
                "SELECT pg_advisory_unlock({MIGRATION_LOCK}); RESET lock_timeout; RESET statement_timeout"
            ))?;
            applied
        }
    }
}

/// Whether the database answers and nothing is left to apply.
pub fn check(connection: &mut DbConnection) -> Result<(), DbError> {
    let pending = match connection {
        DbConnection::Sqlite(connection) => connection.has_pending_migration(SQLITE),
        DbConnection::Postgres(connection) => connection.has_pending_migration(POSTGRES),
    };
    match pending {
        Ok(false) => Ok(()),
        Ok(true) => Err(DbError::Unavailable("migrations are missing; run `backend migrate`".to_owned())),
        Err(error) => Err(DbError::Unavailable(error.to_string())),
    }
}

type Applied<'m> = Result<Vec<MigrationVersion<'m>>, Box<dyn std::error::Error + Send + Sync>>;

fn names(applied: Applied<'_>) -> Result<Vec<String>, DbError> {
    match applied {
        Ok(versions) => Ok(versions.iter().map(ToString::to_string).collect()),
        Err(error) => Err(DbError::Unavailable(format!("a migration failed: {error}"))),
    }
}
