//! SQL of the cart.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::catalog::ProductStatus;

use super::domain::{CartLine, ProductInCart};
use crate::db::{
    DbConnection, QueryResult,
    carts::{self as rows, CartItemRow},
    lock,
    schema::{cart_items, carts, products},
};

/// Those of the products that are sold, by id.
pub fn products_in_cart(
    connection: &mut DbConnection,
    ids: &[String],
) -> QueryResult<HashMap<String, ProductInCart>> {
    type Row = (String, String, String, Option<String>, i64, i32);
    let found: Vec<Row> = products::table
        .filter(products::id.eq_any(ids))
        .filter(products::status.eq(ProductStatus::Active.as_str()))
        .select((
            products::id,
            products::name,
            products::slug,
            products::image_url,
            products::price,
            products::stock,
        ))
        .load(connection)?;
    let products = found.into_iter().map(|(id, name, slug, image_url, price, stock)| {
        (id, ProductInCart { name, slug, image_url, price, stock })
    });
    Ok(products.collect())
}

/// The lines of a user's cart, in their order.
pub fn lines(connection: &mut DbConnection, user_id: &str) -> QueryResult<Vec<CartLine>> {
    let rows: Vec<CartItemRow> = cart_items::table
        .filter(cart_items::user_id.eq(user_id))
        .order((cart_items::position, cart_items::product_id))
        .select(CartItemRow::as_select())
        .load(connection)?;
    let line = |row: CartItemRow| CartLine {
        product_id: row.product_id,
        // CHECK keeps it between 1 and 999.
        quantity: u32::try_from(row.quantity).unwrap_or_default(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// The lines of a user's cart, which nobody else can change until the transaction ends.
pub fn lines_for_update(
    connection: &mut DbConnection,
    user_id: &str,
    now: NaiveDateTime,
) -> QueryResult<Vec<CartLine>> {
    rows::hold(connection, user_id, now)?;
    lines(connection, user_id)
}

/// When a user's cart was changed last; `None` when it never was.
pub fn updated_at(connection: &mut DbConnection, user_id: &str) -> QueryResult<Option<NaiveDateTime>> {
    carts::table.find(user_id).select(carts::updated_at).first(connection).optional()
}

/// Stores these lines in place of those there were.
pub fn replace(
    connection: &mut DbConnection,
    user_id: &str,
    lines: &[CartLine],
    now: NaiveDateTime,
) -> QueryResult<()> {
    let products: Vec<&str> = lines.iter().map(|line| line.product_id.as_str()).collect();
    lock::products_in_use(connection, &products)?;
    diesel::delete(cart_items::table.filter(cart_items::user_id.eq(user_id))).execute(connection)?;
    let row = |(position, line): (i32, &CartLine)| CartItemRow {
        user_id: user_id.to_owned(),
        product_id: line.product_id.clone(),
        quantity: i32::try_from(line.quantity).unwrap_or(i32::MAX),
        position,
        created_at: line.created_at,
        updated_at: line.updated_at,
    };
    rows::insert_items(connection, &(0..).zip(lines).map(row).collect::<Vec<_>>())?;
    diesel::update(carts::table.find(user_id)).set(carts::updated_at.eq(now)).execute(connection).map(|_| ())
}
