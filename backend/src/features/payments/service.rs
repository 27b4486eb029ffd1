//! Rules of payments: asking the provider, and what its answer means for the order.
//!
//! Whoever changes a payment or the status of its order takes the order's lock first and looks again, so that a payment,
//! a cancellation, an event and a job that meet take turns.

pub mod events;
pub mod recovery;

use shared_types::{
    Data,
    orders::{Order, OrderStatus},
    payments::{ConfirmPayment, NextAction, PayOrder, Payment, PaymentPending, PaymentStatus},
};

use super::{
    domain::{Outcome, next_step, overdue_since},
    provider::{Charge, Reference},
    repo::{self, NewPayment, StoredPayment},
};
use crate::{
    db::{DbConnection, idempotency::KeyedRequest, new_id, time::now},
    error::AppError,
    features::orders::{
        repo as orders,
        service::{own_order, visible_order},
    },
    http::{identity::CurrentUser, request_id},
    idempotency::{StoredAnswer, claim, complete, keyed_request, release},
    state::State,
};

/// Most attempts to pay an order that are listed.
const ATTEMPTS_LISTED: i64 = 50;

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
    let wish = Wish {
        user_id: user.id,
        order_key,
        keyed: keyed.clone(),
        card_last4: request.card.last4().to_owned(),
        card_kind: state.payments.recognise(&request.card),
    };
    let (order, payment_id) = match start(state, wish).await? {
        Started::Before(answer) => return Ok(answer),
        Started::Now { order, payment_id } => (order, payment_id),
        Started::Overdue(_) => return Err(busy()),
    };
    let charge = Charge { payment_id: payment_id.clone(), amount: order.total_amount, card: request.card };
    let outcome = state.payments.charge(charge).await;
    finish(state, payment_id, outcome, keyed).await
}

/// What somebody wants to pay.
#[derive(Clone)]
struct Wish {
    user_id: String,
    order_key: String,
    keyed: Option<KeyedRequest>,
    card_last4: String,
    card_kind: String,
}

enum Started {
    /// The same request was answered before.
    Before(StoredAnswer),
    /// The payment is written down; the provider can be asked.
    Now { order: Box<Order>, payment_id: String },
    /// An earlier payment has been left without an outcome for too long: it has to be looked up first.
    Overdue(Box<StoredPayment>),
}

async fn start(state: &State, wish: Wish) -> Result<Started, AppError> {
    let again = wish.clone();
    match state.db.write(move |connection| start_in(connection, &wish)).await? {
        Started::Overdue(earlier) => {
            recovery::recover(state, &earlier).await?;
            state.db.write(move |connection| start_in(connection, &again)).await
        }
        started => Ok(started),
    }
}

fn start_in(connection: &mut DbConnection, wish: &Wish) -> Result<Started, AppError> {
    let keyed = wish.keyed.as_ref();
    if let Some(answer) = claim(connection, keyed)? {
        return Ok(Started::Before(answer));
    }
    let order = own_order(connection, &wish.user_id, &wish.order_key)?;
    // From here on nobody else changes the order: another payment or a cancellation that was faster is seen now.
    let (order, expires_at) = orders::lock(connection, &order.id)?;
    if order.status != OrderStatus::Pending {
        return Err(AppError::bad_request(format!("Cannot pay order with status: {}", order.status)));
    }
    let moment = now();
    if let Some(live) = repo::live_of_order(connection, &order.id)? {
        if overdue_since(live.payment.status, moment).is_some_and(|since| live.updated_at < since) {
            release(connection, keyed)?;
            return Ok(Started::Overdue(Box::new(live)));
        }
        return Err(busy());
    }
    if expires_at.is_some_and(|expires_at| expires_at <= moment) {
        return Err(AppError::bad_request("The time to pay for this order has run out"));
    }
    let payment_id = new_id();
    let payment = NewPayment {
        id: &payment_id,
        order_id: &order.id,
        amount: order.total_amount,
        card_last4: &wish.card_last4,
        card_kind: &wish.card_kind,
    };
    repo::start(connection, &payment, moment)?;
    Ok(Started::Now { order: Box::new(order), payment_id })
}

fn busy() -> AppError {
    AppError::in_progress("Another payment for this order is being processed", 1)
}

/// Passes on what the owner of the caller's card says. Saying it again changes nothing: the first answer counts.
pub async fn confirm(
    state: &State,
    user: CurrentUser,
    payment_id: String,
    request: ConfirmPayment,
) -> Result<StoredAnswer, AppError> {
    let id = payment_id.clone();
    let payment =
        state.db.write(move |connection| confirm_in(connection, &user.id, &id, request.approve)).await?;
    let outcome = match payment.confirmation {
        Some(approve) if payment.payment.status == PaymentStatus::Processing => {
            state.payments.confirm(&reference(&payment), approve).await
        }
        // There is nothing to confirm (any more): say how things are.
        _ => Outcome::Unknown,
    };
    finish(state, payment_id, outcome, None).await
}

/// Writes the answer down first, so that it is not lost when the server stops while the provider is told.
fn confirm_in(
    connection: &mut DbConnection,
    user_id: &str,
    payment_id: &str,
    approve: bool,
) -> Result<StoredPayment, AppError> {
    repo::find_own(connection, payment_id, user_id)?.ok_or_else(payment_not_found)?;
    let (_, payment) = lock(connection, payment_id)?;
    if payment.payment.status == PaymentStatus::NeedsConfirmation {
        repo::answer_confirmation(connection, payment_id, approve, now())?;
    }
    repo::find(connection, payment_id)?.ok_or_else(payment_not_found)
}

fn payment_not_found() -> AppError {
    AppError::not_found("Payment not found")
}

