//! Doing what a request asks once, however often it comes: the rules between the `Idempotency-Key` header and what
//! `db/idempotency.rs` stores under it. Placing and paying an order and merging a cart follow them.

use serde::Serialize;
use sha2::{Digest, Sha256};
use shared_types::{FieldErrors, paths::IDEMPOTENCY_KEY};

use crate::{
    db::{
        DbConnection,
        idempotency::{self, Claim, KeyedRequest},
        time::now,
    },
    digest::hex,
    error::AppError,
    http::identity::CurrentUser,
};

/// An answer that was stored, or could have been: sent byte for byte.
#[derive(Debug, Clone)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
    /// Whether it was given before.
    pub is_replay: bool,
}

impl StoredAnswer {
    /// An answer that is given for the first time.
    pub fn new<T: Serialize>(status: u16, body: &T) -> Result<Self, AppError> {
        let body = serde_json::to_string(body)
            .map_err(|error| AppError::Internal(format!("writing an answer: {error}")))?;
        Ok(Self { status, body, is_replay: false })
    }
}

/// The key of a request, when the client gave one. What is hashed must not contain what must not be stored.
pub fn keyed_request<T: Serialize>(
    user: &CurrentUser,
    key: Option<String>,
    action: &str,
    request: &T,
) -> Option<KeyedRequest> {
    let body = serde_json::to_string(request).unwrap_or_default();
    let request_hash = hex(&Sha256::digest(format!("{action}\n{body}")));
    key.map(|key| KeyedRequest { user_id: user.id.clone(), key, request_hash })
}

/// What a claimed key means for the request: go on, answer as before, or refuse.
pub fn claim(
    connection: &mut DbConnection,
    keyed: Option<&KeyedRequest>,
) -> Result<Option<StoredAnswer>, AppError> {
    let Some(keyed) = keyed else { return Ok(None) };
    match idempotency::claim(connection, keyed, now())? {
        Claim::Fresh => Ok(None),
        Claim::Answered(status, body) => Ok(Some(StoredAnswer { status, body, is_replay: true })),
        Claim::Mismatch => {
            Err(AppError::Invalid(FieldErrors::single(IDEMPOTENCY_KEY, "Was used for a different request")))
        }
        Claim::Running | Claim::Raced => {
            Err(AppError::in_progress("A request with this Idempotency-Key is still being processed", 1))
        }
    }
}

/// Stores an answer under the request's key, if it has one. Part of the transaction of what is answered.
pub fn complete(
    connection: &mut DbConnection,
    keyed: Option<&KeyedRequest>,
    answer: &StoredAnswer,
) -> Result<(), AppError> {
    if let Some(keyed) = keyed {
        idempotency::complete(connection, keyed, answer.status, &answer.body)?;
    }
    Ok(())
}

/// Gives a claimed key back, if the request has one, so that the request can be repeated.
pub fn release(connection: &mut DbConnection, keyed: Option<&KeyedRequest>) -> Result<(), AppError> {
    if let Some(keyed) = keyed {
        idempotency::release(connection, keyed)?;
    }
    Ok(())
}
