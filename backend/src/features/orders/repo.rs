//! SQL of orders, their items and the stock they move.

pub mod admin;
pub mod lists;

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Integer, Text},
};
use shared_types::{
    Money,
    catalog::ProductStatus,
    orders::{
        Address, ItemWith, Order, OrderDetail, OrderItem, OrderStatus, OrderUser, ProductLink, ProductThumb,
    },
};

use crate::db::{
    DbConnection, QueryResult,
    bulk::insert_rows,
    column::word,
    json::{Json, to_text},
    schema::{order_items, orders, products, users},
    time::to_wire,
};

type Backend = <DbConnection as Connection>::Backend;

/// A product as an order sees it.
#[derive(Debug, Clone, Queryable)]
pub struct ProductForSale {
    /// Opaque id.
    pub id: String,
    /// Stock keeping unit.
    pub sku: String,
    /// Shown name.
    pub name: String,
    /// The main picture.
    pub image_url: Option<String>,
    /// Price of one, in minor units.
    pub price: i64,
    /// Units left.
    pub stock: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = orders)]
struct OrderRow {
    id: String,
    order_number: String,
    user_id: String,
    status: String,
    subtotal: i64,
    tax: i64,
    shipping_amount: i64,
    discount_amount: i64,
    total_amount: i64,
    currency: String,
    notes: Option<String>,
    shipping_address: Json<Address>,
    billing_address: Json<Address>,
    paid_at: Option<NaiveDateTime>,
    shipped_at: Option<NaiveDateTime>,
    delivered_at: Option<NaiveDateTime>,
    cancelled_at: Option<NaiveDateTime>,
    expires_at: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl OrderRow {
    fn into_order(self) -> QueryResult<Order> {
        Ok(Order {
            id: self.id,
            order_number: self.order_number,
            user_id: self.user_id,
            status: word("orders.status", &self.status, OrderStatus::parse)?,
            subtotal: Money::from_minor(self.subtotal),
            tax: Money::from_minor(self.tax),
            shipping_amount: Money::from_minor(self.shipping_amount),
            discount_amount: Money::from_minor(self.discount_amount),
            total_amount: Money::from_minor(self.total_amount),
            currency: self.currency,
            notes: self.notes,
            shipping_address: self.shipping_address.0,
            billing_address: self.billing_address.0,
            paid_at: self.paid_at.map(to_wire),
            shipped_at: self.shipped_at.map(to_wire),
            delivered_at: self.delivered_at.map(to_wire),
            cancelled_at: self.cancelled_at.map(to_wire),
            created_at: to_wire(self.created_at),
            updated_at: to_wire(self.updated_at),
        })
    }
}

// Columns that might be left out would make each statement one of many, which is not prepared.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = order_items, treat_none_as_default_value = false)]
struct ItemRow {
    id: String,
    order_id: String,
    product_id: String,
    sku: String,
    name: String,
    quantity: i32,
    unit_price: i64,
    subtotal: i64,
}

impl From<ItemRow> for OrderItem {
    fn from(row: ItemRow) -> Self {
        Self {
            id: row.id,
            order_id: row.order_id,
            product_id: row.product_id,
            sku: row.sku,
            name: row.name,
            quantity: row.quantity,
            unit_price: Money::from_minor(row.unit_price),
            subtotal: Money::from_minor(row.subtotal),
        }
    }
}

impl From<&OrderItem> for ItemRow {
    fn from(item: &OrderItem) -> Self {
        Self {
            id: item.id.clone(),
            order_id: item.order_id.clone(),
            product_id: item.product_id.clone(),
            sku: item.sku.clone(),
            name: item.name.clone(),
            quantity: item.quantity,
            unit_price: item.unit_price.minor(),
            subtotal: item.subtotal.minor(),
        }
    }
}

/// Those of the products that are sold, by id.
pub fn products_for_sale(
    connection: &mut DbConnection,
    ids: &[&str],
) -> QueryResult<HashMap<String, ProductForSale>> {
    let found: Vec<ProductForSale> = products::table
        .filter(products::id.eq_any(ids))
        .filter(products::status.eq(ProductStatus::Active.as_str()))
        .select((
            products::id,
            products::sku,
            products::name,
            products::image_url,
            products::price,
            products::stock,
        ))
        .load(connection)?;
    Ok(found.into_iter().map(|product| (product.id.clone(), product)).collect())
}

/// Takes units off the shelf, if there are that many and the product is sold; `false` when nothing was taken.
pub fn take_stock(connection: &mut DbConnection, product_id: &str, units: i32) -> QueryResult<bool> {
    TakeStock { product_id, units }.execute(connection).map(|rows| rows == 1)
}

/// The statement that orders are made of. diesel has updates planned anew each time, which on PostgreSQL takes longer than
/// carrying this one out and is one more round trip; what is written like this is prepared once for each connection.
struct TakeStock<'q> {
    product_id: &'q str,
    units: i32,
}

