//! SQL of accounts and sessions.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::auth::Role;

use super::domain::User;
use crate::db::{
    DbConnection, QueryResult,
    column::word,
    schema::{refresh_tokens, sessions, users},
};

/// An account, as it is stored.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users)]
pub struct UserRow {
    id: String,
    email: String,
    password_hash: String,
    first_name: Option<String>,
    last_name: Option<String>,
    role: String,
    is_active: bool,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl UserRow {
    fn into_user(self) -> QueryResult<User> {
        Ok(User {
            id: self.id,
            email: self.email,
            password_hash: self.password_hash,
            first_name: self.first_name,
            last_name: self.last_name,
            role: word("users.role", &self.role, Role::parse)?,
            is_active: self.is_active,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// Accounts from their rows.
pub fn rows_to_users(rows: Vec<UserRow>) -> QueryResult<Vec<User>> {
    rows.into_iter().map(UserRow::into_user).collect()
}

/// A new session.
#[derive(Insertable)]
#[diesel(table_name = sessions)]
pub struct NewSession {
    /// Opaque id.
    pub id: String,
    /// Whose.
    pub user_id: String,
    /// The device.
    pub user_agent: Option<String>,
    /// Where from.
    pub address: Option<String>,
    /// Opened at.
    pub created_at: NaiveDateTime,
    /// Used last at.
    pub last_used_at: NaiveDateTime,
    /// Ends by itself at.
    pub expires_at: NaiveDateTime,
}

/// Most sessions a list shows; nobody has so many devices.
const SESSIONS_SHOWN: i64 = 100;

/// A session that runs.
#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct LiveSession {
    /// Opaque id.
    pub id: String,
    /// The device.
    pub user_agent: Option<String>,
    /// Where from.
    pub address: Option<String>,
    /// Opened at.
    pub created_at: NaiveDateTime,
    /// Used last at.
    pub last_used_at: NaiveDateTime,
}

/// A refresh token that was found, with its session's state.
pub struct FoundToken {
    /// The session it belongs to.
    pub session_id: String,
    /// The session's account.
    pub user_id: String,
    /// Whether it has been used before.
    pub is_used: bool,
    /// Whether its session still runs.
    pub session_is_live: bool,
}

/// Adds an account; fails with a unique violation when the address is taken.
pub fn insert_user(connection: &mut DbConnection, user: &User) -> QueryResult<()> {
    let row = UserRow {
        id: user.id.clone(),
        email: user.email.clone(),
        password_hash: user.password_hash.clone(),
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        role: user.role.as_str().to_owned(),
        is_active: user.is_active,
        created_at: user.created_at,
        updated_at: user.updated_at,
    };
    diesel::insert_into(users::table).values(row).execute(connection).map(|_| ())
}

/// The account with this address.
pub fn user_by_email(connection: &mut DbConnection, email: &str) -> QueryResult<Option<User>> {
    let row = users::table
        .filter(users::email.eq(email))
        .select(UserRow::as_select())
        .first(connection)
        .optional()?;
    row.map(UserRow::into_user).transpose()
}

/// The account with this id.
pub fn user_by_id(connection: &mut DbConnection, id: &str) -> QueryResult<Option<User>> {
    let row = users::table.find(id).select(UserRow::as_select()).first(connection).optional()?;
    row.map(UserRow::into_user).transpose()
}

/// The role of an active account through a live session of its own; `None` when either is gone.
pub fn role_in_session(
    connection: &mut DbConnection,
    user_id: &str,
    session_id: &str,
    now: NaiveDateTime,
) -> QueryResult<Option<Role>> {
    let role: Option<String> = sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(session_id))
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(users::is_active.eq(true))
        .select(users::role)
        .first(connection)
        .optional()?;
    role.map(|role| word("users.role", &role, Role::parse)).transpose()
}

/// Keeps an account as it is until the transaction ends, provided that it may sign in and its password is still this
/// one; `false` when it is not so any more.
pub fn hold_for_sign_in(
    connection: &mut DbConnection,
    user_id: &str,
    password_hash: &str,
) -> QueryResult<bool> {
    let unchanged = users::table
        .find(user_id)
        .filter(users::is_active.eq(true))
        .filter(users::password_hash.eq(password_hash));
    diesel::update(unchanged)
        .set(users::updated_at.eq(users::updated_at))
        .execute(connection)
        .map(|rows| rows == 1)
}

/// Opens a session.
pub fn insert_session(connection: &mut DbConnection, session: &NewSession) -> QueryResult<()> {
    diesel::insert_into(sessions::table).values(session).execute(connection).map(|_| ())
}

/// Stores the hash of a session's next refresh token.
pub fn insert_refresh_token(
    connection: &mut DbConnection,
    hash: &str,
    session_id: &str,
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(hash),
            refresh_tokens::session_id.eq(session_id),
            refresh_tokens::created_at.eq(now),
        ))
        .execute(connection)
        .map(|_| ())
}

/// Looks a refresh token up by its hash.
pub fn find_refresh_token(
    connection: &mut DbConnection,
    hash: &str,
    now: NaiveDateTime,
) -> QueryResult<Option<FoundToken>> {
    type Row = (String, String, Option<NaiveDateTime>, Option<NaiveDateTime>, NaiveDateTime);
    let row: Option<Row> = refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::token_hash.eq(hash))
        .select((
            sessions::id,
            sessions::user_id,
            refresh_tokens::rotated_at,
            sessions::revoked_at,
            sessions::expires_at,
        ))
        .first(connection)
        .optional()?;
    Ok(row.map(|(session_id, user_id, rotated_at, revoked_at, expires_at)| FoundToken {
        session_id,
        user_id,
        is_used: rotated_at.is_some(),
        session_is_live: revoked_at.is_none() && expires_at > now,
    }))
}

