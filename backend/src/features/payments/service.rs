//! Rules of payments.

use chrono::TimeDelta;
use shared_types::{
    Data,
    orders::{Order, OrderStatus},
    payments::PayOrder,
};

use super::{
    provider::{Charge, ChargeOutcome},
    repo::{self, NewPayment, PaymentStatus},
};
use crate::{
    db::{
        DbConnection,
        idempotency::{self, KeyedRequest},
        new_id,
        time::now,
    },
    error::AppError,
    features::orders::{
        repo as orders,
        service::{StoredAnswer, claim, keyed_request, own_order, to_json},
    },
    http::{identity::CurrentUser, request_id},
    state::State,
};

/// Seconds after which a payment that was started and never finished no longer stands in the way of the next one. The
/// server that started it has stopped: no request takes this long.
const ABANDONED_AFTER_SECONDS: i64 = 60;
/// Refunds settled in one round.
const REFUNDS_A_ROUND: i64 = 100;

/// Pays the caller's own order by card.
pub async fn pay(
    state: &State,
    user: CurrentUser,
    order_key: String,
    idempotency_key: Option<String>,
    request: PayOrder,
) -> Result<StoredAnswer, AppError> {
    // The stored hash covers only what may be stored of a card: a hash of its number could be searched.
    let keyed = keyed_request(&user, idempotency_key, &format!("pay {order_key}"), &request.card.last4());
    let started = {
        let (keyed, last4) = (keyed.clone(), request.card.last4().to_owned());
        state
            .db
            .write(move |connection| start_in(connection, &user.id, &order_key, keyed.as_ref(), &last4))
            .await?
    };
    let (order, payment_id) = match started {
        Started::Before(answer) => return Ok(answer),
        Started::Now { order, payment_id } => (order, payment_id),
    };
    let charge = Charge { payment_id: payment_id.clone(), amount: order.total_amount, card: request.card };
    let outcome = state.payments.charge(charge).await;
    let order_id = order.id.clone();
    let attempt = Attempt { order_id: order.id, payment_id, keyed, request_id: request_id::current() };
    let finished = state.db.write(move |connection| finish_in(connection, &attempt, &outcome)).await?;
    match finished {
        Finished::Answered(answer) => Ok(answer),
        Finished::Refund => {
            settle_refunds(state, order_id).await;
            Err(AppError::conflict(
                "The order was cancelled while it was being paid. The charge has been refunded.",
            ))
        }
    }
}

enum Started {
    /// The same request was answered before.
    Before(StoredAnswer),
    /// The payment is written down; the provider can be asked.
    Now { order: Box<Order>, payment_id: String },
}

fn start_in(
    connection: &mut DbConnection,
    user_id: &str,
    order_key: &str,
    keyed: Option<&KeyedRequest>,
    card_last4: &str,
) -> Result<Started, AppError> {
    if let Some(answer) = claim(connection, keyed)? {
        return Ok(Started::Before(answer));
    }
    let order = own_order(connection, user_id, order_key)?;
    if order.status != OrderStatus::Pending {
        return Err(AppError::bad_request(format!("Cannot pay order with status: {}", order.status)));
    }
    let moment = now();
    let abandoned = moment.checked_sub_signed(TimeDelta::seconds(ABANDONED_AFTER_SECONDS)).unwrap_or(moment);
    repo::abandon_started(connection, &order.id, abandoned, moment)?;
    let payment_id = new_id();
    let payment = NewPayment { id: &payment_id, order_id: &order.id, amount: order.total_amount, card_last4 };
    if !repo::start(connection, &payment, moment)? {
        return Err(AppError::in_progress("Another payment for this order is being processed", 1));
    }
    Ok(Started::Now { order: Box::new(order), payment_id })
}

enum Finished {
    /// Say this.
    Answered(StoredAnswer),
    /// The order was cancelled meanwhile: the money has to go back.
    Refund,
}

/// A payment whose outcome is known.
struct Attempt {
    order_id: String,
    payment_id: String,
    keyed: Option<KeyedRequest>,
    request_id: String,
}

fn finish_in(
    connection: &mut DbConnection,
    attempt: &Attempt,
    outcome: &ChargeOutcome,
) -> Result<Finished, AppError> {
    let Attempt { order_id, payment_id, keyed, request_id } = attempt;
    let (started, moment) = (PaymentStatus::Started, now());
    let answer = match outcome {
        ChargeOutcome::Approved => {
            repo::change_status(connection, payment_id, started, PaymentStatus::Succeeded, None, moment)?;
            if !orders::change_status(
                connection,
                order_id,
                OrderStatus::Pending,
                OrderStatus::Confirmed,
                moment,
            )? {
                repo::mark_refund_due(connection, order_id, moment)?;
                if let Some(keyed) = keyed {
                    idempotency::release(connection, keyed)?;
                }
                return Ok(Finished::Refund);
            }
            let order = orders::find_order(connection, order_id)?;
            let order = order.ok_or_else(|| AppError::Internal("a paid order is gone".to_owned()))?;
            StoredAnswer { status: 200, body: to_json(&Data::new(order))?, is_replay: false }
        }
        ChargeOutcome::Declined(reason) => {
            repo::change_status(
                connection,
                payment_id,
                started,
                PaymentStatus::Declined,
                Some(reason),
                moment,
            )?;
            let body = AppError::declined(*reason).body(request_id.clone());
            StoredAnswer { status: 402, body: to_json(&body)?, is_replay: false }
        }
    };
    if let Some(keyed) = keyed {
        idempotency::complete(connection, keyed, answer.status, &answer.body)?;
    }
    Ok(Finished::Answered(answer))
}

/// Gives back what was paid for an order that was cancelled. What fails here stays due, and the sweeper tries again.
pub async fn settle_refunds(state: &State, order_id: String) {
    if let Err(error) = settle(state, Some(order_id)).await {
        tracing::warn!(%error, "a refund could not be settled; the sweeper will");
    }
}

/// Gives back whatever is due; answers how many payments that were.
pub async fn settle_due_refunds(state: &State) -> Result<usize, AppError> {
    settle(state, None).await
}

async fn settle(state: &State, order_id: Option<String>) -> Result<usize, AppError> {
    let due = state
        .db
        .read(move |connection| {
            repo::refunds_due(connection, order_id.as_deref(), REFUNDS_A_ROUND).map_err(AppError::from)
        })
        .await?;
    let mut settled = 0;
    for id in due {
        state.payments.refund(&id).await.map_err(AppError::Internal)?;
        let write = move |connection: &mut DbConnection| {
            repo::change_status(
                connection,
                &id,
                PaymentStatus::RefundDue,
                PaymentStatus::Refunded,
                None,
                now(),
            )
            .map_err(AppError::from)
        };
        settled += usize::from(state.db.write(write).await?);
    }
    Ok(settled)
}
