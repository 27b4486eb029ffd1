//! Rules of the administration of accounts.

use serde::Serialize;
use shared_types::{
    Page,
    auth::Role,
    users::{UpdateUser, UserAccount, UserQuery},
};

use super::repo;
use crate::{
    db::{DbConnection, time::now},
    error::AppError,
    features::{
        audit,
        auth::{self, domain::User},
    },
    http::identity::CurrentUser,
    state::State,
};

/// One page of all accounts.
pub async fn list(state: &State, query: UserQuery) -> Result<Page<UserAccount>, AppError> {
    state
        .db
        .read(move |connection| {
            let total = repo::count(connection, &query)?;
            let rows = repo::list(connection, &query)?.iter().map(account).collect();
            Ok(Page::new(rows, query.page, query.limit, total))
        })
        .await
}

/// Changes somebody's account. What does not differ is no change.
pub async fn update(
    state: &State,
    admin: CurrentUser,
    user_id: String,
    change: UpdateUser,
    request_id: String,
) -> Result<UserAccount, AppError> {
    let user = state
        .db
        .write(move |connection| update_in(connection, &admin.id, &user_id, &change, &request_id))
        .await?;
    tracing::info!(event = "account_changed", user = user.id, "an administrator changed an account");
    Ok(account(&user))
}

fn update_in(
    connection: &mut DbConnection,
    admin_id: &str,
    user_id: &str,
    change: &UpdateUser,
    request_id: &str,
) -> Result<User, AppError> {
    // Both rows are locked before either is read, always in the same order: two administrators who demote each other
    // stand in line here, and the second one sees what the first one did.
    let (first, second) = if admin_id < user_id { (admin_id, user_id) } else { (user_id, admin_id) };
    repo::lock(connection, first)?;
    repo::lock(connection, second)?;
    let admin = auth::repo::user_by_id(connection, admin_id)?;
    if !admin.is_some_and(|admin| admin.is_active && admin.role == Role::Admin) {
        return Err(AppError::admins_only());
    }
    let before =
        auth::repo::user_by_id(connection, user_id)?.ok_or_else(|| AppError::not_found("User not found"))?;
    let mut after = before.clone();
    after.is_active = change.is_active.unwrap_or(before.is_active);
    after.role = change.role.unwrap_or(before.role);
    if (after.is_active, after.role) == (before.is_active, before.role) {
        return Ok(before);
    }
    if admin_id == user_id {
        return Err(AppError::bad_request("You cannot disable or demote yourself"));
    }
    after.updated_at = now();
    repo::set_rights(connection, &after)?;
    if after.is_active != before.is_active {
        repo::revoke_sessions(connection, user_id, after.updated_at)?;
    }
    let entry = audit::repo::Entry {
        actor_id: admin_id,
        action: "user.update",
        entity: "user",
        entity_id: user_id,
        before: Some(&Rights::of(&before)),
        after: Some(&Rights::of(&after)),
        request_id,
    };
    audit::repo::record(connection, &entry)?;
    Ok(after)
}

/// What is written down of an account: no more of a person than what changed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rights {
    is_active: bool,
    role: Role,
}

impl Rights {
    fn of(user: &User) -> Self {
        Self { is_active: user.is_active, role: user.role }
    }
}

fn account(user: &User) -> UserAccount {
    UserAccount { profile: user.profile(), is_active: user.is_active }
}