/// Marks a refresh token as used; `false` when another request was faster.
pub fn use_refresh_token(connection: &mut DbConnection, hash: &str, now: NaiveDateTime) -> QueryResult<bool> {
    let unused = refresh_tokens::table.find(hash).filter(refresh_tokens::rotated_at.is_null());
    diesel::update(unused).set(refresh_tokens::rotated_at.eq(now)).execute(connection).map(|rows| rows == 1)
}

/// Notes that a session was used, which prolongs it.
pub fn touch_session(
    connection: &mut DbConnection,
    session_id: &str,
    now: NaiveDateTime,
    expires_at: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(sessions::table.find(session_id))
        .set((sessions::last_used_at.eq(now), sessions::expires_at.eq(expires_at)))
        .execute(connection)
        .map(|_| ())
}

/// Ends a session; ending it twice changes nothing.
pub fn revoke_session(
    connection: &mut DbConnection,
    session_id: &str,
    now: NaiveDateTime,
) -> QueryResult<()> {
    let live = sessions::table.find(session_id).filter(sessions::revoked_at.is_null());
    diesel::update(live).set(sessions::revoked_at.eq(now)).execute(connection).map(|_| ())
}

/// Ends every session of a user but one.
pub fn revoke_other_sessions(
    connection: &mut DbConnection,
    user_id: &str,
    kept_session_id: &str,
    now: NaiveDateTime,
) -> QueryResult<()> {
    let others = sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::id.ne(kept_session_id))
        .filter(sessions::revoked_at.is_null());
    diesel::update(others).set(sessions::revoked_at.eq(now)).execute(connection).map(|_| ())
}

/// Ends one live session of a user; `false` when there is none with this id.
pub fn revoke_own_session(
    connection: &mut DbConnection,
    user_id: &str,
    session_id: &str,
    now: NaiveDateTime,
) -> QueryResult<bool> {
    let own = sessions::table
        .find(session_id)
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now));
    diesel::update(own).set(sessions::revoked_at.eq(now)).execute(connection).map(|rows| rows == 1)
}

/// A user's live sessions, last used first.
pub fn live_sessions(
    connection: &mut DbConnection,
    user_id: &str,
    now: NaiveDateTime,
) -> QueryResult<Vec<LiveSession>> {
    sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .order((sessions::last_used_at.desc(), sessions::id.desc()))
        .limit(SESSIONS_SHOWN)
        .select(LiveSession::as_select())
        .load(connection)
}

/// Stores a new password's hash.
pub fn set_password(
    connection: &mut DbConnection,
    user_id: &str,
    password_hash: &str,
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(users::table.find(user_id))
        .set((users::password_hash.eq(password_hash), users::updated_at.eq(now)))
        .execute(connection)
        .map(|_| ())
}

/// What changes of an account; the rest stays as it is, whoever else changes it meanwhile.
pub struct ProfileChange<'c> {
    /// The new address.
    pub email: Option<&'c str>,
    /// The new given name.
    pub first_name: Option<&'c str>,
    /// The new family name.
    pub last_name: Option<&'c str>,
}

/// Changes an account's names or address; fails with a unique violation when the address is taken.
pub fn update_profile(
    connection: &mut DbConnection,
    user_id: &str,
    change: &ProfileChange<'_>,
    now: NaiveDateTime,
) -> QueryResult<()> {
    diesel::update(users::table.find(user_id))
        .set((
            change.email.map(|email| users::email.eq(email)),
            change.first_name.map(|name| users::first_name.eq(name)),
            change.last_name.map(|name| users::last_name.eq(name)),
            users::updated_at.eq(now),
        ))
        .execute(connection)
        .map(|_| ())
}
