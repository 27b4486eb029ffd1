//! SQL of the administration of accounts.

use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_types::{Bool, Nullable},
};
use shared_types::users::UserQuery;

use crate::{
    db::{
        DbConnection, QueryResult,
        schema::{sessions, users},
        text::{ESCAPE, containing, lower},
    },
    features::auth::{
        domain::User,
        repo::{UserRow, rows_to_users},
    },
};

type Backend = <DbConnection as Connection>::Backend;
type Condition = Box<dyn BoxableExpression<users::table, Backend, SqlType = Nullable<Bool>>>;

/// Accounts whose address or a name contains the text, in which `%` and `_` are plain characters.
fn matching(query: &UserQuery) -> Option<Condition> {
    let pattern = containing(query.q.as_ref()?);
    Some(Box::new(
        lower(users::email.nullable())
            .like(pattern.clone())
            .escape(ESCAPE)
            .or(lower(users::first_name).like(pattern.clone()).escape(ESCAPE))
            .or(lower(users::last_name).like(pattern).escape(ESCAPE)),
    ))
}

/// How many accounts a query finds.
pub fn count(connection: &mut DbConnection, query: &UserQuery) -> QueryResult<i64> {
    let mut statement = users::table.count().into_boxed::<Backend>();
    if let Some(condition) = matching(query) {
        statement = statement.filter(condition);
    }
    statement.get_result(connection)
}

/// One page of the accounts a query finds, newest first.
pub fn list(connection: &mut DbConnection, query: &UserQuery) -> QueryResult<Vec<User>> {
    let mut statement = users::table.select(UserRow::as_select()).into_boxed::<Backend>();
    if let Some(condition) = matching(query) {
        statement = statement.filter(condition);
    }
    let rows = statement
        .order((users::created_at.desc(), users::id.desc()))
        .limit(query.limit)
        .offset((query.page - 1) * query.limit)
        .load(connection)?;
    rows_to_users(rows)
}

/// Keeps others from changing an account until the transaction ends.
pub fn lock(connection: &mut DbConnection, user_id: &str) -> QueryResult<()> {
    diesel::update(users::table.find(user_id))
        .set(users::updated_at.eq(users::updated_at))
        .execute(connection)
        .map(|_| ())
}

/// Stores whether an account may sign in, and what it may do.
pub fn set_rights(connection: &mut DbConnection, user: &User) -> QueryResult<()> {
    diesel::update(users::table.find(&user.id))
        .set((
            users::is_active.eq(user.is_active),
            users::role.eq(user.role.as_str()),
            users::updated_at.eq(user.updated_at),
        ))
        .execute(connection)
        .map(|_| ())
}

/// Ends all sessions of a user.
pub fn revoke_sessions(connection: &mut DbConnection, user_id: &str, now: NaiveDateTime) -> QueryResult<()> {
    let live = sessions::table.filter(sessions::user_id.eq(user_id)).filter(sessions::revoked_at.is_null());
    diesel::update(live).set(sessions::revoked_at.eq(now)).execute(connection).map(|_| ())
}
