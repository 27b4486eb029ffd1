//! Who is on the other end of the connection.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};

use crate::error::AppError;

/// Longest device description that is stored, in characters.
const USER_AGENT_MAX: usize = 200;

/// The client's address and device, as shown in the list of sessions.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The address of the connection's other end.
    pub address: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
}

impl FromRequest for Client {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user_agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        ready(Ok(Self {
            address: request.peer_addr().map(|address| address.ip().to_string()),
            user_agent: user_agent.map(|text| text.chars().take(USER_AGENT_MAX).collect()),
        }))
    }
}
