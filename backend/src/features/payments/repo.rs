//! SQL of payments.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{Money, money::CURRENCY};

use crate::db::{DbConnection, DbError, QueryResult, schema::payments};

/// Where a payment is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentStatus {
    /// The provider is being asked.
    Started,
    /// The money is taken.
    Succeeded,
    /// It is not.
    Declined,
    /// The money has to be given back.
    RefundDue,
    /// The money is given back.
    Refunded,
}

impl PaymentStatus {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "STARTED",
            Self::Succeeded => "SUCCEEDED",
            Self::Declined => "DECLINED",
            Self::RefundDue => "REFUND_DUE",
            Self::Refunded => "REFUNDED",
        }
    }
}

/// A payment that is about to be asked for.
pub struct NewPayment<'p> {
    /// Opaque id.
    pub id: &'p str,
    /// The order.
    pub order_id: &'p str,
    /// How much.
    pub amount: Money,
    /// Last digits of the card.
    pub card_last4: &'p str,
}

/// Writes a payment down before the provider is asked; `false` when the order already has one that runs or succeeded.
pub fn start(
    connection: &mut DbConnection,
    payment: &NewPayment<'_>,
    now: NaiveDateTime,
) -> Result<bool, DbError> {
    let inserted = diesel::insert_into(payments::table)
        .values((
            payments::id.eq(payment.id),
            payments::order_id.eq(payment.order_id),
            payments::amount.eq(payment.amount.minor()),
            payments::currency.eq(CURRENCY),
            payments::status.eq(PaymentStatus::Started.as_str()),
            payments::card_last4.eq(payment.card_last4),
            payments::created_at.eq(now),
            payments::updated_at.eq(now),
        ))
        .execute(connection);
    match inserted.map_err(DbError::from) {
        Ok(_) => Ok(true),
        Err(DbError::Taken(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Gives up payments of an order that were started before `before` and never finished.
pub fn abandon_started(
    connection: &mut DbConnection,
    order_id: &str,
    before: NaiveDateTime,
    now: NaiveDateTime,
) -> QueryResult<usize> {
    let stale = payments::table
        .filter(payments::order_id.eq(order_id))
        .filter(payments::status.eq(PaymentStatus::Started.as_str()))
        .filter(payments::created_at.lt(before));
    diesel::update(stale)
        .set((
            payments::status.eq(PaymentStatus::Declined.as_str()),
            payments::decline_reason.eq("The payment was interrupted"),
            payments::updated_at.eq(now),
        ))
        .execute(connection)
}

/// Moves a payment on; `false` when it was not where it was thought to be.
pub fn change_status(
    connection: &mut DbConnection,
    id: &str,
    from: PaymentStatus,
    to: PaymentStatus,
    reason: Option<&str>,
    now: NaiveDateTime,
) -> QueryResult<bool> {
    diesel::update(payments::table.find(id).filter(payments::status.eq(from.as_str())))
        .set((
            payments::status.eq(to.as_str()),
            payments::decline_reason.eq(reason),
            payments::updated_at.eq(now),
        ))
        .execute(connection)
        .map(|rows| rows == 1)
}

/// Marks what was paid for an order as to be given back.
pub fn mark_refund_due(connection: &mut DbConnection, order_id: &str, now: NaiveDateTime) -> QueryResult<()> {
    let paid = payments::table
        .filter(payments::order_id.eq(order_id))
        .filter(payments::status.eq(PaymentStatus::Succeeded.as_str()));
    diesel::update(paid)
        .set((payments::status.eq(PaymentStatus::RefundDue.as_str()), payments::updated_at.eq(now)))
        .execute(connection)
        .map(|_| ())
}

/// Payments that have to be given back: of one order, or the oldest of all, at most `limit`.
pub fn refunds_due(
    connection: &mut DbConnection,
    order_id: Option<&str>,
    limit: i64,
) -> QueryResult<Vec<String>> {
    let mut statement = payments::table
        .filter(payments::status.eq(PaymentStatus::RefundDue.as_str()))
        .select(payments::id)
        .order(payments::id)
        .limit(limit)
        .into_boxed::<<DbConnection as Connection>::Backend>();
    if let Some(order_id) = order_id {
        statement = statement.filter(payments::order_id.eq(order_id));
    }
    statement.load(connection)
}
