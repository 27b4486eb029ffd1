//! The trail that every change of the catalogue leaves for the replicas, written in the transaction of the change itself:
//! products and categories that were added, edited, removed, or whose stock moved.

use std::ops::RangeInclusive;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::{
    dsl::max,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use super::{
    DbConnection, QueryResult, bulk::insert_rows, column::word, schema::catalog_changes as changes,
    time::now, trail,
};

/// Hours a change can be followed. A replica that was away for longer reads the whole catalogue anyway: it has restarted.
const LIFETIME_HOURS: i64 = 24;

/// More changes than any shop records between a backup and its use.
const LEAP: i64 = 1_000_000_000;

/// Ranges of numbers that one statement asks for.
const RANGES_AT_ONCE: usize = 100;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entity {
    /// A product, or its stock.
    Product,
    /// A category.
    Category,
    /// More than can be named, such as a new demo shop: read it all again. Its id is empty.
    Everything,
    /// Nothing, but kept answers are to be made anew. Its id names which: one of the namespaces of the read cache, or `all`.
    Cache,
}

impl Entity {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Product => "PRODUCT",
            Self::Category => "CATEGORY",
            Self::Everything => "EVERYTHING",
            Self::Cache => "CACHE",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "PRODUCT" => Some(Self::Product),
            "CATEGORY" => Some(Self::Category),
            "EVERYTHING" => Some(Self::Everything),
            "CACHE" => Some(Self::Cache),
            _ => None,
        }
    }
}

/// One change, as a follower reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number. On PostgreSQL a lower one may appear after a higher one, when its transaction commits later.
    pub seq: i64,
    /// What changed.
    pub entity: Entity,
    /// Which one.
    pub entity_id: String,
}

/// Writes down that these changed. Part of the transaction that changes them.
pub fn record(connection: &mut DbConnection, entity: Entity, ids: &[&str]) -> QueryResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    trail::note();
    let moment = now();
    match connection {
        DbConnection::Postgres(connection) => {
            let rows: Vec<_> = ids
                .iter()
                .map(|id| {
                    let entity = changes::entity.eq(entity.as_str());
                    (entity, changes::entity_id.eq((*id).to_owned()), changes::created_at.eq(moment))
                })
                .collect();
            insert_rows!(changes::table, rows.as_slice(), connection)
        }
        // There is one writer at a time, so the next numbers are free. `sweep` never takes the last one away.
        DbConnection::Sqlite(connection) => {
            let last: Option<i64> = changes::table.select(max(changes::seq)).first(connection)?;
            let rows: Vec<_> = (last.unwrap_or(0) + 1..)
                .zip(ids)
                .map(|(seq, id)| {
                    let entity = changes::entity.eq(entity.as_str());
                    (
                        changes::seq.eq(seq),
                        entity,
                        changes::entity_id.eq((*id).to_owned()),
                        changes::created_at.eq(moment),
                    )
                })
                .collect();
            insert_rows!(changes::table, rows.as_slice(), connection)
        }
    }
}

/// Writes down that everything changed, under a number that nobody can have seen, because the database has gone back in time.
/// Later changes get higher ones.
pub fn leap(connection: &mut DbConnection) -> QueryResult<()> {
    let seq = last(connection)?.saturating_add(LEAP);
    trail::note();
    let row = (
        changes::seq.eq(seq),
        changes::entity.eq(Entity::Everything.as_str()),
        changes::entity_id.eq(""),
        changes::created_at.eq(now()),
    );
    diesel::insert_into(changes::table).values(row).execute(connection)?;
    match connection {
        DbConnection::Postgres(connection) => {
            sql_query("SELECT setval(pg_get_serial_sequence('catalog_changes', 'seq'), $1)")
                .bind::<BigInt, _>(seq)
                .execute(connection)
                .map(|_| ())
        }
        // The next number follows the last row's.
        DbConnection::Sqlite(_) => Ok(()),
    }
}

/// Changes with a number above `seq`, lowest first, at most `limit`.
pub fn after(connection: &mut DbConnection, seq: i64, limit: i64) -> QueryResult<Vec<Change>> {
    let rows = changes::table
        .filter(changes::seq.gt(seq))
        .order(changes::seq)
        .limit(limit)
        .select((changes::seq, changes::entity, changes::entity_id))
        .load(connection)?;
    read(rows)
}

/// Changes whose numbers lie in one of these ranges, both ends included.
pub fn within(connection: &mut DbConnection, ranges: &[RangeInclusive<i64>]) -> QueryResult<Vec<Change>> {
    let mut found = Vec::new();
    for ranges in ranges.chunks(RANGES_AT_ONCE) {
        let mut statement = changes::table
            .select((changes::seq, changes::entity, changes::entity_id))
            .into_boxed::<<DbConnection as Connection>::Backend>();
        for range in ranges {
            statement = statement.or_filter(changes::seq.between(*range.start(), *range.end()));
        }
        found.extend(read(statement.load(connection)?)?);
    }
    Ok(found)
}

fn read(rows: Vec<(i64, String, String)>) -> QueryResult<Vec<Change>> {
    rows.into_iter()
        .map(|(seq, entity, entity_id)| {
            Ok(Change { seq, entity: word("catalog_changes.entity", &entity, Entity::parse)?, entity_id })
        })
        .collect()
}

/// Stands for this database, so that what is kept elsewhere about one is not taken for another one's. A database that was
/// made anew under the same name counts its changes from the beginning, and is another one.
pub fn identity(connection: &mut DbConnection) -> QueryResult<String> {
    match connection {
        DbConnection::Postgres(connection) => {
            let found: Identity = sql_query(
                "SELECT concat_ws('/', datname, oid, 'catalog_changes'::regclass::oid) AS name
                 FROM pg_database WHERE datname = current_database()",
            )
            .get_result(connection)?;
            Ok(found.name)
        }
        // Its file is its own process's alone, so nothing is kept elsewhere about it.
        DbConnection::Sqlite(_) => Ok(String::new()),
    }
}

#[derive(QueryableByName)]
struct Identity {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The number of the last change; 0 when there is none.
pub fn last(connection: &mut DbConnection) -> QueryResult<i64> {
    changes::table.select(max(changes::seq)).first(connection).map(|last: Option<i64>| last.unwrap_or(0))
}

/// The number of the last change that was recorded before `moment`; 0 when there is none.
pub fn last_before(connection: &mut DbConnection, moment: NaiveDateTime) -> QueryResult<i64> {
    let before = changes::table.filter(changes::created_at.lt(moment));
    before.select(max(changes::seq)).first(connection).map(|last: Option<i64>| last.unwrap_or(0))
}

/// Forgets changes that nobody follows any more, but never the last one; answers how many.
pub fn sweep(connection: &mut DbConnection, now: NaiveDateTime) -> QueryResult<usize> {
    let forgotten = now.checked_sub_signed(TimeDelta::hours(LIFETIME_HOURS)).unwrap_or(now);
    let last = last(connection)?;
    let old = changes::table.filter(changes::created_at.lt(forgotten)).filter(changes::seq.lt(last));
    diesel::delete(old).execute(connection)
}
