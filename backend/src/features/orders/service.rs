//! Rules of orders: placing and reading them.

pub mod admin;
pub mod expiry;
pub mod progress;

use chrono::{NaiveDateTime, TimeDelta};
use rand::{TryRngCore, rngs::OsRng};
use shared_types::{
    Data, Page,
    auth::Role,
    catalog::stock::StockReason,
    money::CURRENCY,
    orders::{
        ItemWith, Order, OrderDetail, OrderItem, OrderQuery, OrderStatus, OrderWithItems, PlaceOrder,
        ProductThumb,
    },
    pricing::{PricedLine, Totals, price},
};

use super::{
    domain::{Line, merge_lines, order_number},
    repo::{self, ProductForSale, lists},
};
use crate::{
    db::{
        DbConnection,
        catalog_changes::{self, Entity},
        idempotency::KeyedRequest,
        new_id,
        time::{now, to_wire},
    },
    error::AppError,
    features::catalog::stock::repo::{self as stock, Movement},
    http::identity::CurrentUser,
    idempotency::{StoredAnswer, claim, complete, keyed_request},
    state::State,
};

/// Places an order: takes the stock, prices it, stores it, all or nothing.
pub async fn place(
    state: &State,
    user: CurrentUser,
    key: Option<String>,
    request: PlaceOrder,
) -> Result<StoredAnswer, AppError> {
    let keyed = keyed_request(&user, key, "place", &request);
    let hold = TimeDelta::from_std(state.config.orders.hold)
        .map_err(|error| AppError::Internal(format!("ORDER_HOLD_MINUTES: {error}")))?;
    let place =
        move |connection: &mut DbConnection| place_in(connection, &user.id, keyed.as_ref(), &request, hold);
    // Who lost a race for its key finds the winner's answer.
    let lost_a_race = |error: &AppError| {
        error.gave_way() || matches!(error, AppError::Refused { retry_after: Some(_), .. })
    };
    let answer = state.db.write_again_if(lost_a_race, place).await?;
    if !answer.is_replay {
        state.counts.orders_placed.add();
    }
    Ok(answer)
}

fn place_in(
    connection: &mut DbConnection,
    user_id: &str,
    keyed: Option<&KeyedRequest>,
    request: &PlaceOrder,
    hold: TimeDelta,
) -> Result<StoredAnswer, AppError> {
    if let Some(answer) = claim(connection, keyed)? {
        return Ok(answer);
    }
    let lines = merge_lines(&request.items);
    let ids: Vec<&str> = lines.iter().map(|line| line.product_id.as_str()).collect();
    let products = repo::products_for_sale(connection, &ids)?;
    let priced = lines.into_iter().map(|line| price_line(line, &products)).collect::<Result<Vec<_>, _>>()?;
    let totals = total(&priced)?;
    if request.expected_total.is_some_and(|expected| expected != totals.total) {
        return Err(AppError::conflict(format!(
            "The total has changed to {}. Please review your order.",
            totals.total
        )));
    }
    let moment = now();
    let order = new_order(user_id, request, &totals, moment)?;
    repo::insert_order(connection, &order, moment, moment.checked_add_signed(hold).unwrap_or(moment))?;
    let items = take_lines(connection, &order, priced)?;
    let answer = StoredAnswer::new(201, &Data::new(OrderWithItems { order, items }))?;
    complete(connection, keyed, &answer)?;
    Ok(answer)
}

struct LineForSale {
    product: ProductForSale,
    /// At most 100 lines of 999 units.
    units: i32,
    priced: PricedLine,
}

fn price_line(
    line: Line,
    products: &std::collections::HashMap<String, ProductForSale>,
) -> Result<LineForSale, AppError> {
    let product = products.get(&line.product_id).ok_or_else(unavailable)?.clone();
    let priced =
        PricedLine { unit_price: shared_types::Money::from_minor(product.price), quantity: line.quantity };
    Ok(LineForSale { units: i32::try_from(line.quantity).unwrap_or(i32::MAX), product, priced })
}

fn total(lines: &[LineForSale]) -> Result<Totals, AppError> {
    let priced: Vec<_> = lines.iter().map(|line| line.priced).collect();
    price(&priced).map_err(|_| AppError::bad_request("The order is too large"))
}

fn unavailable() -> AppError {
    AppError::bad_request("One or more products are not available")
}

