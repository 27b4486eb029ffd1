//! Orders.

use shared_types::{
    Message, Page,
    orders::{OrderDetail, OrderQuery, OrderWithItems, PlaceOrder},
    paths,
    payments::{Paid, PayOrder, Payment},
};

use super::endpoint::{Endpoint, data, message, page};

/// Places an order; safe to repeat under the same key.
pub fn place(request: &PlaceOrder, key: &str) -> Endpoint<OrderWithItems> {
    Endpoint::post(paths::orders::ORDERS, request, data).private().once(key)
}

/// A page of own orders, newest first.
pub fn list(query: &OrderQuery) -> Endpoint<Page<OrderWithItems>> {
    Endpoint::get(paths::orders::ORDERS, query.pairs(), page).private()
}

/// One order by id or number.
pub fn order(number: &str) -> Endpoint<OrderDetail> {
    Endpoint::get(paths::orders::order(number), Vec::new(), data).private()
}

/// Cancels an order.
pub fn cancel(number: &str) -> Endpoint<Message> {
    Endpoint::post_empty(paths::orders::cancel(number), message).private()
}

/// Pays an order; safe to repeat under the same key. It may need a confirmation, or time.
pub fn pay(number: &str, request: &PayOrder, key: &str) -> Endpoint<Paid> {
    Endpoint::post(paths::orders::pay(number), request, data).private().once(key)
}

/// The attempts to pay an order, newest first.
pub fn payments(number: &str) -> Endpoint<Vec<Payment>> {
    Endpoint::get(paths::orders::payments(number), Vec::new(), data).private()
}
