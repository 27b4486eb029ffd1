//! What every request goes through, in this order: it gets an id, its line in the log, where it is counted, the headers
//! that browsers heed, what other origins may do, its address as it is routed, its place among the client's requests, and
//! on the way back the coding that the client likes.
//!
//! One middleware and not one for each: actix boxes the future and moves the request and the response of every layer, which
//! together took longer than finding an answer that is kept.

use actix_web::{
    Error, ResponseError,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};

use super::{
    connection::Turn, cors, encoding, log::Line, method, rate_limit, recent, request_id, security_headers,
    trace::Trace,
};
use crate::telemetry::traces;

/// The whole way.
pub async fn middleware(mut request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    let turn = Turn::begin(&mut request);
    let id = request_id::given_or_new(request.headers());
    let trace = Trace::begin(&request);
    let parent = trace.parent();
    let way = async {
        let line = Line::begin(&request, trace);
        let mut response = guarded(request, next).await?;
        security_headers::add(&mut response);
        line.end(&response, &id);
        Ok::<_, Error>(response)
    };
    let mut response = request_id::scope(id.clone(), traces::within(parent, way)).await?;
    response.headers_mut().insert(request_id::HEADER, id);
    Ok(Turn::end(turn, response))
}

/// Preflights and requests over the limit end here. The limit is inside of CORS, so that browsers can read its refusal, and
/// comes after the address was tidied, so that no other spelling of an address escapes its rule.
async fn guarded(mut request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    let origin = cors::allowed_origin(&request);
    if let Some(answer) = origin.as_ref().and_then(|origin| cors::preflight(&request, origin)) {
        return Ok(request.into_response(answer));
    }
    method::tidy(&mut request);
    let standing = rate_limit::count(&request).await;
    let mut response = match &standing {
        Some(standing) if standing.is_over() => {
            let refusal = rate_limit::refuse(&request, *standing).error_response();
            request.into_response(refusal)
        }
        _ => served(request, next).await?,
    };
    if let Some(standing) = standing {
        standing.write(response.headers_mut());
    }
    let mut response = encoding::compress(response);
    cors::mark(response.headers_mut(), origin);
    Ok(response)
}

/// By what was answered a moment ago, or by the handler.
async fn served(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    if let Some(answer) = recent::answer(&request).await {
        return Ok(request.into_response(answer));
    }
    let mut response = next.call(request).await?;
    recent::remember(&mut response);
    Ok(response)
}
