//! Backups of the embedded database and the way back to them, with the real program. PostgreSQL's own tools do the same
//! there.

mod backup;
mod interrupted;
mod one_server;
mod postgres;
mod restore;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use backend::db::DbConnection;
use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
    sql_types::Text,
};

use crate::support::{TestDatabase, app::settings, binary};

/// Rows of every table, each as one text.
type Rows = BTreeMap<String, Vec<String>>;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Where a test's database is.
fn file_of(database: &TestDatabase) -> PathBuf {
    PathBuf::from(database.url.strip_prefix("sqlite://").unwrap())
}

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("api-{}", std::process::id())).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// Runs the program on the database in a file.
fn backend(arguments: &[&str], database: &Path) -> Output {
    binary::program(arguments, &settings(&url(database))).output().unwrap()
}

/// Runs it and fails the test unless it succeeds; answers what it prints.
fn done(arguments: &[&str], database: &Path) -> String {
    let output = backend(arguments, database);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

/// Runs it and fails the test unless it refuses; answers what it says.
fn refused(arguments: &[&str], database: &Path) -> String {
    let output = backend(arguments, database);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    assert!(said.contains("error: ") && !said.contains("panicked"), "{said}");
    said
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn connect(file: &Path) -> DbConnection {
    assert!(file.is_file(), "{}", file.display());
    let mut connection = SqliteConnection::establish(text(file)).unwrap();
    connection.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
    DbConnection::Sqlite(connection)
}

fn execute(file: &Path, statements: &str) {
    connect(file).batch_execute(statements).unwrap();
}

fn lines(file: &Path, query: &str) -> Vec<String> {
    let lines: Vec<Line> = sql_query(query).load(&mut connect(file)).unwrap();
    lines.into_iter().map(|line| line.line).collect()
}

/// Everything in a database.
fn rows(file: &Path) -> Rows {
    let tables = "SELECT name AS line FROM sqlite_master WHERE type = 'table' ORDER BY 1";
    lines(file, tables)
        .into_iter()
        .map(|table| {
            let columns = format!(
                "SELECT group_concat('quote(' || name || ')', '||\",\"||') AS line
                                   FROM pragma_table_info('{table}')"
            );
            let columns = lines(file, &columns).remove(0).replace('"', "'");
            let rows = lines(file, &format!("SELECT {columns} AS line FROM {table} ORDER BY 1"));
            (table, rows)
        })
        .collect()
}

/// Fails the test unless a database is sound, and its stock is what its ledger says.
fn assert_sound(file: &Path) {
    assert_eq!(lines(file, "SELECT integrity_check AS line FROM pragma_integrity_check"), ["ok"]);
    assert_eq!(lines(file, "SELECT \"table\" AS line FROM pragma_foreign_key_check"), [""; 0]);
    let unexplained = "SELECT sku AS line FROM products WHERE stock <>
        (SELECT COALESCE(SUM(delta), 0) FROM stock_movements WHERE product_id = products.id)";
    assert_eq!(lines(file, unexplained), [""; 0]);
}

fn order_numbers(file: &Path) -> Vec<String> {
    lines(file, "SELECT order_number AS line FROM orders ORDER BY 1")
}

/// The names of the files in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Says that something is over when it is dropped, also because the test fails.
struct Ends<'e>(&'e std::sync::atomic::AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}
