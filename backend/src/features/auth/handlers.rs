//! `/api/auth`

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    delete, get, patch, post,
    web::Data,
};
use shared_types::{
    Data as DataOf, ErrorBody, Message,
    auth::{
        ChangePassword, LoggedIn, Login, ProfileUpdated, Refreshed, Register, Registered, SessionInfo,
        UpdateProfile, UserProfile,
    },
};

use super::{domain::SESSION_DAYS, service};
use crate::{
    http::{
        answer::{Answer, created, message, ok},
        client::Client,
        identity::CurrentUser,
        input::{Body, Call, Key},
        own_pages,
    },
    state::State,
};

/// Carries the refresh token; only `/api/auth` ever sees it.
const REFRESH_COOKIE: &str = "refresh_token";
const COOKIE_PATH: &str = "/api/auth";

/// Open an account and sign in
#[utoipa::path(tag = "auth", operation_id = "register", request_body = Register, security(()),
    responses((status = 201, description = "The account, and a first access token", body = DataOf<Registered>),
              (status = 409, description = "The address is taken", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[post("/register")]
pub async fn register(state: Data<State>, Body(request): Body<Register>, client: Client) -> Answer {
    let registered = service::register(&state, request, client).await?;
    Ok(with_cookie(&state, created(registered.answer), registered.refresh_token))
}

/// Sign in
#[utoipa::path(tag = "auth", operation_id = "login", request_body = Login, security(()),
    responses((status = 200, description = "An access token; the refresh token is a cookie", body = DataOf<LoggedIn>),
              (status = 401, description = "Wrong credentials, or a disabled account", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[post("/login")]
pub async fn login(state: Data<State>, Body(request): Body<Login>, client: Client) -> Answer {
    let logged_in = service::login(&state, request, client).await?;
    Ok(with_cookie(&state, ok(logged_in.answer), logged_in.refresh_token))
}

/// Exchange the refresh cookie for a new access token
#[utoipa::path(tag = "auth", operation_id = "refresh", security(()),
    responses((status = 200, description = "A new access token and a rotated cookie", body = DataOf<Refreshed>),
              (status = 401, description = "No cookie, or one that does not work any more", body = ErrorBody)))]
#[post("/refresh")]
pub async fn refresh(state: Data<State>, request: HttpRequest) -> Answer {
    let given = own_pages::cookie(&request, REFRESH_COOKIE, &state.config.server);
    let refreshed = service::refresh(&state, given).await?;
    Ok(with_cookie(&state, ok(Refreshed { token: refreshed.answer }), refreshed.refresh_token))
}

/// Sign out; the session ends at once
#[utoipa::path(tag = "auth", operation_id = "logout",
    responses((status = 200, description = "Signed out", body = Message),
              (status = 401, description = "Not signed in", body = ErrorBody)))]
#[post("/logout")]
pub async fn logout(state: Data<State>, user: CurrentUser) -> Answer {
    service::logout(&state, user).await?;
    let mut response = message("Logged out successfully");
    set_cookie(&mut response, cookie(&state, String::new(), Duration::ZERO));
    Ok(response)
}

/// The caller's account
#[utoipa::path(tag = "auth", operation_id = "getMe",
    responses((status = 200, description = "The account", body = DataOf<UserProfile>),
              (status = 401, description = "Not signed in", body = ErrorBody)))]
#[get("/me")]
pub async fn me(state: Data<State>, user: CurrentUser) -> Answer {
    Ok(ok(service::me(&state, user).await?))
}

/// Change the caller's account
#[utoipa::path(tag = "auth", operation_id = "updateMe", request_body = UpdateProfile,
    responses((status = 200, description = "The account", body = DataOf<ProfileUpdated>),
              (status = 400, description = "The password is wrong", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 409, description = "The address is taken", body = ErrorBody),
              (status = 422, description = "A field is wrong, or a new address comes without the password", body = ErrorBody)))]
#[patch("/me")]
pub async fn update_me(
    state: Data<State>,
    call: Call<CurrentUser, Body<UpdateProfile>>,
    client: Client,
) -> Answer {
    Ok(ok(service::update_profile(&state, call.caller, call.input.0, &client).await?))
}

/// Change the password; the caller's other sessions end
#[utoipa::path(tag = "auth", operation_id = "changePassword", request_body = ChangePassword,
    responses((status = 200, description = "Changed", body = Message),
              (status = 400, description = "The current password is wrong", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[post("/change-password")]
pub async fn change_password(
    state: Data<State>,
    call: Call<CurrentUser, Body<ChangePassword>>,
    client: Client,
) -> Answer {
    service::change_password(&state, call.caller, call.input.0, &client).await?;
    Ok(message("Password changed successfully"))
}

/// The devices that are signed in
#[utoipa::path(tag = "auth", operation_id = "listSessions",
    responses((status = 200, description = "The caller's sessions, last used first", body = DataOf<Vec<SessionInfo>>),
              (status = 401, description = "Not signed in", body = ErrorBody)))]
#[get("/sessions")]
pub async fn list_sessions(state: Data<State>, user: CurrentUser) -> Answer {
    Ok(ok(service::list_sessions(&state, user).await?))
}

/// Sign a device out
#[utoipa::path(tag = "auth", operation_id = "endSession",
    params(("key" = String, Path, description = "The session's id")),
    responses((status = 200, description = "Signed out", body = Message),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 404, description = "There is none, or it is not yours", body = ErrorBody)))]
#[delete("/sessions/{key}")]
pub async fn end_session(state: Data<State>, key: Key, user: CurrentUser) -> Answer {
    service::end_session(&state, user, key.0).await?;
    Ok(message("Session ended"))
}

/// Sign all other devices out
#[utoipa::path(tag = "auth", operation_id = "endOtherSessions",
    responses((status = 200, description = "Signed out", body = Message),
              (status = 401, description = "Not signed in", body = ErrorBody)))]
#[delete("/sessions")]
pub async fn end_other_sessions(state: Data<State>, user: CurrentUser) -> Answer {
    service::end_other_sessions(&state, user).await?;
    Ok(message("Other sessions ended"))
}

fn with_cookie(state: &State, mut response: HttpResponse, refresh_token: String) -> HttpResponse {
    set_cookie(&mut response, cookie(state, refresh_token, Duration::days(SESSION_DAYS)));
    response
}

fn cookie(state: &State, value: String, max_age: Duration) -> Cookie<'static> {
    Cookie::build(REFRESH_COOKIE, value)
        .path(COOKIE_PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(state.config.accounts.secure_cookies)
        .max_age(max_age)
        .finish()
}

fn set_cookie(response: &mut HttpResponse, cookie: Cookie<'static>) {
    if let Err(error) = response.add_cookie(&cookie) {
        tracing::error!(%error, "the refresh cookie could not be set");
    }
}
