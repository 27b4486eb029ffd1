//! `/api/orders`

use actix_web::{HttpResponse, get, patch, post, web::Data};
use shared_types::{
    Data as DataOf, ErrorBody, Message, Page,
    orders::{
        ChangeStatus, Order, OrderDetail, OrderNote, OrderQuery, OrderStats, OrderSummary, OrderWithItems,
        PlaceOrder,
    },
    payments::{PayOrder, Payment, PaymentPending},
};

use super::service::{self, admin, progress};
use crate::{
    features::payments,
    http::{
        answer::{Answer, json, ok, page, stored},
        idempotency::IdempotencyKey,
        identity::{AdminUser, CurrentUser},
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
    Ok(json(HttpResponse::Ok(), &progress::cancel(&state, user, key.0).await?))
}

/// Pay an order by card
///
/// Test cards of the mock provider, with any future expiry date and any security code. Every other card is declined.
///
/// | Number | What happens |
/// |---|---|
/// | `4242424242424242` | succeeds |
/// | `4000000000000002` | is declined |
/// | `4000000000009995` | is declined: insufficient funds |
/// | `4000002500003155` | needs a confirmation, then succeeds |
/// | `4000008260003178` | needs a confirmation, then is declined |
/// | `4000000000006009` | the processor is slow: succeeds later |
/// | `4000000000006116` | the processor is slow: declines later |
/// | `4000000000006223` | succeeds, but the processor's answer is lost and no event comes: found by the next look-up |
///
/// 202 says what to do next: `confirm` means asking the card's owner and posting the answer to `nextAction.url`, `wait`
/// means reading `nextAction.url` now and then. What is slow becomes known by an event of the provider, or when the shop
/// looks the payment up after a minute. Meanwhile the order can't be paid again, but it can be cancelled.
#[utoipa::path(tag = "orders", operation_id = "payOrder", request_body = PayOrder,
    params(("key" = String, Path, description = "Id or number"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours",
            min_length = 1, max_length = 255, nullable = false)),
    responses((status = 200, description = "Paid; the order is confirmed", body = DataOf<Order>),
              (status = 202, description = "Not settled yet, and what to do next", body = DataOf<PaymentPending>),
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

/// The attempts to pay an order, newest first
#[utoipa::path(tag = "orders", operation_id = "listOrderPayments",
    params(("key" = String, Path, description = "Id or number")),
    responses((status = 200, description = "At most 50", body = DataOf<Vec<Payment>>),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 404, description = "There is none, or it is not yours", body = ErrorBody)))]
#[get("/{key}/payments")]
pub async fn list_order_payments(state: Data<State>, key: Key, user: CurrentUser) -> Answer {
    Ok(ok(payments::service::of_order(&state, user, key.0).await?))
}

/// Everybody's orders, newest first
#[utoipa::path(tag = "orders", operation_id = "listAllOrders", params(OrderQuery),
    responses((status = 200, description = "One page", body = Page<OrderSummary>),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 422, description = "A parameter is wrong", body = ErrorBody)))]
#[get("/admin/all")]
pub async fn list_all_orders(state: Data<State>, call: Call<AdminUser, Query<OrderQuery>>) -> Answer {
    Ok(page(&admin::list(&state, call.input.0).await?))
}

/// How business is
#[utoipa::path(tag = "orders", operation_id = "getOrderStats",
    responses((status = 200, description = "Orders by status, and what was sold in the last 30 days", body = DataOf<OrderStats>),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody)))]
#[get("/admin/stats")]
pub async fn get_order_stats(state: Data<State>, _admin: AdminUser) -> Answer {
    Ok(ok(admin::stats(&state).await?))
}

/// Move an order on
///
/// | From | To |
/// |---|---|
/// | PENDING | CONFIRMED, PROCESSING, SHIPPED, CANCELLED |
/// | CONFIRMED | PROCESSING, SHIPPED, CANCELLED, REFUNDED |
/// | PROCESSING | SHIPPED, CANCELLED, REFUNDED |
/// | SHIPPED | DELIVERED, REFUNDED |
/// | DELIVERED | REFUNDED |
///
/// CANCELLED and REFUNDED put the goods back in stock and give back what was paid by card. An order that leaves PENDING
/// this way was paid elsewhere: a card payment that is still running is refunded when it succeeds.
#[utoipa::path(tag = "orders", operation_id = "changeOrderStatus", request_body = ChangeStatus,
    params(("key" = String, Path, description = "Id or number")),
    responses((status = 200, description = "Moved on", body = DataOf<OrderWithItems>),
              (status = 400, description = "It can't go there from where it is", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 404, description = "There is none", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[patch("/{key}/status")]
pub async fn change_order_status(
    state: Data<State>,
    key: Key,
    call: Call<AdminUser, Body<ChangeStatus>>,
) -> Answer {
    Ok(ok(progress::change_status(&state, call.caller, key.0, call.input.0).await?))
}

/// What administrators did to an order, and what they noted, oldest first
///
/// Customers never see it.
#[utoipa::path(tag = "orders", operation_id = "listOrderNotes",
    params(("key" = String, Path, description = "Id or number")),
    responses((status = 200, description = "All of them", body = DataOf<Vec<OrderNote>>),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 404, description = "There is none", body = ErrorBody)))]
#[get("/{key}/notes")]
pub async fn list_order_notes(state: Data<State>, key: Key, _admin: AdminUser) -> Answer {
    Ok(ok(admin::notes(&state, key.0).await?))
}
