//! Reading requests in the contract's order: the body is parsed, then the caller is identified, then fields are checked.
//!
//! Arguments of a handler would be extracted side by side, and a bad field could be reported to somebody who is not even
//! signed in. So a handler that needs both takes one argument, [`Call`], which keeps the order.

use std::{
    collections::BTreeMap,
    future::{Future, Ready, ready},
    time::Duration,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::header,
    web::{Bytes, PayloadConfig},
};
use futures_util::future::LocalBoxFuture;
use serde_json::{Map, Value};
use shared_types::{FieldErrors, FromFields, validate};

use crate::error::AppError;

/// Largest request body, in bytes: 1 MiB.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// How long a body may take to arrive: a slow client must not hold its request for ever.
const BODY_WAIT: Duration = Duration::from_secs(10);

/// The limit, for the framework's own reader.
pub fn payload_config() -> PayloadConfig {
    PayloadConfig::new(BODY_LIMIT)
}

/// Something a request carries, read in two steps so that identification can happen in between.
pub trait Input: Sized + 'static {
    /// What was received, not yet checked.
    type Raw: 'static;

    /// Receives and parses.
    fn receive(
        request: &HttpRequest,
        payload: &mut Payload,
    ) -> impl Future<Output = Result<Self::Raw, AppError>> + use<Self>;

    /// Checks what was received.
    fn check(raw: Self::Raw) -> Result<Self, AppError>;
}

/// A caller, and whether such a caller may come in.
pub trait Caller: Sized + 'static {
    /// Identifies the caller by the `Authorization` header.
    fn identify(request: &HttpRequest) -> impl Future<Output = Result<Self, AppError>> + 'static;
}

/// A request by a known caller with an input.
pub struct Call<C, I> {
    /// Who asks.
    pub caller: C,
    /// What for.
    pub input: I,
}

impl<C: Caller, I: Input> FromRequest for Call<C, I> {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let receiving = I::receive(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let raw = receiving.await?;
            let caller = C::identify(&request).await?;
            Ok(Self { caller, input: I::check(raw)? })
        })
    }
}

/// A JSON body, read as `T`.
pub struct Body<T>(pub T);

impl<T: FromFields + 'static> Input for Body<T> {
    type Raw = Option<Value>;

    fn receive(
        request: &HttpRequest,
        payload: &mut Payload,
    ) -> impl Future<Output = Result<Self::Raw, AppError>> + use<T> {
        let request = request.clone();
        let receiving = body_bytes(&request, payload);
        async move { parse_json(&request, &receiving.await?) }
    }

    fn check(raw: Self::Raw) -> Result<Self, AppError> {
        validate(raw.as_ref()).map(Self).map_err(AppError::Invalid)
    }
}

impl<T: FromFields + 'static> FromRequest for Body<T> {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let receiving = <Self as Input>::receive(request, payload);
        Box::pin(async move { Self::check(receiving.await?) })
    }
}

/// The whole body, up to the limit.
pub fn body_bytes(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<Bytes, AppError>> + use<> {
    let bytes = Bytes::from_request(request, payload);
    async move {
        let arrived = tokio::time::timeout(BODY_WAIT, bytes).await;
        let late = |_| AppError::bad_request("Request body took too long to arrive");
        arrived.map_err(late)?.map_err(|error| unreadable(&error))
    }
}

/// A body as JSON; `None` when it is empty.
pub fn parse_json(request: &HttpRequest, bytes: &[u8]) -> Result<Option<Value>, AppError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    if !request.content_type().eq_ignore_ascii_case("application/json") {
        return Err(AppError::not_json());
    }
    serde_json::from_slice(bytes)
        .map(Some)
        .map_err(|_| AppError::bad_request("Request body is not valid JSON"))
}

fn unreadable(error: &actix_web::Error) -> AppError {
    match error.as_error::<PayloadError>() {
        Some(PayloadError::Overflow) => AppError::too_large(),
        _ if error.as_response_error().status_code() == actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => {
            AppError::too_large()
        }
        _ => AppError::bad_request("Request body could not be read"),
    }
}

/// The query string, read as `T`.
pub struct Query<T>(pub T);

impl<T: FromFields + 'static> Input for Query<T> {
    type Raw = String;

    fn receive(
        request: &HttpRequest,
        _: &mut Payload,
    ) -> impl Future<Output = Result<Self::Raw, AppError>> + use<T> {
        let query = request.query_string().to_owned();
        async move { Ok(query) }
    }

    fn check(raw: Self::Raw) -> Result<Self, AppError> {
        let fields = parse_query(&raw).map_err(AppError::Invalid)?;
        validate(Some(&Value::Object(fields))).map(Self).map_err(AppError::Invalid)
    }
}

impl<T: FromFields + 'static> FromRequest for Query<T> {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = request.query_string().to_owned();
        Box::pin(async move { <Self as Input>::check(query) })
    }
}

/// Parameters by name. One that comes twice is refused: which of the two was meant can't be known.
fn parse_query(query: &str) -> Result<Map<String, Value>, FieldErrors> {
    let pairs = actix_web::web::Query::<Vec<(String, String)>>::from_query(query)
        .map_err(|_| FieldErrors::single("", "The query string can't be read"))?;
    let mut fields = BTreeMap::new();
    let mut errors = FieldErrors::default();
    for (name, value) in pairs.into_inner() {
        if fields.insert(name.clone(), value).is_some() && errors.first(&name).is_none() {
            errors.add(&name, "Must be given once");
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(fields.into_iter().map(|(name, value)| (name, Value::String(value))).collect())
}

impl<A: Input, B: Input> Input for (A, B) {
    type Raw = (A::Raw, B::Raw);

    fn receive(
        request: &HttpRequest,
        payload: &mut Payload,
    ) -> impl Future<Output = Result<Self::Raw, AppError>> + use<A, B> {
        let first = A::receive(request, payload);
        let second = B::receive(request, payload);
        async move { Ok((first.await?, second.await?)) }
    }

    fn check(raw: Self::Raw) -> Result<Self, AppError> {
        Ok((A::check(raw.0)?, B::check(raw.1)?))
    }
}

/// The one variable segment of an address: an id, a slug, a number. Whatever can't be one stands for nothing that exists.
pub struct Key(pub String);

impl FromRequest for Key {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let key = actix_web::web::Path::<String>::extract(request)
            .into_inner()
            .map(actix_web::web::Path::into_inner);
        // U+0000 is the one character PostgreSQL can't compare with.
        ready(
            key.ok()
                .filter(|key| !key.contains('\0'))
                .map(Self)
                .ok_or_else(|| AppError::not_found("Not found")),
        )
    }
}

/// The value of a header, if it is readable text.
pub fn header_text(request: &HttpRequest, name: impl header::AsHeaderName) -> Option<String> {
    request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::parse_query;

    #[test]
    fn parameters_are_decoded() {
        let fields = parse_query("a=1&b=x%20y+z").unwrap();
        assert_eq!(fields.get("b").and_then(|value| value.as_str()), Some("x y z"));
    }

    #[test]
    fn a_repeated_parameter_is_refused_by_name() {
        let errors = parse_query("page=1&page=2&page=3").unwrap_err();
        assert_eq!(errors.first("page"), Some("Must be given once"));
        assert_eq!(errors.iter().count(), 1);
    }
}
