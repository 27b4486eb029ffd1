//! What an operator wants to know of a database, beyond what is in it.

use chrono::NaiveDateTime;
use diesel::{
    PgConnection, SqliteConnection,
    dsl::max,
    prelude::*,
    sql_query,
    sql_types::{Bool, Integer, Nullable, Text, Timestamp},
};

use super::{
    DbConnection, QueryResult,
    schema::{catalog_changes, orders},
    time::now,
};

/// A database, as far as it can be asked about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Whether what is sent is encrypted, or does not leave the machine.
    pub is_private: bool,
    /// Whether the role may do anything at all.
    pub is_superuser: bool,
    /// Settings with which what was acknowledged may be lost.
    pub not_durable: Vec<String>,
    /// A moment that has been reached, by the database's clock.
    pub clock: Clock,
}

/// What the database knows about time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// It has a clock of its own: now.
    Now(NaiveDateTime),
    /// It has only seen rows: the newest one, if any.
    AtLeast(Option<NaiveDateTime>),
}

#[derive(QueryableByName)]
struct Server {
    #[diesel(sql_type = Bool)]
    is_private: bool,
    #[diesel(sql_type = Bool)]
    is_superuser: bool,
    #[diesel(sql_type = Nullable<Text>)]
    not_durable: Option<String>,
    #[diesel(sql_type = Timestamp)]
    clock: NaiveDateTime,
}

#[derive(QueryableByName)]
struct Synchronous {
    #[diesel(sql_type = Integer)]
    synchronous: i32,
}

/// SQLite's number for `synchronous = FULL`; higher ones are stricter.
const FULL: i32 = 2;

/// Asks.
pub fn inspect(connection: &mut DbConnection) -> QueryResult<Inspection> {
    let newest = newest_row(connection)?;
    match connection {
        DbConnection::Postgres(connection) => of_postgres(connection),
        DbConnection::Sqlite(connection) => of_sqlite(connection, newest),
    }
}

fn of_postgres(connection: &mut PgConnection) -> QueryResult<Inspection> {
    let asked: Server = sql_query(
        "SELECT COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)
             OR COALESCE(inet_client_addr() <<= '127.0.0.0/8' OR inet_client_addr() = '::1', true) AS is_private,
             COALESCE((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false) AS is_superuser,
             (SELECT string_agg(name || ' = ' || setting, ', ' ORDER BY name) FROM pg_settings
              WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off') AS not_durable,
             (clock_timestamp() AT TIME ZONE 'UTC')::timestamp AS clock",
    )
    .get_result(connection)?;
    Ok(Inspection {
        is_private: asked.is_private,
        is_superuser: asked.is_superuser,
        not_durable: asked.not_durable.into_iter().collect(),
        clock: Clock::Now(asked.clock),
    })
}

/// A file has no roles, and nothing is sent. How it is written is a property of each connection, this one included.
fn of_sqlite(connection: &mut SqliteConnection, newest: Option<NaiveDateTime>) -> QueryResult<Inspection> {
    let asked: Synchronous = sql_query("PRAGMA synchronous").get_result(connection)?;
    let is_durable = asked.synchronous >= FULL;
    let not_durable = (!is_durable).then(|| format!("synchronous = {}", asked.synchronous));
    Ok(Inspection {
        is_private: true,
        is_superuser: false,
        not_durable: not_durable.into_iter().collect(),
        clock: Clock::AtLeast(newest),
    })
}

fn newest_row(connection: &mut DbConnection) -> QueryResult<Option<NaiveDateTime>> {
    let change: Option<NaiveDateTime> =
        catalog_changes::table.select(max(catalog_changes::created_at)).first(connection)?;
    let order: Option<NaiveDateTime> = orders::table.select(max(orders::created_at)).first(connection)?;
    Ok(change.max(order))
}

impl Clock {
    /// How many seconds this machine's clock is wrong, as far as can be told; 0 when it can be right.
    pub fn error(self) -> i64 {
        match self {
            Self::Now(moment) => (now() - moment).num_seconds().abs(),
            Self::AtLeast(Some(moment)) => (moment - now()).num_seconds().max(0),
            Self::AtLeast(None) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use diesel::connection::SimpleConnection;

    use super::*;

    #[test]
    fn an_embedded_database_that_does_not_wait_for_the_disk_may_lose_what_it_acknowledged() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        for (mode, found) in [
            ("OFF", &["synchronous = 0"][..]),
            ("NORMAL", &["synchronous = 1"]),
            ("FULL", &[]),
            ("EXTRA", &[]),
        ] {
            connection.batch_execute(&format!("PRAGMA synchronous = {mode}")).unwrap();
            assert_eq!(of_sqlite(&mut connection, None).unwrap().not_durable, found, "{mode}");
        }
    }

    #[test]
    fn a_clock_is_wrong_when_another_one_disagrees_or_when_rows_are_from_the_future() {
        let (ahead, behind) = (now() + TimeDelta::seconds(100), now() - TimeDelta::seconds(100));
        assert!(Clock::Now(ahead).error() >= 99 && Clock::Now(behind).error() >= 99);
        assert!(Clock::AtLeast(Some(ahead)).error() >= 99);
        assert_eq!([Clock::AtLeast(Some(behind)).error(), Clock::AtLeast(None).error()], [0, 0]);
        assert!(Clock::Now(now()).error() <= 1);
    }
}
