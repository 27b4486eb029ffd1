//! Orders that nobody pays give their stock back.

use chrono::{NaiveDateTime, TimeDelta};
use shared_types::{
    orders::OrderStatus,
    payments::{Payment, PaymentStatus},
};

use super::progress::move_locked;
use crate::{
    db::{DbConnection, time::now},
    error::AppError,
    features::{
        orders::repo,
        payments::{domain::overdue_since, repo as payments},
    },
    jobs::Round,
    state::State,
};

/// Orders looked for at once.
const A_ROUND: i64 = 200;
/// Minutes beyond its time that an order waits for a payment whose outcome the provider does not tell. Money that comes
/// later goes back.
const PATIENCE_MINUTES: i64 = 60;

/// Cancels orders that were not paid in time; and says how many. Each has a transaction of its own, so that none waits for
/// the others' locks. Replicas that sweep at the same time take turns at an order, and the later one finds it cancelled.
pub async fn cancel_expired(state: &State) -> Result<Round, AppError> {
    let (mut cancelled, mut waiting) = (0, 0);
    loop {
        let expired = state
            .db
            .read(move |connection| {
                repo::expired(connection, now(), waiting, A_ROUND).map_err(AppError::from)
            })
            .await?;
        let is_last = expired.len() < usize::try_from(A_ROUND).unwrap_or_default();
        for id in expired {
            if state.db.write(move |connection| expire(connection, &id)).await? {
                cancelled += 1;
            } else {
                waiting += 1;
            }
        }
        if is_last {
            let left = usize::try_from(waiting).unwrap_or_default();
            return Ok(Round { done: cancelled, left });
        }
    }
}

/// Gives orders that wait for their payment without an end one, as if they were placed now; answers how many. Such are those
/// that were placed before orders had an end, or by a server of that time that still runs during a rollout: they would hold
/// their stock for ever.
pub async fn end_the_endless(state: &State) -> Result<Round, AppError> {
    let hold = TimeDelta::from_std(state.config.orders.hold).unwrap_or(TimeDelta::zero());
    let mut given = Round::default();
    loop {
        let found = state
            .db
            .read(|connection| repo::without_end(connection, A_ROUND).map_err(AppError::from))
            .await?;
        let is_last = found.len() < usize::try_from(A_ROUND).unwrap_or_default();
        for id in found {
            let end = now().checked_add_signed(hold).unwrap_or_else(now);
            let give = move |connection: &mut DbConnection| {
                repo::give_end(connection, &id, end).map_err(AppError::from)
            };
            given.count(state.db.write(give).await?);
        }
        if is_last {
            return Ok(given);
        }
    }
}

fn expire(connection: &mut DbConnection, order_id: &str) -> Result<bool, AppError> {
    let (order, expires_at) = repo::lock(connection, order_id)?;
    let moment = now();
    let Some(expires_at) = expires_at.filter(|expires_at| *expires_at <= moment) else { return Ok(false) };
    if order.status != OrderStatus::Pending {
        return Ok(false);
    }
    if let Some(live) = payments::live_of_order(connection, order_id)?
        && is_waited_for(&live.payment, live.updated_at, expires_at, moment)
    {
        return Ok(false);
    }
    move_locked(connection, &order, OrderStatus::Cancelled)?;
    tracing::info!(
        event = "order_expired",
        order = order.order_number,
        "an order that was not paid was cancelled"
    );
    Ok(true)
}

/// Whether an order that has run out of time still waits for a payment that began before. It can't begin another one.
fn is_waited_for(
    payment: &Payment,
    changed_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    now: NaiveDateTime,
) -> bool {
    match payment.status {
        PaymentStatus::NeedsConfirmation => {
            overdue_since(payment.status, now).is_some_and(|since| changed_at >= since)
        }
        _ => expires_at.checked_add_signed(TimeDelta::minutes(PATIENCE_MINUTES)).is_some_and(|end| now < end),
    }
}
