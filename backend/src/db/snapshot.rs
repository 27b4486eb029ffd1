//! Whole copies of the embedded database: making one while a server writes, judging one, and making one fit to be served.
//!
//! `VACUUM INTO` copies what was committed when it began, in one transaction that only reads, so in WAL mode nobody waits
//! for it. What comes out is one file without a journal beside it. Opening a database by its path would make a new one where
//! there is none, so whoever calls this has looked.

use std::path::Path;

use diesel::{SqliteConnection, connection::SimpleConnection, prelude::*, sql_query, sql_types::Text};

use super::{
    DbConnection, DbError, catalog_changes, in_transaction, migrations,
    schema::{orders, sessions},
    time::now,
};

/// How long a statement waits for somebody else's lock, in milliseconds.
const LOCK_WAIT: u32 = 5_000;
/// Problems of one kind that are named; there may be thousands.
const NAMED: u32 = 5;

/// What a copy was found to be.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Examination {
    /// Migrations that it has.
    pub applied: Vec<String>,
    /// Those of them that this program does not know: it is older than the copy.
    pub unknown: Vec<String>,
    /// What SQLite finds wrong with the file.
    pub damage: Vec<String>,
    /// What rows say that can't be true: a row that refers to none, stock that the ledger does not explain.
    pub contradictions: Vec<String>,
    /// Orders in it.
    pub orders: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Mode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

/// Copies the database in `from` into `to`, an empty file, as it is at one moment, whoever writes meanwhile.
pub fn copy(from: &Path, to: &Path) -> Result<(), DbError> {
    let copying = sql_query("VACUUM INTO ?").bind::<Text, _>(name(to)?);
    copying.execute(&mut open(from)?)?;
    Ok(())
}

/// Looks at everything in a database that nobody uses. Fails when SQLite can't read it at all.
pub fn examine(path: &Path) -> Result<Examination, DbError> {
    let mut connection = DbConnection::Sqlite(open(path)?);
    let check = format!("SELECT integrity_check AS line FROM pragma_integrity_check LIMIT {NAMED}");
    let damage: Vec<_> = lines(&mut connection, &check)?.into_iter().filter(|line| line != "ok").collect();
    if !damage.is_empty() {
        return Ok(Examination { damage, ..Examination::default() });
    }
    let (applied, unknown) = migrations::applied(&mut connection)?;
    if applied.is_empty() || !unknown.is_empty() {
        return Ok(Examination { applied, unknown, ..Examination::default() });
    }
    let contradictions = contradictions(&mut connection)?;
    let orders = orders::table.count().get_result(&mut connection)?;
    Ok(Examination { applied, unknown, damage, contradictions, orders })
}

fn contradictions(connection: &mut DbConnection) -> QueryResult<Vec<String>> {
    let dangling = format!(
        "SELECT COUNT(*) || ' rows of ' || \"table\" || ' refer to rows of ' || parent || ' that are not there' AS line
         FROM pragma_foreign_key_check GROUP BY \"table\", parent LIMIT {NAMED}"
    );
    let unexplained = format!(
        "SELECT sku || ' has a stock of ' || stock || ' and movements of ' || units AS line
         FROM (SELECT sku, stock, COALESCE(units, 0) AS units FROM products
               LEFT JOIN (SELECT product_id, SUM(delta) AS units FROM stock_movements GROUP BY product_id)
               ON product_id = products.id)
         WHERE stock <> units ORDER BY sku LIMIT {NAMED}"
    );
    let mut found = lines(connection, &dangling)?;
    found.extend(lines(connection, &unexplained)?);
    Ok(found)
}

/// Brings the tables of a copy up to date, and makes it known that time went back. Answers the migrations that were applied.
pub fn prepare(path: &Path) -> Result<Vec<String>, DbError> {
    let mut connection = open(path)?;
    connection.batch_execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")?;
    let mut connection = DbConnection::Sqlite(connection);
    let applied = migrations::apply(&mut connection)?;
    in_transaction(&mut connection, gone_back)?;
    Ok(applied)
}

/// Ends what must not outlive a way back in time. Part of a transaction; answers how many sessions ended.
///
/// Numbers of changes that were handed out in the time that is lost would be handed out again, for other changes: a server
/// that runs on, and answers in Redis, would pass the one for the other. So the next number is higher than any that was
/// lost, and everything has changed with it. And sessions that ended in the lost time, because somebody signed out, got a
/// new password or was disabled, would run again, so all of them end.
pub fn gone_back(connection: &mut DbConnection) -> Result<usize, DbError> {
    catalog_changes::leap(connection)?;
    let live = sessions::table.filter(sessions::revoked_at.is_null());
    Ok(diesel::update(live).set(sessions::revoked_at.eq(now())).execute(connection)?)
}

/// Puts everything that is committed into the file itself, so that it can be moved without the files beside it; `false` when
/// somebody else has the database open.
pub fn fold(path: &Path) -> Result<bool, DbError> {
    // SQLite leaves this mode only when nobody else is there.
    let folded = sql_query("PRAGMA journal_mode = DELETE").get_result::<Mode>(&mut open(path)?);
    match folded {
        Ok(mode) => Ok(mode.journal_mode == "delete"),
        Err(diesel::result::Error::DatabaseError(_, info)) if info.message().contains("locked") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn open(path: &Path) -> Result<SqliteConnection, DbError> {
    let unavailable = |error: ConnectionError| DbError::Unavailable(error.to_string());
    let mut connection = SqliteConnection::establish(name(path)?).map_err(unavailable)?;
    connection.batch_execute(&format!("PRAGMA busy_timeout = {LOCK_WAIT}; PRAGMA temp_store = MEMORY"))?;
    Ok(connection)
}

fn name(path: &Path) -> Result<&str, DbError> {
    path.to_str().ok_or_else(|| DbError::Unavailable(format!("{} is no name in UTF-8", path.display())))
}

fn lines(connection: &mut DbConnection, query: &str) -> QueryResult<Vec<String>> {
    let lines: Vec<Line> = sql_query(query).load(connection)?;
    Ok(lines.into_iter().map(|line| line.line).collect())
}
