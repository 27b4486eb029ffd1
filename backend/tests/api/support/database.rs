//! A fresh database for each test, copied from a template that is made once: a file for SQLite, a database on the server
//! that `TEST_DATABASE_URL` names for PostgreSQL.
//!
//! What a process that ended badly left behind is removed by the next one. On PostgreSQL an advisory lock tells whether
//! the process that made a database still lives; it is held as long as the connection that made it.

use std::{
    fs,
    path::PathBuf,
    sync::{
        LazyLock, Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use backend::db::{Database, DatabaseUrl, DbConnection, migrations};
use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_query,
    sql_types::{Bool, Text},
};

use super::block_on;

/// What a new database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Nothing at all, not even tables.
    Nothing,
    /// Tables.
    Tables,
    /// The demo shop.
    Demo,
}

/// bcrypt's lowest cost: tests are about rules, not about how long guessing a password takes.
pub const BCRYPT_COST: u32 = 4;

/// The class of the advisory locks that say that a run is alive.
const LOCK_CLASS: i32 = 0x616c_6472;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::find);
static NEXT: AtomicU32 = AtomicU32::new(0);

enum Engine {
    Sqlite { folder: PathBuf },
    Postgres(Server),
}

struct Server {
    url: String,
    run: i32,
    connection: Mutex<PgConnection>,
}

/// A database of one test; it is gone when this is dropped.
pub struct TestDatabase {
    /// As in `DATABASE_URL`.
    pub url: String,
    /// What tests look at it with; opened when first used.
    pub connection: Mutex<Option<DbConnection>>,
}

/// Whether this run is about PostgreSQL.
pub fn is_postgres() -> bool {
    matches!(*ENGINE, Engine::Postgres(_))
}

/// Where Redis is, in a run that has one.
pub fn redis_url() -> Option<String> {
    std::env::var("TEST_REDIS_URL").ok().filter(|url| !url.is_empty() && is_postgres())
}

impl TestDatabase {
    pub fn with(content: Content) -> Self {
        match content {
            Content::Nothing => Self::at(ENGINE.create(None)),
            Content::Tables | Content::Demo => Self::at(ENGINE.create(Some(template(content)))),
        }
    }

    fn at(url: String) -> Self {
        Self { url, connection: Mutex::default() }
    }

    /// The database as the application sees it.
    pub fn open(&self, connections: u32) -> Database {
        Database::new(DatabaseUrl::parse(&self.url).unwrap(), connections)
    }

    /// Everything that is stored, as text to search in.
    pub fn text(&self) -> String {
        let mut connection = self.connect();
        if let Engine::Sqlite { .. } = *ENGINE {
            connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
            return String::from_utf8_lossy(&fs::read(path_of(&self.url)).unwrap()).into_owned();
        }
        let tables = "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'";
        let tables: Vec<Name> = sql_query(tables).load(&mut connection).unwrap();
        let rows = tables.iter().flat_map(|Name { name: table }| -> Vec<Name> {
            sql_query(format!("SELECT rows::text AS name FROM {table} AS rows"))
                .load(&mut connection)
                .unwrap()
        });
        rows.map(|row| row.name + "\n").collect()
    }

    /// How many statements wait for a lock, on PostgreSQL.
    pub fn waits_for_a_lock(&self) -> i64 {
        let waiting = "SELECT count(*) AS count FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let waiting: Waiting = sql_query(waiting).get_result(&mut self.connect()).unwrap();
        waiting.count
    }

    /// A connection of its own, apart from the application's.
    pub fn connect(&self) -> DbConnection {
        match DatabaseUrl::parse(&self.url).unwrap() {
            DatabaseUrl::Sqlite(path) => {
                let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                connection.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON").unwrap();
                DbConnection::Sqlite(connection)
            }
            DatabaseUrl::Postgres(url) => {
                let mut connection = PgConnection::establish(&url).unwrap();
                connection.batch_execute("SET TIME ZONE 'UTC'").unwrap();
                DbConnection::Postgres(connection)
            }
        }
    }
}

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        ENGINE.drop_database(&self.url);
    }
}

/// The address of the template with this content, which the first caller makes.
fn template(content: Content) -> &'static str {
    static TABLES: OnceLock<String> = OnceLock::new();
    static DEMO: OnceLock<String> = OnceLock::new();
    let cell = if content == Content::Demo { &DEMO } else { &TABLES };
    cell.get_or_init(|| {
        let database = TestDatabase::at(ENGINE.create(None));
        block_on(async {
            let shop = database.open(2);
            migrations::run(&shop).await.unwrap();
            if content == Content::Demo {
                backend::seed::load(&shop, BCRYPT_COST, false).await.unwrap();
            }
        });
        ENGINE.freeze(database)
    })
}

