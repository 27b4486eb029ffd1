//! Who is asking. Permission is the type of a handler's argument, so that no handler can forget to check it.

use std::future::Future;

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};
use futures_util::future::LocalBoxFuture;
use shared_types::auth::Role;

use super::input::{Caller, header_text};
use crate::{error::AppError, features::auth, state::State};

/// Somebody who is signed in, with an account and a session that are valid right now.
#[derive(Debug, Clone)]
pub struct CurrentUser {
    /// The account.
    pub id: String,
    /// What the account may do.
    pub role: Role,
    /// The session the token belongs to.
    pub session_id: String,
}

/// An administrator.
#[derive(Debug, Clone)]
pub struct AdminUser(pub CurrentUser);

/// Anybody; known when a valid token was sent. A bad token counts as none.
#[derive(Debug, Clone)]
pub struct MaybeUser(pub Option<CurrentUser>);

impl MaybeUser {
    /// Whether this is an administrator.
    pub fn is_admin(&self) -> bool {
        self.0.as_ref().is_some_and(|user| user.role == Role::Admin)
    }
}

/// Put into the request for the log.
#[derive(Clone)]
pub struct LoggedUser(pub String);

impl Caller for CurrentUser {
    fn identify(request: &HttpRequest) -> impl Future<Output = Result<Self, AppError>> + 'static {
        let request = request.clone();
        async move {
            let token = bearer_token(&request).ok_or_else(AppError::bad_token)?;
            let state = request
                .app_data::<web::Data<State>>()
                .ok_or_else(|| AppError::Internal("no state".to_owned()))?;
            let user = auth::service::authenticate(state, &token).await?;
            request.extensions_mut().insert(LoggedUser(user.id.clone()));
            Ok(user)
        }
    }
}

impl Caller for AdminUser {
    fn identify(request: &HttpRequest) -> impl Future<Output = Result<Self, AppError>> + 'static {
        let identifying = CurrentUser::identify(request);
        async move {
            let user = identifying.await?;
            if user.role == Role::Admin { Ok(Self(user)) } else { Err(AppError::admins_only()) }
        }
    }
}

impl Caller for MaybeUser {
    fn identify(request: &HttpRequest) -> impl Future<Output = Result<Self, AppError>> + 'static {
        let identifying =
            request.headers().contains_key(header::AUTHORIZATION).then(|| CurrentUser::identify(request));
        async move {
            let Some(identifying) = identifying else {
                return Ok(Self(None));
            };
            match identifying.await {
                Ok(user) => Ok(Self(Some(user))),
                Err(AppError::Refused { .. }) => Ok(Self(None)),
                Err(outage) => Err(outage),
            }
        }
    }
}

macro_rules! extract_by_identifying {
    ($($caller:ty),+) => {$(
        impl FromRequest for $caller {
            type Error = AppError;
            type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                Box::pin(Self::identify(request))
            }
        }
    )+};
}
extract_by_identifying!(CurrentUser, AdminUser, MaybeUser);

/// `Authorization: Bearer <token>`; the scheme in any case (RFC 9110, section 11.1).
fn bearer_token(request: &HttpRequest) -> Option<String> {
    let value = header_text(request, header::AUTHORIZATION)?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}
