//! What the payment provider tells by itself: late, twice, in any order.

use shared_types::{
    Message,
    payments::{EventKind, PaymentEvent, PaymentEventData, PaymentStatus},
};

use super::{Settled, count, lock, recovery, repo, settle_in};
use crate::{
    db::{DbConnection, DbError, time::now},
    error::AppError,
    features::payments::domain::Outcome,
    state::State,
};

/// Takes an event whose signature was checked. Its id and its effect are written in one transaction, so that it has its
/// effect once. What is not known here is acknowledged, or the provider would send it for ever.
pub async fn receive(state: &State, event: PaymentEvent) -> Result<Message, AppError> {
    let (Some(kind), Some(data)) = (event.known_kind(), event.data) else {
        tracing::info!(
            event = "payment_event_ignored",
            id = event.id,
            kind = event.kind,
            "unknown type of event"
        );
        return Ok(Message::new("Event ignored"));
    };
    let id = event.id;
    match state.db.write(move |connection| receive_in(connection, &id, kind, data)).await {
        Ok((received, moved)) => {
            count(state, moved);
            if let Received::Refund { order_id } = received {
                recovery::settle_refunds(state, order_id).await;
            }
        }
        // The same event at the same time: the other request has had its effect.
        Err(AppError::Database(DbError::Taken(_))) => {}
        Err(error) => return Err(error),
    }
    Ok(Message::new("Event received"))
}

enum Received {
    Done,
    /// Money came that goes back.
    Refund {
        order_id: String,
    },
}

fn receive_in(
    connection: &mut DbConnection,
    event_id: &str,
    kind: EventKind,
    data: PaymentEventData,
) -> Result<(Received, Option<PaymentStatus>), AppError> {
    let known = repo::find(connection, &data.payment_id)?.is_some();
    if known {
        let (_, stored) = lock(connection, &data.payment_id)?;
        if (stored.payment.amount, stored.payment.currency.as_str()) != (data.amount, data.currency.as_str())
        {
            tracing::error!(
                event = "payment_event_refused",
                id = event_id,
                payment = data.payment_id,
                "wrong amount"
            );
            return Err(AppError::bad_request("The amount of the event is not the amount of the payment"));
        }
    }
    if repo::event_is_known(connection, event_id)? {
        return Ok((Received::Done, None));
    }
    repo::insert_event(connection, event_id, kind.as_str(), &data.payment_id, now())?;
    if !known {
        tracing::warn!(
            event = "payment_event_unknown",
            id = event_id,
            "an event about a payment that is not known"
        );
        return Ok((Received::Done, None));
    }
    let outcome = match kind {
        EventKind::Succeeded => Outcome::Approved,
        EventKind::Declined => {
            Outcome::Declined(data.reason.map_or_else(|| "Your card was declined".into(), Into::into))
        }
    };
    let Settled { order, payment, moved } = settle_in(connection, &data.payment_id, &outcome)?;
    let received = match payment.status {
        PaymentStatus::RefundDue => Received::Refund { order_id: order.id },
        _ => Received::Done,
    };
    Ok((received, moved))
}
