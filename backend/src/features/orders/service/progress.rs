//! How orders move on: cancelled by their customer, moved by an administrator. Whoever moves one takes its lock first, so
//! that only the request that moved it returns the stock and the money.

use shared_types::{
    Message,
    catalog::stock::StockReason,
    orders::{ChangeStatus, Order, OrderStatus, OrderWithItems},
};

use super::{order_not_found, own_order};
use crate::{
    db::{
        DbConnection,
        catalog_changes::{self, Entity},
        time::now,
    },
    error::AppError,
    features::{
        audit::repo::{self as audit, Entry},
        catalog::stock::repo::{self as stock, Movement},
        orders::repo::{self, admin::NewNote},
        payments::service::{order_moved, recovery::settle_refunds},
    },
    http::{
        identity::{AdminUser, CurrentUser},
        request_id,
    },
    state::State,
};

/// Cancels the caller's own order; stock and money return exactly once.
pub async fn cancel(state: &State, user: CurrentUser, key: String) -> Result<Message, AppError> {
    let cancel = move |connection: &mut DbConnection| {
        let order = own_order(connection, &user.id, &key)?;
        // What somebody else did meanwhile is seen now; paying it, for example, does not stand in the way of cancelling.
        let (order, _) = repo::lock(connection, &order.id)?;
        if !order.status.customer_can_cancel() {
            return Err(AppError::bad_request(format!("Cannot cancel order with status: {}", order.status)));
        }
        move_locked(connection, &order, OrderStatus::Cancelled)?;
        Ok(order.id)
    };
    let order_id = state.db.write(cancel).await?;
    settle_refunds(state, order_id).await;
    Ok(Message::new("Order cancelled"))
}

/// Moves any order on, as the table of transitions allows. Who did it and what they noted is written down for
/// administrators.
pub async fn change_status(
    state: &State,
    AdminUser(admin): AdminUser,
    key: String,
    request: ChangeStatus,
) -> Result<OrderWithItems, AppError> {
    let request_id = request_id::current();
    let returns_money = request.status.returns_stock();
    let change = move |connection: &mut DbConnection| {
        let before = repo::find_order(connection, &key)?.ok_or_else(order_not_found)?;
        let (before, _) = repo::lock(connection, &before.id)?;
        if !before.status.can_become(request.status) {
            return Err(AppError::bad_request(format!(
                "Cannot change order status from {} to {}",
                before.status, request.status
            )));
        }
        move_locked(connection, &before, request.status)?;
        let note = NewNote {
            order_id: &before.id,
            author_id: &admin.id,
            status: request.status,
            text: request.notes.as_deref(),
        };
        repo::admin::insert_note(connection, &note, now())?;
        let entry = Entry {
            actor_id: &admin.id,
            action: "order.status",
            entity: "order",
            entity_id: &before.id,
            before: Some(&before.status),
            after: Some(&request.status),
            request_id: &request_id,
        };
        audit::record(connection, &entry)?;
        let order = repo::find_order(connection, &before.id)?.ok_or_else(order_not_found)?;
        let items = repo::items_of_orders(connection, &[&order.id])?.remove(&order.id).unwrap_or_default();
        Ok(OrderWithItems { order, items })
    };
    let changed = state.db.write(change).await?;
    if returns_money {
        settle_refunds(state, changed.order.id.clone()).await;
    }
    Ok(changed)
}

/// Moves an order whose lock this transaction holds; the caller has checked that it may go there.
pub(super) fn move_locked(
    connection: &mut DbConnection,
    order: &Order,
    to: OrderStatus,
) -> Result<(), AppError> {
    if !repo::change_status(connection, &order.id, order.status, to, now())? {
        return Err(AppError::Internal(format!("order {} moved although it was locked", order.id)));
    }
    if to.returns_stock() {
        return_all_stock(connection, &order.id)?;
    }
    order_moved(connection, &order.id, to)
}

/// Puts every unit of an order back; the caller has changed its status in this transaction.
fn return_all_stock(connection: &mut DbConnection, order_id: &str) -> Result<(), AppError> {
    let moment = now();
    let mut items = repo::items_with_links(connection, order_id)?;
    // The same order in which stock is taken, so that a cancellation and an order can't wait for each other.
    items.sort_by(|a, b| a.item.product_id.cmp(&b.item.product_id));
    for line in &items {
        repo::return_stock(connection, &line.item.product_id, line.item.quantity)?;
    }
    let returned = items.iter().map(|line| {
        Movement::of_order(&line.item.product_id, line.item.quantity, StockReason::Return, order_id)
    });
    stock::record_all(connection, &returned.collect::<Vec<_>>(), moment)?;
    let moved: Vec<&str> = items.iter().map(|line| line.item.product_id.as_str()).collect();
    catalog_changes::record(connection, Entity::Product, &moved)?;
    Ok(())
}
