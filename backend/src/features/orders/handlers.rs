//! `/api/orders`

use actix_web::{HttpResponse, get, http::StatusCode, post, web::Data};
use shared_types::{
    Data as DataOf, ErrorBody, Message, Page,
    orders::{Order, OrderDetail, OrderQuery, OrderWithItems, PlaceOrder},
    paths::IDEMPOTENT_REPLAYED,
    payments::PayOrder,
};

use super::service::{self, StoredAnswer};
use crate::{
    features::payments,
    http::{
        answer::{Answer, bytes_of_json, json, ok, page},
        idempotency::IdempotencyKey,
        identity::CurrentUser,
        input::{Body, Call, Key, Query},
    },
    state::State,
};

/// Place an order
#[utoipa::path(tag = "orders", operation_id = "placeOrder", request_body = PlaceOrder,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours",
            min_length = 1, max_length = 255, nullable = false)),
    responses((status = 201, description = "The order, waiting for payment; its stock is held", body = DataOf<OrderWithItems>),
              (status = 400, description = "A product is gone or short", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 409, description = "The total differs from expectedTotal, or the key is in use", body = ErrorBody),
              (status = 422, description = "A field is wrong, or the key was used for another request", body = ErrorBody)))]
#[post("")]
pub async fn place_order(
    state: Data<State>,
    call: Call<CurrentUser, (IdempotencyKey, Body<PlaceOrder>)>,
) -> Answer {
    let (IdempotencyKey(key), Body(request)) = call.input;
    stored(service::place(&state, call.caller, key, request).await?)
}

/// The caller's orders, newest first
#[utoipa::path(tag = "orders", operation_id = "listOrders", params(OrderQuery),
    responses((status = 200, description = "One page", body = Page<OrderWithItems>),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 422, description = "A parameter is wrong", body = ErrorBody)))]
#[get("")]
pub async fn list_orders(state: Data<State>, call: Call<CurrentUser, Query<OrderQuery>>) -> Answer {
    Ok(page(&service::list(&state, call.caller, call.input.0).await?))
}

/// One order
#[utoipa::path(tag = "orders", operation_id = "getOrder",
    params(("key" = String, Path, description = "Id or number")),
    responses((status = 200, description = "The order", body = DataOf<OrderDetail>),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 404, description = "There is none, or it is not yours", body = ErrorBody)))]
#[get("/{key}")]
pub async fn get_order(state: Data<State>, key: Key, user: CurrentUser) -> Answer {
    Ok(ok(service::get(&state, user, key.0).await?))
}

/// Cancel an order
#[utoipa::path(tag = "orders", operation_id = "cancelOrder",
    params(("key" = String, Path, description = "Id or number")),
    responses((status = 200, description = "Cancelled; stock and money return", body = Message),
              (status = 400, description = "Too late for that", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 404, description = "There is none, or it is not yours", body = ErrorBody)))]
#[post("/{key}/cancel")]
pub async fn cancel_order(state: Data<State>, key: Key, user: CurrentUser) -> Answer {
    Ok(json(HttpResponse::Ok(), &service::cancel(&state, user, key.0).await?))
}

/// Pay an order by card
///
/// Test cards of the mock provider, with any future expiry date and any security code: `4242424242424242` succeeds,
/// `4000000000000002` is declined, `4000000000009995` has insufficient funds. Every other card is declined.
#[utoipa::path(tag = "orders", operation_id = "payOrder", request_body = PayOrder,
    params(("key" = String, Path, description = "Id or number"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours",
            min_length = 1, max_length = 255, nullable = false)),
    responses((status = 200, description = "Paid; the order is confirmed", body = DataOf<Order>),
              (status = 400, description = "The order does not wait for payment", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 402, description = "Declined, and why", body = ErrorBody),
              (status = 404, description = "There is none, or it is not yours", body = ErrorBody),
              (status = 409, description = "Another payment is running, or the order was cancelled meanwhile", body = ErrorBody),
              (status = 422, description = "A field is wrong, or the key was used for another request", body = ErrorBody)))]
#[post("/{key}/pay")]
pub async fn pay_order(
    state: Data<State>,
    key: Key,
    call: Call<CurrentUser, (IdempotencyKey, Body<PayOrder>)>,
) -> Answer {
    let (IdempotencyKey(idempotency_key), Body(request)) = call.input;
    stored(payments::service::pay(&state, call.caller, key.0, idempotency_key, request).await?)
}

fn stored(answer: StoredAnswer) -> Answer {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    if answer.is_replay {
        response.insert_header((IDEMPOTENT_REPLAYED, "true"));
    }
    Ok(bytes_of_json(response, answer.body))
}
