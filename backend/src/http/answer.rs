//! Answers in the shop's envelopes.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use serde::Serialize;
use shared_types::{Data, Message, Page, paths::IDEMPOTENT_REPLAYED};

use crate::{error::AppError, idempotency::StoredAnswer};

/// What a handler returns.
pub type Answer = Result<HttpResponse, AppError>;

/// What every answer of the API is.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
/// For answers that are one person's, or change with every request.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");

/// A JSON answer that nobody may store.
pub fn json<T: Serialize>(mut response: HttpResponseBuilder, body: &T) -> HttpResponse {
    match serde_json::to_vec(body) {
        Ok(bytes) => bytes_of_json(response, bytes),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            response.status(StatusCode::INTERNAL_SERVER_ERROR).finish()
        }
    }
}

/// An answer that is JSON already.
pub fn bytes_of_json(mut response: HttpResponseBuilder, bytes: impl Into<bytes::Bytes>) -> HttpResponse {
    response.insert_header((header::CONTENT_TYPE, JSON));
    response.insert_header((header::CACHE_CONTROL, PRIVATE));
    response.body(bytes.into())
}

/// 200 `{success, data}`.
pub fn ok<T: Serialize>(data: T) -> HttpResponse {
    json(HttpResponse::Ok(), &Data::new(data))
}

/// 201 `{success, data}`.
pub fn created<T: Serialize>(data: T) -> HttpResponse {
    json(HttpResponse::Created(), &Data::new(data))
}

/// 200 `{success, data: […], meta}`.
pub fn page<T: Serialize>(page: &Page<T>) -> HttpResponse {
    json(HttpResponse::Ok(), page)
}

/// 200 `{success, message}`.
pub fn message(text: &'static str) -> HttpResponse {
    json(HttpResponse::Ok(), &Message::new(text))
}

/// An answer that was stored, or could have been, byte for byte.
pub fn stored(answer: StoredAnswer) -> Answer {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    if answer.is_replay {
        response.insert_header((IDEMPOTENT_REPLAYED, "true"));
    }
    Ok(bytes_of_json(response, answer.body))
}