impl Engine {
    fn find() -> Self {
        match std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty()) {
            Some(url) => Self::Postgres(Server::connect(url)),
            None => Self::Sqlite { folder: own_folder() },
        }
    }

    /// Makes a database, empty or from a template, and answers its address.
    fn create(&self, template: Option<&str>) -> String {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        match self {
            Self::Sqlite { folder } => {
                let path = folder.join(format!("{number}.db"));
                if let Some(template) = template {
                    fs::copy(path_of(template), &path).unwrap();
                }
                format!("sqlite://{}", path.display())
            }
            Self::Postgres(server) => {
                let name = format!("alder_test_{}_{number}", server.run.unsigned_abs());
                let template = template.map_or_else(String::new, |url| format!(" TEMPLATE {}", name_of(url)));
                server.execute(&format!("CREATE DATABASE {name}{template}"));
                with_name(&server.url, &name)
            }
        }
    }

    /// Makes a database ready to be copied: nothing is left in a journal, and nobody is connected.
    fn freeze(&self, database: TestDatabase) -> String {
        match self {
            Self::Sqlite { folder } => {
                let path = folder.join(format!("template-{}.db", NEXT.fetch_add(1, Ordering::Relaxed)));
                database.connect().batch_execute(&format!("VACUUM INTO '{}'", path.display())).unwrap();
                format!("sqlite://{}", path.display())
            }
            Self::Postgres(_) => {
                let url = database.url.clone();
                std::mem::forget(database);
                url
            }
        }
    }

    fn drop_database(&self, url: &str) {
        match self {
            Self::Sqlite { .. } => {
                for suffix in ["", "-wal", "-shm", ".lock"] {
                    // Some of them need not exist.
                    let _ = fs::remove_file(format!("{}{suffix}", path_of(url)));
                }
            }
            Self::Postgres(server) => {
                server.execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_of(url)));
            }
        }
    }
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Free {
    #[diesel(sql_type = Bool)]
    free: bool,
}

impl Server {
    fn connect(url: String) -> Self {
        let connection =
            PgConnection::establish(&url).unwrap_or_else(|error| panic!("TEST_DATABASE_URL: {error}"));
        let run = i32::try_from(uuid::Uuid::new_v4().as_u128() % 0x7fff_ffff).unwrap();
        let server = Self { url, run, connection: Mutex::new(connection) };
        server.lock(run);
        server.remove_leftovers();
        server
    }

    /// Whether this run got the lock of a run.
    fn lock(&self, run: i32) -> bool {
        let asked: Free = sql_query(format!("SELECT pg_try_advisory_lock({LOCK_CLASS}, {run}) AS free"))
            .get_result(&mut *self.connection.lock().unwrap())
            .unwrap();
        asked.free
    }

    fn remove_leftovers(&self) {
        let query = r"SELECT datname::text AS name FROM pg_database WHERE datname LIKE 'alder\_test\_%'";
        let found: Vec<Name> = sql_query(query).load(&mut *self.connection.lock().unwrap()).unwrap();
        for Name { name } in found {
            let run = name.split('_').nth(2).and_then(|run| run.parse().ok());
            if run.is_some_and(|run: i32| self.lock(run)) {
                self.execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            }
        }
    }

    fn execute(&self, statement: &str) {
        let mut connection = self.connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        connection.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

/// The folder of this process, after removing those of processes that are gone.
fn own_folder() -> PathBuf {
    let parent = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    for entry in fs::read_dir(&parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let lives = |process: &str| PathBuf::from(format!("/proc/{process}")).exists();
        if name.strip_prefix("api-").is_some_and(|process| lives("self") && !lives(process)) {
            // Another process may be removing it, too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let folder = parent.join(format!("api-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn path_of(url: &str) -> &str {
    url.strip_prefix("sqlite://").unwrap()
}

/// The name of the database in a URL.
fn name_of(url: &str) -> &str {
    let address = url.split('?').next().unwrap_or(url);
    address.rsplit('/').next().unwrap()
}

/// The URL of another database on the same server.
fn with_name(url: &str, name: &str) -> String {
    let (address, options) =
        url.split_once('?').map_or((url, None), |(address, options)| (address, Some(options)));
    let (scheme, rest) = address.split_once("://").unwrap();
    let server = rest.split('/').next().unwrap();
    let options = options.map_or_else(String::new, |options| format!("?{options}"));
    format!("{scheme}://{server}/{name}{options}")
}