impl QueryFragment<Backend> for TakeStock<'_> {
    fn walk_ast<'b>(&'b self, mut statement: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        statement.push_sql("UPDATE products SET stock = stock - ");
        statement.push_bind_param::<Integer, _>(&self.units)?;
        statement.push_sql(" WHERE id = ");
        statement.push_bind_param::<Text, _>(self.product_id)?;
        statement.push_sql(" AND stock >= ");
        statement.push_bind_param::<Integer, _>(&self.units)?;
        statement.push_sql(" AND status = ");
        statement.push_bind_param::<Text, _>(ProductStatus::Active.as_str())
    }
}

impl QueryId for TakeStock<'_> {
    type QueryId = TakeStock<'static>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<DbConnection> for TakeStock<'_> {}

/// Puts units back on the shelf.
pub fn return_stock(connection: &mut DbConnection, product_id: &str, units: i32) -> QueryResult<()> {
    diesel::update(products::table.find(product_id))
        .set(products::stock.eq(products::stock + units))
        .execute(connection)
        .map(|_| ())
}

/// Adds an order; its moments are given apart, since the wire format is only for reading. It waits for its payment until
/// `expires_at`.
pub fn insert_order(
    connection: &mut DbConnection,
    order: &Order,
    now: NaiveDateTime,
    expires_at: NaiveDateTime,
) -> QueryResult<()> {
    diesel::insert_into(orders::table)
        .values((
            orders::id.eq(&order.id),
            orders::order_number.eq(&order.order_number),
            orders::user_id.eq(&order.user_id),
            orders::status.eq(order.status.as_str()),
            orders::subtotal.eq(order.subtotal.minor()),
            orders::tax.eq(order.tax.minor()),
            orders::shipping_amount.eq(order.shipping_amount.minor()),
            orders::discount_amount.eq(order.discount_amount.minor()),
            orders::total_amount.eq(order.total_amount.minor()),
            orders::currency.eq(&order.currency),
            orders::notes.eq(&order.notes),
            orders::shipping_address.eq(to_text(&order.shipping_address)?),
            orders::billing_address.eq(to_text(&order.billing_address)?),
            orders::expires_at.eq(expires_at),
            orders::created_at.eq(now),
            orders::updated_at.eq(now),
        ))
        .execute(connection)
        .map(|_| ())
}

/// Adds the items of an order. The enum of both connections can't insert several rows at once, so each does.
pub fn insert_items(connection: &mut DbConnection, items: &[&OrderItem]) -> QueryResult<()> {
    let rows: Vec<ItemRow> = items.iter().map(|item| ItemRow::from(*item)).collect();
    match connection {
        DbConnection::Postgres(connection) => insert_rows!(order_items::table, rows.as_slice(), connection),
        DbConnection::Sqlite(connection) => insert_rows!(order_items::table, rows.as_slice(), connection),
    }
}

/// The order with this id, or else with this number.
pub fn find_order(connection: &mut DbConnection, id_or_number: &str) -> QueryResult<Option<Order>> {
    let row = orders::table
        .filter(orders::id.eq(id_or_number).or(orders::order_number.eq(id_or_number)))
        .select(OrderRow::as_select())
        .first(connection)
        .optional()?;
    row.map(OrderRow::into_order).transpose()
}

/// Keeps everybody else from changing an order until the transaction ends, then reads it as it is now, and until when it
/// holds its stock. On PostgreSQL an update locks its row; on SQLite there is one writer anyway.
pub fn lock(connection: &mut DbConnection, id: &str) -> QueryResult<(Order, Option<NaiveDateTime>)> {
    diesel::update(orders::table.find(id))
        .set(orders::updated_at.eq(orders::updated_at))
        .execute(connection)?;
    let row: OrderRow = orders::table.find(id).select(OrderRow::as_select()).first(connection)?;
    let expires_at = row.expires_at;
    Ok((row.into_order()?, expires_at))
}

/// Who placed an order.
pub fn order_user(connection: &mut DbConnection, user_id: &str) -> QueryResult<OrderUser> {
    let (id, email, first_name, last_name) = users::table
        .find(user_id)
        .select((users::id, users::email, users::first_name, users::last_name))
        .first(connection)?;
    Ok(OrderUser { id, email, first_name, last_name })
}

