//! Rules of accounts and sessions.

use shared_types::{
    FieldErrors,
    auth::{
        CURRENT_PASSWORD_REQUIRED, ChangePassword, Email, LoggedIn, Login, Password, ProfileUpdated,
        Register, Registered, Role, SessionInfo, UpdateProfile, UserProfile,
    },
};

use super::{
    domain::{User, session_expiry},
    repo::{self, ProfileChange},
    token::{hash_refresh_token, new_refresh_token},
};
use crate::{
    db::{
        DbConnection, conflict_if_taken, new_id,
        time::{now, to_wire},
    },
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
            repo::insert_user(connection, &user)
                .map_err(conflict_if_taken("User with this email already exists"))?;
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
    if !client.is_exempt {
        state.limits.count_login(&email).await?;
    }
    let user = state
        .db
        .read(move |connection| repo::user_by_email(connection, &email).map_err(AppError::from))
        .await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let password_is_right = state.passwords.verify(request.password, hash).await?;
    let user = user.filter(|_| password_is_right).ok_or_else(login_refused)?;
    if !user.is_active {
        tracing::warn!(event = "login_disabled", user = user.id, "sign-in to a disabled account");
        return Err(AppError::unauthorized("Account is disabled"));
    }
    let (user_id, hash) = (user.id.clone(), user.password_hash.clone());
    let open = move |connection: &mut DbConnection| {
        // While the password was being checked it may have been changed, or the account disabled, which ends all sessions:
        // none may be opened after that.
        let still_valid = repo::hold_for_sign_in(connection, &user_id, &hash)?;
        if still_valid { open_session(connection, &user_id, client) } else { Err(login_refused()) }
    };
    let session = state.db.write(open).await?;
    let token = state.tokens.sign(&user.id, user.role, &session.id)?;
    Ok(WithRefresh { answer: LoggedIn { user: user.summary(), token }, refresh_token: session.refresh_token })
}

fn login_refused() -> AppError {
    tracing::warn!(event = "login_failed", "sign-in refused");
    AppError::unauthorized("Invalid email or password")
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
pub async fn me(state: &State, caller: CurrentUser) -> Result<UserProfile, AppError> {
    own_account(state, &caller).await.map(|user| user.profile())
}

/// Changes names or the address of the caller's own account. Nothing given changes nothing.
pub async fn update_profile(
    state: &State,
    caller: CurrentUser,
    request: UpdateProfile,
    client: &Client,
) -> Result<ProfileUpdated, AppError> {
    let user = own_account(state, &caller).await?;
    let new_email =
        request.email.as_ref().map(Email::as_str).filter(|email| *email != user.email).map(str::to_owned);
    if new_email.is_some() {
        let missing = || FieldErrors::single("currentPassword", CURRENT_PASSWORD_REQUIRED);
        let password = request.current_password.clone().ok_or_else(|| AppError::Invalid(missing()))?;
        require_password(state, password, &user, client).await?;
    }
    if request.first_name.is_none() && request.last_name.is_none() && new_email.is_none() {
        return Ok(user.updated());
    }
    let change = move |connection: &mut DbConnection| {
        let change = ProfileChange {
            email: new_email.as_deref(),
            first_name: request.first_name.as_deref(),
            last_name: request.last_name.as_deref(),
        };
        repo::update_profile(connection, &caller.id, &change, now())
            .map_err(conflict_if_taken("Email is already in use"))?;
        let user = repo::user_by_id(connection, &caller.id)?.ok_or_else(user_not_found)?;
        Ok(user.updated())
    };
    state.db.write(change).await
}

/// Changes the caller's password and ends the other sessions, which somebody else may hold.
pub async fn change_password(
    state: &State,
    caller: CurrentUser,
    request: ChangePassword,
    client: &Client,
) -> Result<(), AppError> {
    let user = own_account(state, &caller).await?;
    require_password(state, request.current_password, &user, client).await?;
    let hash = state.passwords.hash(request.new_password).await?;
    state
        .db
        .write(move |connection| {
            let moment = now();
            repo::set_password(connection, &caller.id, &hash, moment)?;
            Ok::<_, AppError>(repo::revoke_other_sessions(
                connection,
                &caller.id,
                &caller.session_id,
                moment,
            )?)
        })
        .await?;
    tracing::info!(event = "password_changed", user = user.id, "password changed; other sessions ended");
    Ok(())
}

async fn own_account(state: &State, caller: &CurrentUser) -> Result<User, AppError> {
    let id = caller.id.clone();
    let found =
        state.db.read(move |connection| repo::user_by_id(connection, &id).map_err(AppError::from)).await?;
    found.ok_or_else(user_not_found)
}

/// Who holds a stolen token must not find out the password with it, so attempts are counted.
async fn require_password(
    state: &State,
    password: Password,
    user: &User,
    client: &Client,
) -> Result<(), AppError> {
    if !client.is_exempt {
        state.limits.count_password_check(&user.id).await?;
    }
    if state.passwords.verify(password, Some(user.password_hash.clone())).await? {
        return Ok(());
    }
    tracing::warn!(event = "password_check_failed", user = user.id, "a change was refused: wrong password");
    Err(AppError::bad_request("Current password is incorrect"))
}

fn user_not_found() -> AppError {
    AppError::not_found("User not found")
}

/// The devices the caller is signed in on.
pub async fn list_sessions(state: &State, caller: CurrentUser) -> Result<Vec<SessionInfo>, AppError> {
    state
        .db
        .read(move |connection| {
            let sessions = repo::live_sessions(connection, &caller.id, now())?;
            let shown = sessions.into_iter().map(|session| SessionInfo {
                is_current: session.id == caller.session_id,
                id: session.id,
                device: session.user_agent,
                address: session.address,
                created_at: to_wire(session.created_at),
                last_used_at: to_wire(session.last_used_at),
            });
            Ok(shown.collect())
        })
        .await
}

/// Ends one of the caller's sessions.
pub async fn end_session(state: &State, caller: CurrentUser, session_id: String) -> Result<(), AppError> {
    let end = move |connection: &mut DbConnection| {
        let ended = repo::revoke_own_session(connection, &caller.id, &session_id, now())?;
        if ended { Ok(()) } else { Err(AppError::not_found("Session not found")) }
    };
    state.db.write(end).await
}

/// Ends all of the caller's sessions but the one that asks.
pub async fn end_other_sessions(state: &State, caller: CurrentUser) -> Result<(), AppError> {
    let end = move |connection: &mut DbConnection| {
        Ok(repo::revoke_other_sessions(connection, &caller.id, &caller.session_id, now())?)
    };
    state.db.write(end).await
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
