//! Rules of accounts and sessions.

use shared_types::auth::{LoggedIn, Login, Register, Registered, Role, UserProfile};

use super::{
    domain::{User, session_expiry},
    repo,
    token::{hash_refresh_token, new_refresh_token},
};
use crate::{
    db::{DbConnection, DbError, new_id, time::now},
    error::AppError,
    http::{client::Client, identity::CurrentUser},
    state::State,
};

/// An answer together with the refresh token that goes into the cookie.
pub struct WithRefresh<T> {
    /// For the body.
    pub answer: T,
    /// For the cookie.
    pub refresh_token: String,
}

/// Opens an account, always a customer's, and signs in.
pub async fn register(
    state: &State,
    request: Register,
    client: Client,
) -> Result<WithRefresh<Registered>, AppError> {
    let password_hash = state.passwords.hash(request.password).await?;
    let created_at = now();
    let user = User {
        id: new_id(),
        email: request.email.as_str().to_owned(),
        password_hash,
        first_name: request.first_name,
        last_name: request.last_name,
        role: Role::Customer,
        is_active: true,
        created_at,
        updated_at: created_at,
    };
    let (user, session) = state
        .db
        .write(move |connection| {
            repo::insert_user(connection, &user).map_err(|error| match DbError::from(error) {
                DbError::Taken(_) => AppError::conflict("User with this email already exists"),
                other => other.into(),
            })?;
            let session = open_session(connection, &user.id, client)?;
            Ok::<_, AppError>((user, session))
        })
        .await?;
    let token = state.tokens.sign(&user.id, user.role, &session.id)?;
    Ok(WithRefresh {
        answer: Registered { user: user.public(), token },
        refresh_token: session.refresh_token,
    })
}

/// Signs in. Whether the address or the password was wrong is not told, neither by words nor by time.
pub async fn login(state: &State, request: Login, client: Client) -> Result<WithRefresh<LoggedIn>, AppError> {
    let email = request.email.as_str().to_owned();
    let user = state
        .db
        .read(move |connection| repo::user_by_email(connection, &email).map_err(AppError::from))
        .await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let password_is_right = state.passwords.verify(request.password, hash).await?;
    let user = user.filter(|_| password_is_right).ok_or_else(|| {
        tracing::warn!(event = "login_failed", "sign-in refused");
        AppError::unauthorized("Invalid email or password")
    })?;
    if !user.is_active {
        tracing::warn!(event = "login_disabled", user = user.id, "sign-in to a disabled account");
        return Err(AppError::unauthorized("Account is disabled"));
    }
    let user_id = user.id.clone();
    let session = state.db.write(move |connection| open_session(connection, &user_id, client)).await?;
    let token = state.tokens.sign(&user.id, user.role, &session.id)?;
    Ok(WithRefresh { answer: LoggedIn { user: user.summary(), token }, refresh_token: session.refresh_token })
}

/// Exchanges a refresh token for an access token and the next refresh token. One that was used before ends its session.
pub async fn refresh(state: &State, refresh_token: Option<String>) -> Result<WithRefresh<String>, AppError> {
    let hash = hash_refresh_token(&refresh_token.ok_or_else(AppError::bad_token)?);
    let next_token = new_refresh_token()?;
    let next_hash = hash_refresh_token(&next_token);
    let outcome = state.db.write(move |connection| rotate(connection, &hash, &next_hash)).await?;
    match outcome {
        Rotation::Done { user_id, role, session_id } => {
            let answer = state.tokens.sign(&user_id, role, &session_id)?;
            Ok(WithRefresh { answer, refresh_token: next_token })
        }
        Rotation::Reused { session_id } => {
            tracing::warn!(
                event = "refresh_token_reused",
                session = session_id,
                "a used refresh token came again; session ended"
            );
            Err(AppError::bad_token())
        }
        Rotation::Refused => Err(AppError::bad_token()),
    }
}

enum Rotation {
    Done { user_id: String, role: Role, session_id: String },
    Reused { session_id: String },
    Refused,
}

/// Refusals are answers here, not errors: ending the session must be committed.
fn rotate(connection: &mut DbConnection, hash: &str, next_hash: &str) -> Result<Rotation, AppError> {
    let now = now();
    let Some(found) = repo::find_refresh_token(connection, hash, now)? else {
        return Ok(Rotation::Refused);
    };
    if !found.session_is_live {
        return Ok(Rotation::Refused);
    }
    if found.is_used || !repo::use_refresh_token(connection, hash, now)? {
        repo::revoke_session(connection, &found.session_id, now)?;
        return Ok(Rotation::Reused { session_id: found.session_id });
    }
    let Some(role) = repo::role_in_session(connection, &found.user_id, &found.session_id, now)? else {
        return Ok(Rotation::Refused);
    };
    repo::insert_refresh_token(connection, next_hash, &found.session_id, now)?;
    repo::touch_session(connection, &found.session_id, now, session_expiry(now))?;
    Ok(Rotation::Done { user_id: found.user_id, role, session_id: found.session_id })
}

/// Signs out: the session's tokens stop working at once.
pub async fn logout(state: &State, user: CurrentUser) -> Result<(), AppError> {
    state.db.write(move |connection| Ok(repo::revoke_session(connection, &user.session_id, now())?)).await
}

/// The caller's own account.
pub async fn me(state: &State, user: CurrentUser) -> Result<UserProfile, AppError> {
    let found = state
        .db
        .read(move |connection| repo::user_by_id(connection, &user.id).map_err(AppError::from))
        .await?;
    found.map(|user| user.profile()).ok_or_else(|| AppError::not_found("User not found"))
}

/// Identifies the holder of an access token, whose account and session must be valid now.
pub async fn authenticate(state: &State, token: &str) -> Result<CurrentUser, AppError> {
    let claims = state.tokens.check(token).ok_or_else(AppError::bad_token)?;
    let (id, session_id) = (claims.sub.clone(), claims.sid.clone());
    let role = state
        .db
        .read(move |connection| {
            repo::role_in_session(connection, &id, &session_id, now()).map_err(AppError::from)
        })
        .await?;
    let role = role.ok_or_else(AppError::bad_token)?;
    Ok(CurrentUser { id: claims.sub, role, session_id: claims.sid })
}

struct OpenSession {
    id: String,
    refresh_token: String,
}

fn open_session(
    connection: &mut DbConnection,
    user_id: &str,
    client: Client,
) -> Result<OpenSession, AppError> {
    let now = now();
    let session = repo::NewSession {
        id: new_id(),
        user_id: user_id.to_owned(),
        user_agent: client.user_agent,
        address: client.address,
        created_at: now,
        last_used_at: now,
        expires_at: session_expiry(now),
    };
    repo::insert_session(connection, &session)?;
    let refresh_token = new_refresh_token()?;
    repo::insert_refresh_token(connection, &hash_refresh_token(&refresh_token), &session.id, now)?;
    Ok(OpenSession { id: session.id, refresh_token })
}
