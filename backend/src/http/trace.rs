//! The trace of a request: its caller's, if it has one, or one that begins here.

use actix_web::{
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName},
    web::Data,
};

use crate::{
    state::State,
    telemetry::traces::{self, Extractor, Parent, Span},
};

/// Who asked, when the caller has a trace of its own: the header of W3C's recommendation.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The trace of a request that is being served.
pub struct Trace {
    span: Span,
    id: Option<String>,
}

/// Headers as traces read them.
struct Headers<'h>(&'h HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}

impl Trace {
    /// From now on the request is served. Without a collector its caller's trace is still named in the log.
    pub fn begin(request: &ServiceRequest) -> Self {
        let headers = request.headers();
        let caller =
            if headers.contains_key(&TRACEPARENT) { traces::caller(&Headers(headers)) } else { None };
        let state = request.app_data::<Data<State>>();
        let method = request.method().as_str();
        let span = state.map(|state| state.traces.request(caller.as_ref(), method)).unwrap_or_default();
        let id = caller.as_ref().map(traces::trace_id).or_else(|| span.trace_id());
        Self { span, id }
    }

    /// What happens while it is served is part of it.
    pub fn parent(&self) -> Option<Parent> {
        self.span.parent()
    }

    /// As it is named in the log.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// It was answered.
    pub fn end(mut self, response: &ServiceResponse, method: &str, route: &str, request_id: &str) {
        let status = response.status();
        self.span.rename(|| format!("{method} {route}"));
        self.span.set("http.request.method", || method.to_owned());
        self.span.set("http.route", || route.to_owned());
        self.span.set("http.response.status_code", || i64::from(status.as_u16()));
        self.span.set("shop.request_id", || request_id.to_owned());
        if status.is_server_error() {
            self.span.fail("server error");
        }
    }
}
