//! SQL of payments and of the provider's events.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    Money,
    money::CURRENCY,
    payments::{NextAction, Payment, PaymentStatus},
};

use crate::db::{
    DbConnection, DbError, QueryResult,
    column::word,
    schema::{orders, payment_events, payments},
    time::to_wire,
};

/// A payment as it is stored.
#[derive(Debug, Clone)]
pub struct StoredPayment {
    /// What its owner may see.
    pub payment: Payment,
    /// What the provider made of the card.
    pub card_kind: String,
    /// What the card's owner said, when they were asked and have answered.
    pub confirmation: Option<bool>,
    /// When it last changed.
    pub updated_at: NaiveDateTime,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = payments)]
struct PaymentRow {
    id: String,
    order_id: String,
    amount: i64,
    currency: String,
    status: String,
    card_last4: String,
    card_kind: String,
    confirmation: Option<String>,
    decline_reason: Option<String>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl PaymentRow {
    fn into_stored(self) -> QueryResult<StoredPayment> {
        let status = word("payments.status", &self.status, PaymentStatus::parse)?;
        let payment = Payment {
            next_action: NextAction::of(&self.id, status),
            id: self.id,
            order_id: self.order_id,
            status,
            amount: Money::from_minor(self.amount),
            currency: self.currency,
            card_last4: self.card_last4,
            decline_reason: self.decline_reason,
            created_at: to_wire(self.created_at),
            updated_at: to_wire(self.updated_at),
        };
        Ok(StoredPayment {
            payment,
            card_kind: self.card_kind,
            confirmation: self.confirmation.map(|answer| answer == APPROVED),
            updated_at: self.updated_at,
        })
    }
}

const APPROVED: &str = "APPROVED";
const REFUSED: &str = "REFUSED";

/// Statuses of a payment that runs or has succeeded; an order has one such payment at most, by a unique index.
const LIVE: [&str; 4] = [
    PaymentStatus::Started.as_str(),
    PaymentStatus::NeedsConfirmation.as_str(),
    PaymentStatus::Processing.as_str(),
    PaymentStatus::Succeeded.as_str(),
];

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
    /// What the provider makes of the card.
    pub card_kind: &'p str,
}

/// Writes a payment down before the provider is asked.
pub fn start(connection: &mut DbConnection, payment: &NewPayment<'_>, now: NaiveDateTime) -> QueryResult<()> {
    diesel::insert_into(payments::table)
        .values((
            payments::id.eq(payment.id),
            payments::order_id.eq(payment.order_id),
            payments::amount.eq(payment.amount.minor()),
            payments::currency.eq(CURRENCY),
            payments::status.eq(PaymentStatus::Started.as_str()),
            payments::card_last4.eq(payment.card_last4),
            payments::card_kind.eq(payment.card_kind),
            payments::created_at.eq(now),
            payments::updated_at.eq(now),
        ))
        .execute(connection)
        .map(|_| ())
}

/// The payment with this id.
pub fn find(connection: &mut DbConnection, id: &str) -> QueryResult<Option<StoredPayment>> {
    let row = payments::table.find(id).select(PaymentRow::as_select()).first(connection).optional()?;
    row.map(PaymentRow::into_stored).transpose()
}

/// The payment with this id, if it is for an order of this user.
pub fn find_own(
    connection: &mut DbConnection,
    id: &str,
    user_id: &str,
) -> QueryResult<Option<StoredPayment>> {
    let row = payments::table
        .inner_join(orders::table)
        .filter(payments::id.eq(id))
        .filter(orders::user_id.eq(user_id))
        .select(PaymentRow::as_select())
        .first(connection)
        .optional()?;
    row.map(PaymentRow::into_stored).transpose()
}

/// The latest attempts to pay an order, newest first, at most `limit`.
pub fn of_order(connection: &mut DbConnection, order_id: &str, limit: i64) -> QueryResult<Vec<Payment>> {
    let rows: Vec<PaymentRow> = payments::table
        .filter(payments::order_id.eq(order_id))
        .order((payments::created_at.desc(), payments::id.desc()))
        .limit(limit)
        .select(PaymentRow::as_select())
        .load(connection)?;
    rows.into_iter().map(|row| row.into_stored().map(|stored| stored.payment)).collect()
}

