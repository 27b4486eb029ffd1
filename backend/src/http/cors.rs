//! Cross-origin requests, for the origins in `CORS_ORIGINS`.
//!
//! A disallowed origin gets an ordinary answer without CORS headers: the browser, not the server, keeps it from reading.

use actix_web::{
    HttpResponse,
    dev::ServiceRequest,
    http::{
        Method,
        header::{self, HeaderMap, HeaderValue},
    },
    web,
};

use crate::state::State;

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id",
);
/// All that the API sends and a script may not read by itself.
const RESPONSE_HEADERS: HeaderValue = HeaderValue::from_static(
    "etag, idempotent-replayed, location, retry-after, www-authenticate, x-ratelimit-limit, x-ratelimit-remaining, \
     x-ratelimit-reset, x-request-id",
);
const BY_ORIGIN: HeaderValue = HeaderValue::from_static("Origin");
/// Seconds a browser may remember a preflight's answer: the longest Chromium accepts.
const PREFLIGHT_MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// The answer to a preflight: 204. `None` for every other request.
pub fn preflight(request: &ServiceRequest, origin: &HeaderValue) -> Option<HttpResponse> {
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    is_preflight.then(|| {
        let mut response = HttpResponse::NoContent().finish();
        allow(response.headers_mut(), origin);
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        response.headers_mut().insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_MAX_AGE);
        response.headers_mut().insert(header::VARY, BY_ORIGIN);
        response
    })
}

/// Marks an answer for the origin that may read it.
pub fn mark(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    if let Some(origin) = origin {
        allow(headers, &origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
    }
    headers.append(header::VARY, BY_ORIGIN);
}

/// The origin of a request, if it is one in `CORS_ORIGINS`.
pub fn allowed_origin(request: &ServiceRequest) -> Option<HeaderValue> {
    let origin = request.headers().get(header::ORIGIN)?;
    let text = origin.to_str().ok()?;
    let state = request.app_data::<web::Data<State>>()?;
    state.config.server.cors_origins.iter().any(|rule| rule.allows(text)).then(|| origin.clone())
}

fn allow(headers: &mut HeaderMap, origin: &HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
}
