//! The trail that every change of the catalogue leaves for the replicas, written in the transaction of the change itself:
//! products and categories that were added, edited, removed, or whose stock moved.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::{dsl::max, prelude::*};

use super::{DbConnection, QueryResult, column::word, schema::catalog_changes as changes, time::now, trail};

/// Hours a change can be followed. A replica that was away for longer reads the whole catalogue anyway: it has restarted.
const LIFETIME_HOURS: i64 = 24;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entity {
    /// A product, or its stock.
    Product,
    /// A category.
    Category,
    /// More than can be named, such as a new demo shop: read it all again. Its id is empty.
    Everything,
}

impl Entity {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Product => "PRODUCT",
            Self::Category => "CATEGORY",
            Self::Everything => "EVERYTHING",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "PRODUCT" => Some(Self::Product),
            "CATEGORY" => Some(Self::Category),
            "EVERYTHING" => Some(Self::Everything),
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
                    (entity, changes::entity_id.eq(*id), changes::created_at.eq(moment))
                })
                .collect();
            diesel::insert_into(changes::table).values(rows).execute(connection).map(|_| ())
        }
        // There is one writer at a time, so the next numbers are free. `sweep` never takes the last one away.
        DbConnection::Sqlite(connection) => {
            let last: Option<i64> = changes::table.select(max(changes::seq)).first(connection)?;
            let rows: Vec<_> = (last.unwrap_or(0) + 1..)
                .zip(ids)
                .map(|(seq, id)| {
                    let entity = changes::entity.eq(entity.as_str());
                    (changes::seq.eq(seq), entity, changes::entity_id.eq(*id), changes::created_at.eq(moment))
                })
                .collect();
            diesel::insert_into(changes::table).values(rows).execute(connection).map(|_| ())
        }
    }
}

/// Changes with a number above `seq`, lowest first, at most `limit`.
pub fn after(connection: &mut DbConnection, seq: i64, limit: i64) -> QueryResult<Vec<Change>> {
    let rows: Vec<(i64, String, String)> = changes::table
        .filter(changes::seq.gt(seq))
        .order(changes::seq)
        .limit(limit)
        .select((changes::seq, changes::entity, changes::entity_id))
        .load(connection)?;
    rows.into_iter()
        .map(|(seq, entity, entity_id)| {
            Ok(Change { seq, entity: word("catalog_changes.entity", &entity, Entity::parse)?, entity_id })
        })
        .collect()
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
