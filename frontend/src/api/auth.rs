//! Accounts.

use shared_types::{
    Message,
    auth::{
        ChangePassword, LoggedIn, Login, ProfileUpdated, Refreshed, Register, Registered, SessionInfo,
        UpdateProfile, UserProfile,
    },
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
    Endpoint::post_empty(paths::auth::REFRESH, data).outliving_page()
}

/// Ends the session.
pub fn logout() -> Endpoint<Message> {
    Endpoint::post_empty(paths::auth::LOGOUT, message).private().outliving_page()
}

/// Who is signed in.
pub fn me() -> Endpoint<UserProfile> {
    Endpoint::get(paths::auth::ME, Vec::new(), data).private()
}

/// Changes name or e-mail address.
pub fn update_me(request: &UpdateProfile) -> Endpoint<ProfileUpdated> {
    Endpoint::patch(paths::auth::ME, request, data).private()
}

/// Changes the password; other sessions end.
pub fn change_password(request: &ChangePassword) -> Endpoint<Message> {
    Endpoint::post(paths::auth::CHANGE_PASSWORD, request, message).private()
}

/// The devices that are signed in.
pub fn sessions() -> Endpoint<Vec<SessionInfo>> {
    Endpoint::get(paths::auth::SESSIONS, Vec::new(), data).private()
}

/// Signs a device out.
pub fn end_session(id: &str) -> Endpoint<Message> {
    Endpoint::delete(paths::auth::session(id), message).private()
}

/// Signs all other devices out.
pub fn end_other_sessions() -> Endpoint<Message> {
    Endpoint::delete(paths::auth::SESSIONS, message).private()
}