/// Takes each line's units, then writes all items and movements. Units are taken one product after the other: rows of one
/// statement would be locked in any order, and two orders might wait for each other.
fn take_lines(
    connection: &mut DbConnection,
    order: &Order,
    lines: Vec<LineForSale>,
) -> Result<Vec<ItemWith<ProductThumb>>, AppError> {
    let moment = now();
    let mut items = Vec::with_capacity(lines.len());
    for LineForSale { product, units, priced } in lines {
        if !repo::take_stock(connection, &product.id, units)? {
            return Err(shortage(connection, &product.id)?);
        }
        let item = OrderItem {
            id: new_id(),
            order_id: order.id.clone(),
            product_id: product.id.clone(),
            sku: product.sku,
            name: product.name.clone(),
            quantity: units,
            unit_price: priced.unit_price,
            subtotal: priced.unit_price.times(priced.quantity).unwrap_or_default(),
        };
        let product = ProductThumb { id: product.id, name: product.name, image_url: product.image_url };
        items.push(ItemWith { item, product });
    }
    repo::insert_items(connection, &items.iter().map(|line| &line.item).collect::<Vec<_>>())?;
    let taken = items
        .iter()
        .map(|line| Movement::of_order(&line.product.id, -line.item.quantity, StockReason::Order, &order.id));
    stock::record_all(connection, &taken.collect::<Vec<_>>(), moment)?;
    let moved: Vec<&str> = items.iter().map(|line| line.product.id.as_str()).collect();
    catalog_changes::record(connection, Entity::Product, &moved)?;
    items.sort_by(|a, b| (&a.item.name, &a.item.id).cmp(&(&b.item.name, &b.item.id)));
    Ok(items)
}

/// Why units could not be taken: the product is gone, or there are not enough of it.
fn shortage(connection: &mut DbConnection, product_id: &str) -> Result<AppError, AppError> {
    let left = repo::products_for_sale(connection, &[product_id])?.remove(product_id);
    Ok(left.map_or_else(unavailable, |product| {
        AppError::bad_request(format!(
            "Insufficient stock for {}. Available: {}",
            product.name, product.stock
        ))
    }))
}

fn new_order(
    user_id: &str,
    request: &PlaceOrder,
    totals: &Totals,
    moment: NaiveDateTime,
) -> Result<Order, AppError> {
    let mut random = [0_u8; 3];
    OsRng
        .try_fill_bytes(&mut random)
        .map_err(|error| AppError::Internal(format!("random numbers: {error}")))?;
    Ok(Order {
        id: new_id(),
        order_number: order_number(moment.and_utc().timestamp_millis(), random),
        user_id: user_id.to_owned(),
        status: OrderStatus::Pending,
        subtotal: totals.subtotal,
        tax: totals.tax,
        shipping_amount: totals.shipping,
        discount_amount: shared_types::Money::ZERO,
        total_amount: totals.total,
        currency: CURRENCY.to_owned(),
        notes: request.notes.clone().filter(|notes| !notes.is_empty()),
        shipping_address: request.shipping_address.clone(),
        billing_address: request.billing_address.clone().unwrap_or_else(|| request.shipping_address.clone()),
        paid_at: None,
        shipped_at: None,
        delivered_at: None,
        cancelled_at: None,
        created_at: to_wire(moment),
        updated_at: to_wire(moment),
    })
}

/// One page of the caller's own orders.
pub async fn list(
    state: &State,
    user: CurrentUser,
    query: OrderQuery,
) -> Result<Page<OrderWithItems>, AppError> {
    state
        .db
        .read(move |connection| {
            let total = lists::count_orders(connection, Some(&user.id), &query)?;
            let orders = lists::list_orders(connection, &user.id, &query)?;
            Ok(Page::new(orders, query.page, query.limit, total))
        })
        .await
}

/// One order: the caller's own, or any for an administrator. Somebody else's does not exist.
pub async fn get(state: &State, user: CurrentUser, key: String) -> Result<OrderDetail, AppError> {
    state
        .db
        .read(move |connection| {
            let order = visible_order(connection, &user, &key)?;
            Ok(repo::order_detail(connection, order)?)
        })
        .await
}

/// An order that the caller may see: their own, or any for an administrator.
pub fn visible_order(
    connection: &mut DbConnection,
    user: &CurrentUser,
    key: &str,
) -> Result<Order, AppError> {
    let order = repo::find_order(connection, key)?;
    order.filter(|order| order.user_id == user.id || user.role == Role::Admin).ok_or_else(order_not_found)
}

/// The caller's own order.
pub fn own_order(connection: &mut DbConnection, user_id: &str, key: &str) -> Result<Order, AppError> {
    let order = repo::find_order(connection, key)?;
    order.filter(|order| order.user_id == user_id).ok_or_else(order_not_found)
}

fn order_not_found() -> AppError {
    AppError::not_found("Order not found")
}
