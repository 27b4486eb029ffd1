//! Accounts.

use shared_types::{
    Message,
    auth::{LoggedIn, Login, Refreshed, Register, Registered, UserProfile},
    paths,
};

use super::endpoint::{Endpoint, data, message};

/// Makes an account.
pub fn register(request: &Register) -> Endpoint<Registered> {
    Endpoint::post(paths::auth::REGISTER, request, data)
}

/// Signs in.
pub fn login(request: &Login) -> Endpoint<LoggedIn> {
    Endpoint::post(paths::auth::LOGIN, request, data)
}

/// Trades the refresh cookie for an access token.
pub fn refresh() -> Endpoint<Refreshed> {
    Endpoint::post_empty(paths::auth::REFRESH, data)
}

/// Ends the session.
pub fn logout() -> Endpoint<Message> {
    Endpoint::post_empty(paths::auth::LOGOUT, message).private()
}

/// Who is signed in.
pub fn me() -> Endpoint<UserProfile> {
    Endpoint::get(paths::auth::ME, Vec::new(), data).private()
}
