//! SQL of lists of orders.

use std::collections::HashMap;

use diesel::{dsl::count_star, prelude::*};
use shared_types::orders::{OrderCount, OrderQuery, OrderSummary, OrderUser, OrderWithItems};

use super::{Backend, OrderRow, items_of_orders};
use crate::db::{
    DbConnection, QueryResult,
    schema::{order_items, orders, users},
};

/// How many orders there are: a user's, or everybody's.
pub fn count_orders(
    connection: &mut DbConnection,
    user_id: Option<&str>,
    query: &OrderQuery,
) -> QueryResult<i64> {
    let mut statement = orders::table.count().into_boxed::<Backend>();
    if let Some(user_id) = user_id {
        statement = statement.filter(orders::user_id.eq(user_id));
    }
    if let Some(status) = query.status {
        statement = statement.filter(orders::status.eq(status.as_str()));
    }
    statement.get_result(connection)
}

/// One page of a user's orders, newest first.
pub fn list_orders(
    connection: &mut DbConnection,
    user_id: &str,
    query: &OrderQuery,
) -> QueryResult<Vec<OrderWithItems>> {
    let mut statement = orders::table
        .filter(orders::user_id.eq(user_id))
        .select(OrderRow::as_select())
        .into_boxed::<Backend>();
    if let Some(status) = query.status {
        statement = statement.filter(orders::status.eq(status.as_str()));
    }
    let rows: Vec<OrderRow> = statement
        .order((orders::created_at.desc(), orders::id.desc()))
        .limit(query.limit)
        .offset((query.page - 1) * query.limit)
        .load(connection)?;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut items = items_of_orders(connection, &ids)?;
    rows.into_iter()
        .map(|row| {
            let items = items.remove(&row.id).unwrap_or_default();
            Ok(OrderWithItems { order: row.into_order()?, items })
        })
        .collect()
}

/// One page of everybody's orders, newest first, with who placed them and how many items they have.
pub fn list_summaries(connection: &mut DbConnection, query: &OrderQuery) -> QueryResult<Vec<OrderSummary>> {
    type Row = (OrderRow, (String, String, Option<String>, Option<String>));
    let mut statement = orders::table
        .inner_join(users::table)
        .select((OrderRow::as_select(), (users::id, users::email, users::first_name, users::last_name)))
        .into_boxed::<Backend>();
    if let Some(status) = query.status {
        statement = statement.filter(orders::status.eq(status.as_str()));
    }
    let rows: Vec<Row> = statement
        .order((orders::created_at.desc(), orders::id.desc()))
        .limit(query.limit)
        .offset((query.page - 1) * query.limit)
        .load(connection)?;
    let ids: Vec<&str> = rows.iter().map(|(order, _)| order.id.as_str()).collect();
    let counts: Vec<(String, i64)> = order_items::table
        .filter(order_items::order_id.eq_any(ids))
        .group_by(order_items::order_id)
        .select((order_items::order_id, count_star()))
        .load(connection)?;
    let mut counts: HashMap<String, i64> = counts.into_iter().collect();
    rows.into_iter()
        .map(|(row, (id, email, first_name, last_name))| {
            let count = OrderCount { items: counts.remove(&row.id).unwrap_or_default() };
            let user = OrderUser { id, email, first_name, last_name };
            Ok(OrderSummary { order: row.into_order()?, user, count })
        })
        .collect()
}
