//! SQL of the generated catalogue.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::{dsl::max, prelude::*};

use super::{Category, Product};
use crate::db::{
    DbConnection, QueryResult,
    catalog_changes::{self, Entity},
    json::to_text,
    schema::{categories, products, stock_movements},
};

/// Rows of one statement: PostgreSQL takes at most 65,535 values in one, and a product has sixteen.
const ROWS: usize = 500;

#[derive(Insertable)]
#[diesel(table_name = categories, treat_none_as_default_value = false)]
struct CategoryRow<'c> {
    id: &'c str,
    name: &'c str,
    slug: &'c str,
    description: Option<&'c str>,
    image_url: Option<&'c str>,
    parent_id: Option<&'c str>,
    is_active: bool,
    sort_order: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

#[derive(Insertable)]
#[diesel(table_name = products, treat_none_as_default_value = false)]
struct ProductRow {
    id: String,
    category_id: String,
    sku: String,
    name: String,
    slug: String,
    description: Option<String>,
    price: i64,
    compare_at: Option<i64>,
    stock: i32,
    image_url: Option<String>,
    images: String,
    status: &'static str,
    is_featured: bool,
    metadata: Option<String>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

#[derive(Insertable)]
#[diesel(table_name = stock_movements, treat_none_as_default_value = false)]
struct MovementRow {
    id: String,
    product_id: String,
    order_id: Option<String>,
    reason: &'static str,
    delta: i32,
    created_at: NaiveDateTime,
    actor_id: Option<String>,
    note: Option<&'static str>,
}

/// The highest product id from `from` up to, but without, `to`.
pub fn last_product_id(connection: &mut DbConnection, from: &str, to: &str) -> QueryResult<Option<String>> {
    products::table
        .filter(products::id.ge(from))
        .filter(products::id.lt(to))
        .select(max(products::id))
        .first(connection)
}

/// Adds those of the categories whose id is not there.
pub fn insert_missing_categories(connection: &mut DbConnection, wanted: &[Category]) -> QueryResult<()> {
    let ids: Vec<&str> = wanted.iter().map(|category| category.id.as_str()).collect();
    let there: Vec<String> =
        categories::table.filter(categories::id.eq_any(ids)).select(categories::id).load(connection)?;
    let there: HashSet<String> = there.into_iter().collect();
    let rows = wanted.iter().filter(|category| !there.contains(&category.id)).map(|category| CategoryRow {
        id: &category.id,
        name: &category.name,
        slug: &category.slug,
        description: Some(&category.description),
        image_url: Some(&category.image_url),
        parent_id: category.parent_id.as_deref(),
        is_active: true,
        sort_order: category.sort_order,
        created_at: category.opened_at,
        updated_at: category.opened_at,
    });
    for row in rows {
        diesel::insert_into(categories::table).values(row).execute(connection)?;
    }
    Ok(())
}

/// Adds products and what explains their stock, a few at a time: `added` may be longer than memory.
pub fn insert_products(
    connection: &mut DbConnection,
    added: impl Iterator<Item = Product>,
) -> QueryResult<()> {
    let mut products = Vec::with_capacity(ROWS);
    let mut movements = Vec::with_capacity(ROWS * 2);
    for product in added {
        movements.extend(product.movements.iter().map(|movement| MovementRow {
            id: movement.id.clone(),
            product_id: product.id.clone(),
            order_id: None,
            reason: movement.reason.as_str(),
            delta: movement.delta,
            created_at: movement.moved_at,
            actor_id: None,
            note: movement.note,
        }));
        products.push(row_of(product)?);
        if products.len() == ROWS {
            insert(connection, &products, &movements)?;
            products.clear();
            movements.clear();
        }
    }
    if products.is_empty() { Ok(()) } else { insert(connection, &products, &movements) }
}

fn row_of(product: Product) -> QueryResult<ProductRow> {
    Ok(ProductRow {
        id: product.id,
        category_id: product.category_id,
        sku: product.sku,
        name: product.name,
        slug: product.slug,
        description: Some(product.description),
        price: product.price,
        compare_at: product.compare_at,
        stock: product.stock,
        image_url: Some(product.image_url),
        images: to_text(&product.images)?,
        status: product.status.as_str(),
        is_featured: product.is_featured,
        metadata: product.metadata.as_ref().map(to_text).transpose()?,
        created_at: product.created_at,
        updated_at: product.updated_at,
    })
}

/// One statement for each table. The enum of both connections can't insert several rows at once, so each does.
fn insert(connection: &mut DbConnection, added: &[ProductRow], movements: &[MovementRow]) -> QueryResult<()> {
    match connection {
        DbConnection::Postgres(connection) => {
            diesel::insert_into(products::table).values(added).execute(connection)?;
            diesel::insert_into(stock_movements::table).values(movements).execute(connection)?;
        }
        DbConnection::Sqlite(connection) => {
            diesel::insert_into(products::table).values(added).execute(connection)?;
            diesel::insert_into(stock_movements::table).values(movements).execute(connection)?;
        }
    }
    Ok(())
}

/// Tells running servers that there is more than can be named.
pub fn record_everything(connection: &mut DbConnection) -> QueryResult<()> {
    catalog_changes::record(connection, Entity::Everything, &[""])
}
