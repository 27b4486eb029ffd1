//! One connection type over both engines, and how connections are opened.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use diesel::{
    PgConnection, SqliteConnection,
    connection::SimpleConnection,
    prelude::Connection as _,
    r2d2::{ManageConnection, R2D2Connection},
};

use super::error::take_misplaced;

/// How long a statement waits for another process's lock before it fails.
const LOCK_WAIT: Duration = Duration::from_secs(5);

#[allow(missing_docs, clippy::large_enum_variant, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod derived {
    /// A connection to either engine. Queries are written once against it; the few statements that differ match on it.
    #[derive(diesel::MultiConnection)]
    pub enum DbConnection {
        /// A server.
        Postgres(diesel::PgConnection),
        /// The embedded engine.
        Sqlite(diesel::SqliteConnection),
    }
}
pub use derived::DbConnection;

/// Which engine, and where. Read from `DATABASE_URL`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite://<path>`: a file, created on first use.
    Sqlite(PathBuf),
    /// `postgres://…`: as libpq reads it.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads a URL by its scheme.
    pub fn parse(url: &str) -> Result<Self, String> {
        match url.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path))),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(url.to_owned())),
            _ => Err("must be sqlite://<path to a file> or postgres://<user>@<host>/<database>".to_owned()),
        }
    }

    /// The engine's name.
    pub const fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}

/// Prints without the password.
impl std::fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => {
                // A password may be among the options, too.
                let address = url.split('?').next().unwrap_or_default();
                match address.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')) {
                    Some((_, host_and_database)) => write!(f, "postgres://…@{host_and_database}"),
                    None => f.write_str("postgres://…"),
                }
            }
        }
    }
}

/// Opens connections for a pool.
pub struct Manager {
    url: DatabaseUrl,
    /// Held, for reading, while a connection is being opened; `true` once no more are to be opened.
    closed: Arc<RwLock<bool>>,
}

impl Manager {
    /// A manager for one database, which opens no more connections once `closed` is set.
    pub fn new(url: DatabaseUrl, closed: Arc<RwLock<bool>>) -> Self {
        Self { url, closed }
    }
}

impl ManageConnection for Manager {
    type Connection = DbConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<DbConnection, Self::Error> {
        let closed = self.closed.read().unwrap_or_else(PoisonError::into_inner);
        if *closed {
            let stopping = diesel::ConnectionError::BadConnection("the server is stopping".to_owned());
            return Err(diesel::r2d2::Error::ConnectionError(stopping));
        }
        match &self.url {
            DatabaseUrl::Sqlite(path) => open_sqlite(&path.to_string_lossy()).map(DbConnection::Sqlite),
            DatabaseUrl::Postgres(url) => open_postgres(url).map(DbConnection::Postgres),
        }
    }

    fn is_valid(&self, connection: &mut DbConnection) -> Result<(), Self::Error> {
        match connection {
            DbConnection::Postgres(connection) => connection.ping().map_err(diesel::r2d2::Error::QueryError),
            DbConnection::Sqlite(_) => Ok(()),
        }
    }

    fn has_broken(&self, connection: &mut DbConnection) -> bool {
        let is_broken = match connection {
            DbConnection::Postgres(connection) => connection.is_broken(),
            DbConnection::Sqlite(connection) => connection.is_broken(),
        };
        take_misplaced() || is_broken
    }
}

/// `synchronous = FULL`: an acknowledged order survives power loss, not only the end of the process.
fn open_sqlite(path: &str) -> Result<SqliteConnection, diesel::r2d2::Error> {
    let mut connection = SqliteConnection::establish(path).map_err(diesel::r2d2::Error::ConnectionError)?;
    let settings = format!(
        "PRAGMA busy_timeout = {};
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA cache_size = -4000;
         PRAGMA temp_store = MEMORY;",
        LOCK_WAIT.as_millis()
    );
    connection.batch_execute(&settings).map_err(diesel::r2d2::Error::QueryError)?;
    Ok(connection)
}

/// What libpq is told unless the address says something else, so that a server that is gone without a word is noticed: by
/// default it waits for ever for a connection, and a quarter of an hour for an answer.
const PATIENCE: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "15000"),
];

/// The address with [`PATIENCE`].
fn with_patience(url: &str) -> String {
    let mut patient = url.to_owned();
    for (name, value) in PATIENCE {
        let is_given = [format!("?{name}="), format!("&{name}=")].iter().any(|given| url.contains(given));
        if !is_given {
            let separator = if patient.contains('?') { '&' } else { '?' };
            patient.push_str(&format!("{separator}{name}={value}"));
        }
    }
    patient
}

fn open_postgres(url: &str) -> Result<PgConnection, diesel::r2d2::Error> {
    let mut connection =
        PgConnection::establish(&with_patience(url)).map_err(diesel::r2d2::Error::ConnectionError)?;
    let settings = format!(
        "SET TIME ZONE 'UTC'; SET lock_timeout = {wait}; SET statement_timeout = {statement}; \
         SET idle_in_transaction_session_timeout = {statement};",
        wait = LOCK_WAIT.as_millis(),
        statement = Duration::from_secs(30).as_millis()
    );
    connection.batch_execute(&settings).map_err(diesel::r2d2::Error::QueryError)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_the_engine() {
        assert!(matches!(DatabaseUrl::parse("sqlite://data/shop.db"), Ok(DatabaseUrl::Sqlite(_))));
        assert!(matches!(DatabaseUrl::parse("postgres://a@b/c"), Ok(DatabaseUrl::Postgres(_))));
        assert!(matches!(DatabaseUrl::parse("postgresql://a@b/c"), Ok(DatabaseUrl::Postgres(_))));
    }

    #[test]
    fn other_schemes_are_refused() {
        for url in ["", "sqlite://", "shop.db", "mysql://a@b/c"] {
            assert!(DatabaseUrl::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_server_is_not_waited_for_for_ever_unless_the_address_says_so() {
        let url = with_patience("postgres://a@b/c?sslmode=require&connect_timeout=60");
        assert!(url.starts_with("postgres://a@b/c?sslmode=require&connect_timeout=60&keepalives_idle=10"));
        assert!(!url.contains("connect_timeout=5") && url.ends_with("&tcp_user_timeout=15000"));
        assert!(with_patience("postgres://a@b/c").starts_with("postgres://a@b/c?connect_timeout=5&"));
    }

    #[test]
    fn the_password_is_not_printed() {
        let url = DatabaseUrl::parse("postgres://shop:hunter2@db:5432/shop")
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(url.to_string(), "postgres://…@db:5432/shop");
        for url in ["postgres://shop@db/shop?password=hunter2", "postgres:///shop?user=a@b&password=hunter2"]
        {
            let shown = DatabaseUrl::Postgres(url.to_owned()).to_string();
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}
