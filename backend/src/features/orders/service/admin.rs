//! What administrators see of orders.

use chrono::TimeDelta;
use shared_types::{
    Page,
    orders::{OrderNote, OrderQuery, OrderStats, OrderSummary},
};

use super::order_not_found;
use crate::{
    db::{DbConnection, time::now},
    error::AppError,
    features::orders::repo::{self, admin, lists},
    state::State,
};

/// Days that count as recent.
const RECENT_DAYS: i64 = 30;

/// One page of everybody's orders.
pub async fn list(state: &State, query: OrderQuery) -> Result<Page<OrderSummary>, AppError> {
    let read = move |connection: &mut DbConnection| {
        let total = lists::count_orders(connection, None, &query)?;
        let orders = lists::list_summaries(connection, &query)?;
        Ok(Page::new(orders, query.page, query.limit, total))
    };
    state.db.read(read).await
}

/// How business is.
pub async fn stats(state: &State) -> Result<OrderStats, AppError> {
    let read = |connection: &mut DbConnection| {
        let orders_by_status = admin::count_by_status(connection)?;
        let moment = now();
        let since = moment.checked_sub_signed(TimeDelta::days(RECENT_DAYS)).unwrap_or(moment);
        Ok(OrderStats {
            total_orders: orders_by_status.values().sum(),
            orders_by_status,
            last30_days: admin::sold_since(connection, since)?,
        })
    };
    state.db.read(read).await
}

/// What administrators did to an order, and what they noted.
pub async fn notes(state: &State, key: String) -> Result<Vec<OrderNote>, AppError> {
    let read = move |connection: &mut DbConnection| {
        let order = repo::find_order(connection, &key)?.ok_or_else(order_not_found)?;
        Ok(admin::notes(connection, &order.id)?)
    };
    state.db.read(read).await
}
