//! Migrations, compiled into the binary: the same names for both engines.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl,
    backend::Backend,
    connection::SimpleConnection,
    migration::{MigrationSource, MigrationVersion},
    pg::Pg,
    sql_query,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Database, DatabaseUrl, DbConnection, DbError, exclusive};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Names the lock that lets one process migrate at a time; any constant would do.
const MIGRATION_LOCK: i64 = 0x616c_6465_725f_6d67;

/// Applies what is missing. Answers the names of the migrations that were applied.
pub async fn run(database: &Database) -> Result<Vec<String>, DbError> {
    if let DatabaseUrl::Sqlite(path) = database.url() {
        exclusive::make_folder(path).map_err(|error| {
            DbError::Unavailable(format!("can't create the folder of {}: {error}", path.display()))
        })?;
    }
    database.writers.run("migrate", "migrations", apply).await
}

/// Applies what is missing over one connection.
pub(super) fn apply(connection: &mut DbConnection) -> Result<Vec<String>, DbError> {
    match connection {
        // The write lock makes processes that start together wait for each other.
        DbConnection::Sqlite(connection) => {
            connection.immediate_transaction(|connection| names(connection.run_pending_migrations(SQLITE)))
        }
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

diesel::table! {
    /// Where diesel keeps what it has applied.
    __diesel_schema_migrations (version) {
        /// The part of the folder's name before the underscore.
        version -> Text,
        /// Applied at.
        run_on -> Timestamp,
    }
}

/// Whether the database answers and has every migration this binary knows. Only reads, so that it works for a database
/// user that may not change tables; a newer database is fine, since migrations first expand and contract later.
pub fn check(connection: &mut DbConnection) -> Result<(), DbError> {
    if pending(connection)?.is_empty() {
        Ok(())
    } else {
        Err(DbError::Unavailable("migrations are missing; run `backend migrate`".to_owned()))
    }
}

/// The migrations that the database misses. Only reads, like [`check`].
pub fn pending(connection: &mut DbConnection) -> Result<Vec<String>, DbError> {
    let (known, applied) = (known(connection)?, versions_applied(connection)?);
    Ok(known.into_iter().filter(|version| !applied.contains(version)).collect())
}

/// The migrations that the database has, and those of them that this binary does not know. Only reads, like [`check`].
pub fn applied(connection: &mut DbConnection) -> Result<(Vec<String>, Vec<String>), DbError> {
    let (known, applied) = (known(connection)?, versions_applied(connection)?);
    let unknown = applied.iter().filter(|version| !known.contains(version)).cloned().collect();
    Ok((applied, unknown))
}

fn known(connection: &DbConnection) -> Result<Vec<String>, DbError> {
    let known = match connection {
        DbConnection::Sqlite(_) => versions::<Sqlite>(&SQLITE),
        DbConnection::Postgres(_) => versions::<Pg>(&POSTGRES),
    };
    known.map_err(|error| DbError::Unavailable(error.to_string()))
}

fn versions_applied(connection: &mut DbConnection) -> Result<Vec<String>, DbError> {
    let versions = __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .order(__diesel_schema_migrations::version)
        .load::<String>(connection);
    or_none_yet(versions)
}

/// The newest migration that the database has, if it has any. Only reads, like [`check`].
pub fn newest(connection: &mut DbConnection) -> Result<Option<String>, DbError> {
    let newest = __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .order(__diesel_schema_migrations::version.desc())
        .first::<String>(connection)
        .optional();
    or_none_yet(newest)
}

/// What was read of the table of migrations; nothing when there is no such table yet.
fn or_none_yet<T: Default>(read: diesel::QueryResult<T>) -> Result<T, DbError> {
    read.map_err(DbError::from).or_else(|error| match error {
        DbError::Other(_) => Ok(T::default()),
        error => Err(error),
    })
}

fn versions<DB: Backend>(source: &EmbeddedMigrations) -> diesel::migration::Result<Vec<String>>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let migrations = source.migrations()?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

type Applied<'m> = Result<Vec<MigrationVersion<'m>>, Box<dyn std::error::Error + Send + Sync>>;

fn names(applied: Applied<'_>) -> Result<Vec<String>, DbError> {
    match applied {
        Ok(versions) => Ok(versions.iter().map(ToString::to_string).collect()),
        Err(error) => Err(DbError::Unavailable(format!("a migration failed: {error}"))),
    }
}
