//! `/api/cart`

use actix_web::{post, web::Data};
use shared_types::{
    Data as DataOf, ErrorBody,
    cart::{Quote, QuoteRequest},
};

use super::service;
use crate::{
    http::{
        answer::{Answer, ok},
        input::Body,
    },
    state::State,
};

/// What these products cost now
#[utoipa::path(tag = "cart", operation_id = "quoteCart", request_body = QuoteRequest, security(()),
    responses((status = 200, description = "Lines, totals and problems", body = DataOf<Quote>),
              (status = 400, description = "The amounts are too large", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[post("/quote")]
pub async fn quote(state: Data<State>, Body(request): Body<QuoteRequest>) -> Answer {
    Ok(ok(service::quote(&state, request).await?))
}
