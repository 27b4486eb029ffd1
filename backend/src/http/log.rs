//! One line for each request: never bodies, tokens, addresses or anything else that is somebody's. With the line goes its
//! place among the requests that are counted, and the end of its trace.

use std::{
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    HttpMessage,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header::HeaderValue},
};

use super::{identity::LoggedUser, recent::Route, trace::Trace};
use crate::{
    error::AppError,
    telemetry::traffic::{Series, Underway, Worker},
};

/// The line of a request that is being served.
pub struct Line {
    started: Instant,
    method: Method,
    trace: Trace,
    underway: Option<Underway>,
}

impl Line {
    /// From now on the request is served.
    pub fn begin(request: &ServiceRequest, trace: Trace) -> Self {
        let underway = request.app_data::<Rc<Worker>>().map(Underway::begin);
        Self { started: Instant::now(), method: request.method().clone(), trace, underway }
    }

    /// Counts the request. Logs method, route pattern, status, duration, and the ids of request, trace and user; for a failure
    /// of ours also the cause.
    pub fn end(self, response: &ServiceResponse, request_id: &HeaderValue) {
        let Self { started, method, trace, underway } = self;
        let (status, duration) = (response.status(), started.elapsed());
        let extensions = response.request().extensions();
        let known = extensions.get::<Route>().map(|route| &route.0);
        let routed = if known.is_none() { response.request().match_pattern() } else { None };
        let route = known.map(|series| series.route()).or(routed.as_deref()).unwrap_or("(none)");
        if let Some(underway) = underway {
            let asked = |series: &&Arc<Series>| series.is_of(method.as_str());
            let series = known.filter(asked).cloned();
            let series = series.unwrap_or_else(|| underway.series(method.as_str(), route));
            underway.answered(&series, status.as_u16(), duration);
        }
        let request_id = request_id.to_str().unwrap_or_default();
        let user = extensions.get::<LoggedUser>().map_or("", |user| user.0.as_str());
        let (method, status_code) = (method.as_str(), status.as_u16());
        let (duration_ms, trace_id) = (milliseconds(duration), trace.id());
        if status.is_server_error() {
            let cause = response.response().error().and_then(|error| error.as_error::<AppError>());
            let cause = cause.map(ToString::to_string).unwrap_or_default();
            tracing::error!(
                method,
                route,
                status = status_code,
                duration_ms,
                request_id,
                trace_id,
                user,
                cause,
                "request failed"
            );
        } else {
            tracing::info!(
                method,
                route,
                status = status_code,
                duration_ms,
                request_id,
                trace_id,
                user,
                "request"
            );
        }
        trace.end(response, method, route, request_id);
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