/// The items of an order, by name, with the products behind them.
pub fn items_with_links(
    connection: &mut DbConnection,
    order_id: &str,
) -> QueryResult<Vec<ItemWith<ProductLink>>> {
    type Row = (ItemRow, (String, String, String, Option<String>));
    let rows: Vec<Row> = order_items::table
        .inner_join(products::table)
        .filter(order_items::order_id.eq(order_id))
        .order((order_items::name, order_items::id))
        .select((ItemRow::as_select(), (products::id, products::name, products::slug, products::image_url)))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(item, (id, name, slug, image_url))| ItemWith {
            item: item.into(),
            product: ProductLink { id, name, slug, image_url },
        })
        .collect())
}

/// An order in full.
pub fn order_detail(connection: &mut DbConnection, order: Order) -> QueryResult<OrderDetail> {
    let user = order_user(connection, &order.user_id)?;
    let items = items_with_links(connection, &order.id)?;
    Ok(OrderDetail { order, user, items })
}

/// The items of several orders, by order.
pub fn items_of_orders(
    connection: &mut DbConnection,
    order_ids: &[&str],
) -> QueryResult<HashMap<String, Vec<ItemWith<ProductThumb>>>> {
    type Row = (ItemRow, (String, String, Option<String>));
    let rows: Vec<Row> = order_items::table
        .inner_join(products::table)
        .filter(order_items::order_id.eq_any(order_ids))
        .order((order_items::name, order_items::id))
        .select((ItemRow::as_select(), (products::id, products::name, products::image_url)))
        .load(connection)?;
    let mut items: HashMap<String, Vec<ItemWith<ProductThumb>>> = HashMap::new();
    for (item, (id, name, image_url)) in rows {
        let product = ProductThumb { id, name, image_url };
        items.entry(item.order_id.clone()).or_default().push(ItemWith { item: item.into(), product });
    }
    Ok(items)
}

/// Moves an order from one status to another, and writes down when it came to it first; `false` when it was not in the
/// first one any more.
pub fn change_status(
    connection: &mut DbConnection,
    order_id: &str,
    from: OrderStatus,
    to: OrderStatus,
    now: NaiveDateTime,
) -> QueryResult<bool> {
    let order = orders::table.find(order_id).filter(orders::status.eq(from.as_str()));
    let changed = diesel::update(order)
        .set((orders::status.eq(to.as_str()), orders::updated_at.eq(now)))
        .execute(connection)?
        == 1;
    if !changed {
        return Ok(false);
    }
    let row = orders::table.find(order_id);
    match to {
        OrderStatus::Confirmed => diesel::update(row.filter(orders::paid_at.is_null()))
            .set(orders::paid_at.eq(now))
            .execute(connection)?,
        OrderStatus::Shipped => diesel::update(row.filter(orders::shipped_at.is_null()))
            .set(orders::shipped_at.eq(now))
            .execute(connection)?,
        OrderStatus::Delivered => diesel::update(row.filter(orders::delivered_at.is_null()))
            .set(orders::delivered_at.eq(now))
            .execute(connection)?,
        OrderStatus::Cancelled => diesel::update(row.filter(orders::cancelled_at.is_null()))
            .set(orders::cancelled_at.eq(now))
            .execute(connection)?,
        OrderStatus::Pending | OrderStatus::Processing | OrderStatus::Refunded => 0,
    };
    Ok(true)
}

/// Orders that wait for their payment and held their stock until `now` at most, longest first: `limit` of them after the
/// first `skip`.
pub fn expired(
    connection: &mut DbConnection,
    now: NaiveDateTime,
    skip: i64,
    limit: i64,
) -> QueryResult<Vec<String>> {
    orders::table
        .filter(orders::status.eq(OrderStatus::Pending.as_str()))
        .filter(orders::expires_at.le(now))
        .order((orders::expires_at, orders::id))
        .offset(skip)
        .limit(limit)
        .select(orders::id)
        .load(connection)
}

/// Orders that wait for their payment without an end, oldest first: those from before there was one. At most `limit`.
pub fn without_end(connection: &mut DbConnection, limit: i64) -> QueryResult<Vec<String>> {
    orders::table
        .filter(orders::status.eq(OrderStatus::Pending.as_str()))
        .filter(orders::expires_at.is_null())
        .order(orders::id)
        .limit(limit)
        .select(orders::id)
        .load(connection)
}

/// Lets an order that waits without an end wait until a moment; `false` when it does not wait, or has an end.
pub fn give_end(
    connection: &mut DbConnection,
    order_id: &str,
    expires_at: NaiveDateTime,
) -> QueryResult<bool> {
    let waiting = orders::table
        .find(order_id)
        .filter(orders::status.eq(OrderStatus::Pending.as_str()))
        .filter(orders::expires_at.is_null());
    diesel::update(waiting).set(orders::expires_at.eq(expires_at)).execute(connection).map(|rows| rows == 1)
}
