//! What is made good later: refunds that are due, and payments whose outcome got lost. The jobs call it, and requests that
//! find something to be done.

use shared_types::payments::PaymentStatus;

use super::{Settled, count, lock, reference, settle_in};
use crate::{
    db::{DbConnection, time::now},
    error::AppError,
    features::payments::{
        domain::{Outcome, overdue_since},
        repo::{self, StoredPayment},
    },
    jobs::Round,
    state::State,
};

/// Payments of each kind dealt with in one round.
const A_ROUND: i64 = 100;

/// Gives back what was paid for an order. What fails here stays due, and the jobs try again.
pub async fn settle_refunds(state: &State, order_id: String) {
    if let Err(error) = settle(state, Some(order_id)).await {
        tracing::warn!(%error, "a refund could not be settled; the jobs will");
    }
}

/// Gives back whatever is due; says how many payments that were, and how many are still due.
pub async fn settle_due_refunds(state: &State) -> Result<Round, AppError> {
    settle(state, None).await
}

async fn settle(state: &State, order_id: Option<String>) -> Result<Round, AppError> {
    let due = state
        .db
        .read(move |connection| {
            repo::refunds_due(connection, order_id.as_deref(), A_ROUND).map_err(AppError::from)
        })
        .await?;
    let mut round = Round::default();
    for id in due {
        // Two replicas may ask for the same refund; the provider makes it once, since it knows the payment's id.
        let refunded = state.payments.refund(&id).await;
        if let Err(error) = &refunded {
            tracing::error!(
                event = "refund_failed",
                payment = id,
                error,
                "a refund failed; trying again later"
            );
        }
        let write = move |connection: &mut DbConnection| {
            let (due, done) = (PaymentStatus::RefundDue, PaymentStatus::Refunded);
            match refunded {
                Ok(()) => repo::change_status(connection, &id, due, done, None, now()),
                Err(_) => repo::touch(connection, &id, now()).map(|()| false),
            }
            .map_err(AppError::from)
        };
        let is_refunded = state.db.write(write).await?;
        count(state, is_refunded.then_some(PaymentStatus::Refunded));
        round.count(is_refunded);
    }
    Ok(round)
}

/// Asks the provider about payments that have been without an outcome for too long; says how many have one now, and how many
/// still have none.
pub async fn look_up_overdue(state: &State) -> Result<Round, AppError> {
    let overdue = state
        .db
        .read(|connection| {
            let moment = now();
            let mut overdue = Vec::new();
            for status in PaymentStatus::ALL {
                if let Some(since) = overdue_since(*status, moment) {
                    overdue.extend(repo::unchanged_since(connection, *status, since, A_ROUND)?);
                }
            }
            Ok::<_, AppError>(overdue)
        })
        .await?;
    let mut round = Round::default();
    for payment in &overdue {
        round.count(recover(state, payment).await?);
    }
    Ok(round)
}

/// Asks the provider about one payment; `true` when it has an outcome now. A payment is never given up by itself, since
/// the money may have been taken: only the provider knows, and only a confirmation that nobody gave can be waited for no
/// longer.
pub async fn recover(state: &State, overdue: &StoredPayment) -> Result<bool, AppError> {
    let reference = reference(overdue);
    let outcome = match overdue.confirmation {
        // Perhaps the provider was not told; telling it again is safe.
        Some(approve) => state.payments.confirm(&reference, approve).await,
        None => state.payments.lookup(&reference).await,
    };
    let payment_id = reference.payment_id;
    let recover = move |connection: &mut DbConnection| recover_in(connection, &payment_id, &outcome);
    let (settled, moved) = state.db.write(recover).await?;
    count(state, moved);
    if let Recovered::Refund { order_id } = settled {
        settle_refunds(state, order_id).await;
        return Ok(true);
    }
    Ok(matches!(settled, Recovered::Settled))
}

enum Recovered {
    Settled,
    /// Money came that goes back.
    Refund {
        order_id: String,
    },
    StillOpen,
}

fn recover_in(
    connection: &mut DbConnection,
    payment_id: &str,
    outcome: &Outcome,
) -> Result<(Recovered, Option<PaymentStatus>), AppError> {
    let (_, before) = lock(connection, payment_id)?;
    let status = before.payment.status;
    if *outcome == Outcome::NeedsConfirmation && status == PaymentStatus::NeedsConfirmation {
        let reason = Some("The payment was not confirmed in time");
        repo::change_status(connection, payment_id, status, PaymentStatus::Declined, reason, now())?;
        return Ok((Recovered::Settled, Some(PaymentStatus::Declined)));
    }
    let Settled { order, payment: after, moved } = settle_in(connection, payment_id, outcome)?;
    if after.status == PaymentStatus::RefundDue {
        return Ok((Recovered::Refund { order_id: order.id }, moved));
    }
    if after.status.is_open() {
        repo::touch(connection, payment_id, now())?;
        return Ok((Recovered::StillOpen, moved));
    }
    Ok((Recovered::Settled, moved))
}
