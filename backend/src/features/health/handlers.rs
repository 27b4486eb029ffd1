//! `/health`, `/ready`, `/metrics/cache`

use actix_web::{HttpResponse, get, web::Data};
use shared_types::system::{CacheMetrics, Health, Readiness, ReadyStatus};

use super::service;
use crate::{
    db::time::{now, to_wire},
    http::answer::{Answer, json},
    state::State,
};

/// Whether the process answers
#[utoipa::path(tag = "operations", operation_id = "getHealth", security(()),
    responses((status = 200, description = "It does", body = Health)))]
#[get("/health")]
pub async fn health() -> Answer {
    Ok(json(HttpResponse::Ok(), &Health { status: "ok".to_owned(), timestamp: to_wire(now()) }))
}

/// Whether requests can be served
#[utoipa::path(tag = "operations", operation_id = "getReadiness", security(()),
    responses((status = 200, description = "They can, perhaps degraded", body = Readiness),
              (status = 503, description = "They can't", body = Readiness)))]
#[get("/ready")]
pub async fn ready(state: Data<State>) -> Answer {
    let readiness = service::readiness(&state).await;
    let response = match readiness.status {
        ReadyStatus::Ready | ReadyStatus::Degraded => HttpResponse::Ok(),
        ReadyStatus::Unavailable => HttpResponse::ServiceUnavailable(),
    };
    Ok(json(response, &readiness))
}

/// How well answers are kept
#[utoipa::path(tag = "operations", operation_id = "getCacheMetrics", security(()),
    responses((status = 200, description = "Since this process started", body = CacheMetrics)))]
#[get("/metrics/cache")]
pub async fn cache_metrics(state: Data<State>) -> Answer {
    Ok(json(HttpResponse::Ok(), &service::cache_metrics(&state)))
}
