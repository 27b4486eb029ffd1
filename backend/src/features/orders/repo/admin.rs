//! SQL of what administrators see and write: how business is, and notes on orders.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{BigInt, Nullable},
};
use shared_types::{
    Money,
    orders::{OrderNote, OrderStatus, OrderUser, RecentOrders},
};

use crate::db::{
    DbConnection, QueryResult,
    column::word,
    new_id,
    schema::{order_notes, orders, users},
    time::to_wire,
};

/// How many orders there are in each status that any is in.
pub fn count_by_status(connection: &mut DbConnection) -> QueryResult<BTreeMap<OrderStatus, i64>> {
    let rows: Vec<(String, i64)> =
        orders::table.group_by(orders::status).select((orders::status, count_star())).load(connection)?;
    rows.into_iter()
        .map(|(status, count)| Ok((word("orders.status", &status, OrderStatus::parse)?, count)))
        .collect()
}

/// Orders that were placed since then and count as sold, and what they come to.
pub fn sold_since(connection: &mut DbConnection, since: NaiveDateTime) -> QueryResult<RecentOrders> {
    let sold: Vec<&str> =
        OrderStatus::ALL.iter().filter(|status| status.is_sold()).map(|status| status.as_str()).collect();
    // PostgreSQL adds BIGINTs up to a NUMERIC, SQLite to an integer.
    let sum = sql::<Nullable<BigInt>>("CAST(SUM(total_amount) AS BIGINT)");
    let (revenue, orders): (Option<i64>, i64) = orders::table
        .filter(orders::created_at.ge(since))
        .filter(orders::status.eq_any(sold))
        .select((sum, count_star()))
        .first(connection)?;
    Ok(RecentOrders { revenue: Money::from_minor(revenue.unwrap_or_default()), orders })
}

/// A change of an order by an administrator.
pub struct NewNote<'n> {
    /// The order.
    pub order_id: &'n str,
    /// The administrator.
    pub author_id: &'n str,
    /// The status the order was moved to.
    pub status: OrderStatus,
    /// What was noted.
    pub text: Option<&'n str>,
}

/// Writes a change down.
pub fn insert_note(connection: &mut DbConnection, note: &NewNote<'_>, now: NaiveDateTime) -> QueryResult<()> {
    diesel::insert_into(order_notes::table)
        .values((
            order_notes::id.eq(new_id()),
            order_notes::order_id.eq(note.order_id),
            order_notes::author_id.eq(note.author_id),
            order_notes::status.eq(note.status.as_str()),
            order_notes::text.eq(note.text),
            order_notes::created_at.eq(now),
        ))
        .execute(connection)
        .map(|_| ())
}

/// The changes of an order by administrators, oldest first. The table of transitions has no circles, so they are few.
pub fn notes(connection: &mut DbConnection, order_id: &str) -> QueryResult<Vec<OrderNote>> {
    type Note = (String, String, String, Option<String>, NaiveDateTime);
    type Author = (String, String, Option<String>, Option<String>);
    let rows: Vec<(Note, Author)> = order_notes::table
        .inner_join(users::table)
        .filter(order_notes::order_id.eq(order_id))
        .order(order_notes::id)
        .select((
            (
                order_notes::id,
                order_notes::order_id,
                order_notes::status,
                order_notes::text,
                order_notes::created_at,
            ),
            (users::id, users::email, users::first_name, users::last_name),
        ))
        .load(connection)?;
    rows.into_iter()
        .map(|((id, order_id, status, notes, created_at), author)| {
            let (author_id, email, first_name, last_name) = author;
            Ok(OrderNote {
                id,
                order_id,
                author: OrderUser { id: author_id, email, first_name, last_name },
                status: word("order_notes.status", &status, OrderStatus::parse)?,
                notes,
                created_at: to_wire(created_at),
            })
        })
        .collect()
}
