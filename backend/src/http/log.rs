//! One line for each request: never bodies, tokens, addresses or anything else that is somebody's.

use std::time::{Duration, Instant};

use actix_web::{
    HttpMessage,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header::HeaderValue},
};
use tracing::Level;

use super::{identity::LoggedUser, recent::Route};
use crate::error::AppError;

/// The line of a request that is being served.
pub struct Line {
    started: Instant,
    method: Method,
}

impl Line {
    /// From now on the request is served.
    pub fn begin(request: &ServiceRequest) -> Self {
        Self { started: Instant::now(), method: request.method().clone() }
    }

    /// Logs method, route pattern, status, duration, request id and user id; for a failure of ours also the cause.
    pub fn end(self, response: &ServiceResponse, request_id: &HeaderValue) {
        let Self { started, method } = self;
        let status = response.status();
        if !status.is_server_error() && !tracing::enabled!(Level::INFO) {
            return;
        }
        let extensions = response.request().extensions();
        let known = extensions.get::<Route>().map(|route| route.0.as_ref());
        let routed = if known.is_none() { response.request().match_pattern() } else { None };
        let route = known.or(routed.as_deref()).unwrap_or("(none)");
        let duration_ms = milliseconds(started.elapsed());
        let request_id = request_id.to_str().unwrap_or_default();
        let user = extensions.get::<LoggedUser>().map_or("", |user| user.0.as_str());
        let (method, status_code) = (method.as_str(), status.as_u16());
        if status.is_server_error() {
            let cause = response.response().error().and_then(|error| error.as_error::<AppError>());
            let cause = cause.map(ToString::to_string).unwrap_or_default();
            tracing::error!(
                method,
                route,
                status = status_code,
                duration_ms,
                request_id,
                user,
                cause,
                "request failed"
            );
        } else {
            tracing::info!(method, route, status = status_code, duration_ms, request_id, user, "request");
        }
    }
}

/// Milliseconds with three decimals.
fn milliseconds(time: Duration) -> f64 {
    f64::from(u32::try_from(time.as_micros()).unwrap_or(u32::MAX)) / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_three_decimals() {
        assert_eq!(milliseconds(Duration::from_nanos(83_159)).to_string(), "0.083");
        assert_eq!(milliseconds(Duration::from_secs(30)).to_string(), "30000");
    }
}
