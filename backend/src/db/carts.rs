//! The statements of carts that the engines spell differently.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    DbConnection, QueryResult,
    bulk::insert_rows,
    schema::{cart_items, carts},
};

/// A line, as it is stored.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = cart_items, treat_none_as_default_value = false)]
pub struct CartItemRow {
    /// Whose cart.
    pub user_id: String,
    /// Which product.
    pub product_id: String,
    /// Units.
    pub quantity: i32,
    /// Its place in the cart, from 0.
    pub position: i32,
    /// Put in at.
    pub created_at: NaiveDateTime,
    /// Changed last at.
    pub updated_at: NaiveDateTime,
}

/// Makes sure that a user has a cart, and keeps others from writing to it until the transaction ends.
pub fn hold(connection: &mut DbConnection, user_id: &str, now: NaiveDateTime) -> QueryResult<()> {
    let row = (carts::user_id.eq(user_id), carts::updated_at.eq(now));
    let insert = diesel::insert_into(carts::table).values(row).on_conflict(carts::user_id);
    // An update that changes nothing: on PostgreSQL it waits for other writers and holds the row.
    let insert = insert.do_update().set(carts::user_id.eq(user_id));
    match connection {
        DbConnection::Postgres(connection) => insert.execute(connection),
        DbConnection::Sqlite(connection) => insert.execute(connection),
    }
    .map(|_| ())
}

/// Adds lines.
pub fn insert_items(connection: &mut DbConnection, rows: &[CartItemRow]) -> QueryResult<()> {
    match connection {
        DbConnection::Postgres(connection) => insert_rows!(cart_items::table, rows, connection),
        DbConnection::Sqlite(connection) => insert_rows!(cart_items::table, rows, connection),
    }
}
