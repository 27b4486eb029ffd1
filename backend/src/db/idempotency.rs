//! Answers stored under an `Idempotency-Key`, written in the transaction of the effect they answer.
//!
//! A key belongs to one user. Two requests with one key at the same time: on SQLite the second one begins when the first
//! has ended; on PostgreSQL its insert waits for the first transaction and then fails as taken. [`claim`] reports that as
//! [`Claim::Raced`], and the caller starts over, to find the stored answer.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{DbConnection, DbError, QueryResult, schema::idempotency_keys as keys};

/// Hours a key is remembered.
const LIFETIME_HOURS: i64 = 24;
/// Seconds after which a request that never finished is given up, so that its key can be used again.
const ABANDONED_AFTER_SECONDS: i64 = 60;

/// Whose key, and for which request.
#[derive(Debug, Clone)]
pub struct KeyedRequest {
    /// The user.
    pub user_id: String,
    /// The key.
    pub key: String,
    /// Hash of the request; another one under the same key is a mistake.
    pub request_hash: String,
}

/// What a key turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    /// New: go on, then [`complete`] it.
    Fresh,
    /// Answered before: this status and body.
    Answered(u16, String),
    /// Used for another request.
    Mismatch,
    /// Another request with it is still running.
    Running,
    /// Another request was faster; this transaction is lost.
    Raced,
}

/// Claims a key for this transaction.
pub fn claim(
    connection: &mut DbConnection,
    request: &KeyedRequest,
    now: NaiveDateTime,
) -> Result<Claim, DbError> {
    let forgotten = now.checked_sub_signed(TimeDelta::hours(LIFETIME_HOURS)).unwrap_or(now);
    let abandoned = now.checked_sub_signed(TimeDelta::seconds(ABANDONED_AFTER_SECONDS)).unwrap_or(now);
    type Row = (String, Option<i32>, Option<String>, NaiveDateTime);
    let row = keys::table.find((&request.user_id, &request.key));
    let found: Option<Row> = row
        .select((keys::request_hash, keys::response_status, keys::response_body, keys::created_at))
        .first(connection)
        .optional()?;
    match found {
        None => {}
        Some((.., created_at)) if created_at < forgotten => {
            diesel::delete(row).execute(connection)?;
        }
        Some((hash, ..)) if hash != request.request_hash => return Ok(Claim::Mismatch),
        Some((_, Some(status), Some(body), _)) => {
            return Ok(Claim::Answered(u16::try_from(status).unwrap_or(200), body));
        }
        Some((.., created_at)) if created_at > abandoned => return Ok(Claim::Running),
        Some((.., created_at)) => {
            // Guarded by the moment that was read: of two that find it abandoned, one goes on.
            let taken_over = diesel::update(row.filter(keys::created_at.eq(created_at)))
                .set(keys::created_at.eq(now))
                .execute(connection)?;
            return Ok(if taken_over == 1 { Claim::Fresh } else { Claim::Raced });
        }
    }
    let inserted = diesel::insert_into(keys::table)
        .values((
            keys::user_id.eq(&request.user_id),
            keys::idempotency_key.eq(&request.key),
            keys::request_hash.eq(&request.request_hash),
            keys::created_at.eq(now),
        ))
        .execute(connection);
    match inserted.map_err(DbError::from) {
        Ok(_) => Ok(Claim::Fresh),
        Err(DbError::Taken(_)) => Ok(Claim::Raced),
        Err(error) => Err(error),
    }
}

/// Stores the answer given under a claimed key.
pub fn complete(
    connection: &mut DbConnection,
    request: &KeyedRequest,
    status: u16,
    body: &str,
) -> QueryResult<()> {
    diesel::update(keys::table.find((&request.user_id, &request.key)))
        .set((keys::response_status.eq(i32::from(status)), keys::response_body.eq(body)))
        .execute(connection)
        .map(|_| ())
}

/// Gives a claimed key back, after a refusal that changed nothing.
pub fn release(connection: &mut DbConnection, request: &KeyedRequest) -> QueryResult<()> {
    diesel::delete(keys::table.find((&request.user_id, &request.key)).filter(keys::response_status.is_null()))
        .execute(connection)
        .map(|_| ())
}

/// Forgets keys past their life; answers how many.
pub fn sweep(connection: &mut DbConnection, now: NaiveDateTime) -> QueryResult<usize> {
    let forgotten = now.checked_sub_signed(TimeDelta::hours(LIFETIME_HOURS)).unwrap_or(now);
    diesel::delete(keys::table.filter(keys::created_at.lt(forgotten))).execute(connection)
}
