//! One line for each request: never bodies, tokens, addresses or anything else that is somebody's.

use std::time::Instant;

use actix_web::{
    HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};

use tracing::Level;

use super::{identity::LoggedUser, request_id};
use crate::error::AppError;

/// Logs method, route pattern, status, duration, request id and user id; for a failure of ours also the cause.
pub async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let started = Instant::now();
    let method = request.method().clone();
    let response = next.call(request).await?;

    let status = response.status();
    if !status.is_server_error() && !tracing::enabled!(Level::INFO) {
        return Ok(response);
    }
    let route = response.request().match_pattern().unwrap_or_else(|| "(none)".to_owned());
    let duration_ms = started.elapsed().as_secs_f64() * 1000.0;
    let request_id = request_id::current();
    let user =
        response.request().extensions().get::<LoggedUser>().map(|user| user.0.clone()).unwrap_or_default();
    if status.is_server_error() {
        let cause = response.response().error().and_then(|error| error.as_error::<AppError>());
        let cause = cause.map(ToString::to_string).unwrap_or_default();
        tracing::error!(%method, route, status = status.as_u16(), duration_ms, request_id, user, cause, "request failed");
    } else {
        tracing::info!(%method, route, status = status.as_u16(), duration_ms, request_id, user, "request");
    }
    Ok(response)
}
