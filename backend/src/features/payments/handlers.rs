//! `/api/payments`

use actix_web::{HttpResponse, get, post, web::Data};
use shared_types::{
    Data as DataOf, ErrorBody, Message,
    orders::Order,
    payments::{ConfirmPayment, Payment, PaymentEvent, PaymentPending},
};

use super::service::{self, events};
use crate::{
    http::{
        answer::{Answer, json, ok, stored},
        identity::CurrentUser,
        input::{Body, Call, Key},
        signature::Signed,
    },
    state::State,
};

/// One payment
#[utoipa::path(tag = "payments", operation_id = "getPayment",
    params(("key" = String, Path, description = "Id")),
    responses((status = 200, description = "The payment", body = DataOf<Payment>),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 404, description = "There is none, or it is not yours", body = ErrorBody)))]
#[get("/{key}")]
pub async fn get_payment(state: Data<State>, key: Key, user: CurrentUser) -> Answer {
    Ok(ok(service::get(&state, user, key.0).await?))
}

/// Answer for the card's owner
///
/// Safe to repeat: the first answer counts, and repeating it is answered alike. A payment has to be confirmed within 15
/// minutes. Refusing it charges nothing; the order can then be paid with another card.
#[utoipa::path(tag = "payments", operation_id = "confirmPayment", request_body = ConfirmPayment,
    params(("key" = String, Path, description = "Id")),
    responses((status = 200, description = "Paid; the order is confirmed", body = DataOf<Order>),
              (status = 202, description = "Not settled yet, and what to do next", body = DataOf<PaymentPending>),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 402, description = "Declined, and why", body = ErrorBody),
              (status = 404, description = "There is none, or it is not yours", body = ErrorBody),
              (status = 409, description = "The order was cancelled meanwhile; the charge is refunded", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[post("/{key}/confirm")]
pub async fn confirm_payment(
    state: Data<State>,
    key: Key,
    call: Call<CurrentUser, Body<ConfirmPayment>>,
) -> Answer {
    stored(service::confirm(&state, call.caller, key.0, call.input.0).await?)
}

/// Receive an event of the payment provider
///
/// `X-Payment-Signature: t=<unix seconds>,v1=<hex>`, where `<hex>` is the HMAC-SHA256 of `<unix seconds>.<body>` under the
/// secret in `PAYMENT_WEBHOOK_SECRET`. It is good for 5 minutes. An event has its effect once, however often and in
/// whatever order events come. Types: `payment.succeeded`, `payment.declined`; others are acknowledged and ignored.
#[utoipa::path(tag = "payments", operation_id = "receivePaymentEvent", request_body = PaymentEvent,
    security(("paymentSignature" = [])),
    responses((status = 200, description = "Received, now or before, or ignored", body = Message),
              (status = 400, description = "The amount is not the payment's", body = ErrorBody),
              (status = 401, description = "The signature is missing, wrong or too old", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[post("/webhook")]
pub async fn receive_payment_event(state: Data<State>, Signed(event): Signed<PaymentEvent>) -> Answer {
    Ok(json(HttpResponse::Ok(), &events::receive(&state, event).await?))
}