/// The payment of an order that runs or has succeeded.
pub fn live_of_order(connection: &mut DbConnection, order_id: &str) -> QueryResult<Option<StoredPayment>> {
    let row = payments::table
        .filter(payments::order_id.eq(order_id))
        .filter(payments::status.eq_any(LIVE))
        .select(PaymentRow::as_select())
        .first(connection)
        .optional()?;
    row.map(PaymentRow::into_stored).transpose()
}

/// Payments in this status that have not changed since `before`, longest first, at most `limit`.
pub fn unchanged_since(
    connection: &mut DbConnection,
    status: PaymentStatus,
    before: NaiveDateTime,
    limit: i64,
) -> QueryResult<Vec<StoredPayment>> {
    let rows: Vec<PaymentRow> = payments::table
        .filter(payments::status.eq(status.as_str()))
        .filter(payments::updated_at.lt(before))
        .order((payments::updated_at, payments::id))
        .limit(limit)
        .select(PaymentRow::as_select())
        .load(connection)?;
    rows.into_iter().map(PaymentRow::into_stored).collect()
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

/// Writes down what the card's owner said, before the provider is told.
pub fn answer_confirmation(
    connection: &mut DbConnection,
    id: &str,
    approve: bool,
    now: NaiveDateTime,
) -> QueryResult<()> {
    let waiting = payments::status.eq(PaymentStatus::NeedsConfirmation.as_str());
    diesel::update(payments::table.find(id).filter(waiting))
        .set((
            payments::status.eq(PaymentStatus::Processing.as_str()),
            payments::confirmation.eq(if approve { APPROVED } else { REFUSED }),
            payments::updated_at.eq(now),
        ))
        .execute(connection)
        .map(|_| ())
}

/// Notes that a payment was looked up and nothing is known yet, so that others have their turn first.
pub fn touch(connection: &mut DbConnection, id: &str, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(payments::table.find(id)).set(payments::updated_at.eq(now)).execute(connection).map(|_| ())
}

/// Gives up a payment of an order that nobody has confirmed: nothing was charged.
pub fn give_up_unconfirmed(
    connection: &mut DbConnection,
    order_id: &str,
    reason: &str,
    now: NaiveDateTime,
) -> QueryResult<()> {
    let unconfirmed = payments::table
        .filter(payments::order_id.eq(order_id))
        .filter(payments::status.eq(PaymentStatus::NeedsConfirmation.as_str()));
    diesel::update(unconfirmed)
        .set((
            payments::status.eq(PaymentStatus::Declined.as_str()),
            payments::decline_reason.eq(reason),
            payments::updated_at.eq(now),
        ))
        .execute(connection)
        .map(|_| ())
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
        .order((payments::updated_at, payments::id))
        .limit(limit)
        .into_boxed::<<DbConnection as Connection>::Backend>();
    if let Some(order_id) = order_id {
        statement = statement.filter(payments::order_id.eq(order_id));
    }
    statement.load(connection)
}

/// Whether an event of the provider has had its effect.
pub fn event_is_known(connection: &mut DbConnection, event_id: &str) -> QueryResult<bool> {
    let found: i64 = payment_events::table.find(event_id).count().get_result(connection)?;
    Ok(found > 0)
}

/// Writes an event down, in the transaction of its effect; `Taken` when another request was faster with the same one.
pub fn insert_event(
    connection: &mut DbConnection,
    event_id: &str,
    kind: &str,
    payment_id: &str,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    diesel::insert_into(payment_events::table)
        .values((
            payment_events::id.eq(event_id),
            payment_events::kind.eq(kind),
            payment_events::payment_id.eq(payment_id),
            payment_events::received_at.eq(now),
        ))
        .execute(connection)?;
    Ok(())
}

/// How many payments that began before a moment have no outcome yet, or have not been given back.
pub fn count_unsettled_from_before(connection: &mut DbConnection, moment: NaiveDateTime) -> QueryResult<i64> {
    let settled = [PaymentStatus::Succeeded, PaymentStatus::Declined, PaymentStatus::Refunded];
    payments::table
        .filter(payments::status.ne_all(settled.map(PaymentStatus::as_str)))
        .filter(payments::created_at.lt(moment))
        .count()
        .get_result(connection)
}