fn reference(payment: &StoredPayment) -> Reference {
    Reference {
        payment_id: payment.payment.id.clone(),
        card_kind: payment.card_kind.clone(),
        confirmation: payment.confirmation,
    }
}

/// Takes the lock of a payment's order, then reads both as they are now.
fn lock(connection: &mut DbConnection, payment_id: &str) -> Result<(Order, StoredPayment), AppError> {
    let payment = repo::find(connection, payment_id)?.ok_or_else(payment_not_found)?;
    let (order, _) = orders::lock(connection, &payment.payment.order_id)?;
    let payment = repo::find(connection, payment_id)?.ok_or_else(payment_not_found)?;
    Ok((order, payment))
}

/// How things are after an outcome was applied.
struct Settled {
    order: Order,
    payment: Payment,
    /// The status that the payment has got, to be counted when the transaction is committed.
    moved: Option<PaymentStatus>,
}

/// Applies an outcome, however often and in whatever order outcomes come. Answers how things are then.
fn settle_in(
    connection: &mut DbConnection,
    payment_id: &str,
    outcome: &Outcome,
) -> Result<Settled, AppError> {
    let (order, StoredPayment { payment, .. }) = lock(connection, payment_id)?;
    let order_waits = order.status == OrderStatus::Pending;
    let Some((to, reason)) = next_step(payment.status, outcome, order_waits) else {
        return Ok(Settled { order, payment, moved: None });
    };
    let moment = now();
    repo::change_status(connection, payment_id, payment.status, to, reason.as_deref(), moment)?;
    tracing::info!(event = "payment_moved", payment = payment_id, from = %payment.status, to = %to, "payment moved on");
    if to == PaymentStatus::Succeeded {
        orders::change_status(connection, &order.id, OrderStatus::Pending, OrderStatus::Confirmed, moment)?;
    }
    let gone = || AppError::Internal("a payment or its order is gone".to_owned());
    let order = orders::find_order(connection, &order.id)?.ok_or_else(gone)?;
    let payment = repo::find(connection, payment_id)?.ok_or_else(gone)?.payment;
    Ok(Settled { order, payment, moved: Some(to) })
}

/// Applies an outcome and answers the request that brought it about.
async fn finish(
    state: &State,
    payment_id: String,
    outcome: Outcome,
    keyed: Option<KeyedRequest>,
) -> Result<StoredAnswer, AppError> {
    let request_id = request_id::current();
    let write = move |connection: &mut DbConnection| {
        let Settled { order, payment, moved } = settle_in(connection, &payment_id, &outcome)?;
        let answer = answer(&order, &payment, request_id)?;
        match &answer {
            Some(answer) => complete(connection, keyed.as_ref(), answer)?,
            None => release(connection, keyed.as_ref())?,
        }
        Ok::<_, AppError>((answer, order, moved))
    };
    let (answer, order, moved) = state.db.write(write).await?;
    count(state, moved);
    if let Some(answer) = answer {
        return Ok(answer);
    }
    recovery::settle_refunds(state, order.id).await;
    Err(AppError::conflict(if order.status == OrderStatus::Cancelled {
        "The order was cancelled while it was being paid. The charge has been refunded."
    } else {
        "The order no longer waits for this payment. The charge has been refunded."
    }))
}

/// Counts the status that a payment has got.
fn count(state: &State, moved: Option<PaymentStatus>) {
    if let Some(to) = moved {
        state.counts.payment_moved(to);
    }
}

/// What there is to say about a payment; `None` when its money goes back.
fn answer(order: &Order, payment: &Payment, request_id: String) -> Result<Option<StoredAnswer>, AppError> {
    if let Some(next_action) = NextAction::of(&payment.id, payment.status) {
        let pending = PaymentPending { payment_id: payment.id.clone(), next_action };
        return StoredAnswer::new(202, &Data::new(pending)).map(Some);
    }
    match payment.status {
        PaymentStatus::Succeeded => StoredAnswer::new(200, &Data::new(order)).map(Some),
        PaymentStatus::Declined => {
            let reason =
                payment.decline_reason.clone().unwrap_or_else(|| "Your card was declined".to_owned());
            StoredAnswer::new(402, &AppError::declined(reason).body(request_id)).map(Some)
        }
        _ => Ok(None),
    }
}

/// One of the caller's own payments.
pub async fn get(state: &State, user: CurrentUser, payment_id: String) -> Result<Payment, AppError> {
    let read = move |connection: &mut DbConnection| {
        let found = repo::find_own(connection, &payment_id, &user.id)?;
        found.map(|stored| stored.payment).ok_or_else(payment_not_found)
    };
    state.db.read(read).await
}

/// The attempts to pay an order: the caller's own, or any for an administrator.
pub async fn of_order(state: &State, user: CurrentUser, order_key: String) -> Result<Vec<Payment>, AppError> {
    let read = move |connection: &mut DbConnection| {
        let order = visible_order(connection, &user, &order_key)?;
        Ok(repo::of_order(connection, &order.id, ATTEMPTS_LISTED)?)
    };
    state.db.read(read).await
}

/// What an order's payments have to know when the order stops waiting for them or gives its goods back. Part of the
/// transaction that changes the order, which holds its lock; [`recovery::settle_refunds`] comes after.
///
/// A payment that nobody has confirmed is given up. One that the provider is working on stays, and its money goes back if
/// it comes.
pub fn order_moved(connection: &mut DbConnection, order_id: &str, to: OrderStatus) -> Result<(), AppError> {
    let moment = now();
    repo::give_up_unconfirmed(connection, order_id, super::domain::NO_LONGER_WAITED_FOR, moment)?;
    if to.returns_stock() {
        repo::mark_refund_due(connection, order_id, moment)?;
    }
    Ok(())
}
