//! SQL of stock and its ledger.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::catalog::stock::{MovementActor, MovementOrder, MovementQuery, StockMovement, StockReason};

use crate::{
    db::{
        DbConnection, QueryResult,
        bulk::insert_rows,
        column::word,
        new_id,
        schema::{orders, products, stock_movements, users},
        time::to_wire,
    },
    features::audit::service::By,
};

/// Units that come or go.
#[derive(Debug, Clone)]
pub struct Movement<'m> {
    /// Which product.
    pub product_id: &'m str,
    /// Units that come, or go when negative.
    pub delta: i32,
    /// Why.
    pub reason: StockReason,
    /// The order that moves them.
    pub order_id: Option<&'m str>,
    /// The administrator who moves them.
    pub actor_id: Option<&'m str>,
    /// Why, in their words.
    pub note: Option<&'m str>,
}

impl<'m> Movement<'m> {
    /// A correction without a note.
    pub fn by_hand(product_id: &'m str, delta: i32, by: &'m By) -> Self {
        let actor_id = Some(by.actor_id.as_str());
        Self { product_id, delta, reason: StockReason::Adjustment, order_id: None, actor_id, note: None }
    }

    /// What an order takes, or gives back.
    pub fn of_order(product_id: &'m str, delta: i32, reason: StockReason, order_id: &'m str) -> Self {
        Self { product_id, delta, reason, order_id: Some(order_id), actor_id: None, note: None }
    }
}

#[derive(Insertable)]
#[diesel(table_name = stock_movements, treat_none_as_default_value = false)]
struct NewRow {
    id: String,
    product_id: String,
    order_id: Option<String>,
    reason: &'static str,
    delta: i32,
    created_at: NaiveDateTime,
    actor_id: Option<String>,
    note: Option<String>,
}

/// Writes a movement into the ledger, unless nothing moves. The same order can't move the same product for the same reason
/// twice.
pub fn record(connection: &mut DbConnection, movement: &Movement<'_>, now: NaiveDateTime) -> QueryResult<()> {
    record_all(connection, std::slice::from_ref(movement), now)
}

/// Writes several movements. The enum of both connections can't insert several rows at once, so each does.
pub fn record_all(
    connection: &mut DbConnection,
    movements: &[Movement<'_>],
    now: NaiveDateTime,
) -> QueryResult<()> {
    let moving = movements.iter().filter(|movement| movement.delta != 0);
    let rows: Vec<NewRow> = moving
        .map(|movement| NewRow {
            id: new_id(),
            product_id: movement.product_id.to_owned(),
            order_id: movement.order_id.map(str::to_owned),
            reason: movement.reason.as_str(),
            delta: movement.delta,
            created_at: now,
            actor_id: movement.actor_id.map(str::to_owned),
            note: movement.note.map(str::to_owned),
        })
        .collect();
    match connection {
        DbConnection::Postgres(connection) => {
            insert_rows!(stock_movements::table, rows.as_slice(), connection)
        }
        DbConnection::Sqlite(connection) => insert_rows!(stock_movements::table, rows.as_slice(), connection),
    }
}

/// Sets the stock of a product that is locked.
pub fn set(connection: &mut DbConnection, product_id: &str, units: i32) -> QueryResult<()> {
    diesel::update(products::table.find(product_id))
        .set(products::stock.eq(units))
        .execute(connection)
        .map(|_| ())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = stock_movements)]
struct Row {
    id: String,
    product_id: String,
    reason: String,
    delta: i32,
    created_at: NaiveDateTime,
    note: Option<String>,
}

/// How many movements a product has.
pub fn count(connection: &mut DbConnection, product_id: &str) -> QueryResult<i64> {
    stock_movements::table.filter(stock_movements::product_id.eq(product_id)).count().get_result(connection)
}

/// One page of a product's ledger, newest first.
pub fn list(
    connection: &mut DbConnection,
    product_id: &str,
    query: &MovementQuery,
) -> QueryResult<Vec<StockMovement>> {
    type Joined = (Row, Option<(String, String)>, Option<(String, String)>);
    let rows: Vec<Joined> = stock_movements::table
        .left_join(orders::table.on(stock_movements::order_id.eq(orders::id.nullable())))
        .left_join(users::table.on(stock_movements::actor_id.eq(users::id.nullable())))
        .filter(stock_movements::product_id.eq(product_id))
        .order((stock_movements::created_at.desc(), stock_movements::id.desc()))
        .limit(query.limit)
        .offset((query.page - 1) * query.limit)
        .select((
            Row::as_select(),
            (orders::id, orders::order_number).nullable(),
            (users::id, users::email).nullable(),
        ))
        .load(connection)?;
    rows.into_iter()
        .map(|(row, order, actor)| {
            Ok(StockMovement {
                id: row.id,
                product_id: row.product_id,
                delta: row.delta,
                reason: word("stock_movements.reason", &row.reason, StockReason::parse)?,
                note: row.note,
                order: order.map(|(id, order_number)| MovementOrder { id, order_number }),
                actor: actor.map(|(id, email)| MovementActor { id, email }),
                created_at: to_wire(row.created_at),
            })
        })
        .collect()
}
