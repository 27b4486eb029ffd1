//! SQL of changing products.

use chrono::NaiveDateTime;
use diesel::{
    dsl::{exists, select},
    prelude::*,
};
use shared_types::{Money, catalog::Product};

use crate::db::{
    DbConnection, QueryResult,
    json::to_text,
    schema::{order_items, products},
};

/// What administrators may change, as it is stored.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = products, treat_none_as_null = true)]
struct Editable<'p> {
    category_id: &'p str,
    sku: &'p str,
    name: &'p str,
    slug: &'p str,
    description: Option<&'p str>,
    price: i64,
    compare_at: Option<i64>,
    stock: i32,
    image_url: Option<&'p str>,
    images: String,
    status: &'p str,
    is_featured: bool,
    metadata: Option<String>,
    updated_at: NaiveDateTime,
}

fn editable(product: &Product, moment: NaiveDateTime) -> QueryResult<Editable<'_>> {
    Ok(Editable {
        category_id: &product.category_id,
        sku: &product.sku,
        name: &product.name,
        slug: &product.slug,
        description: product.description.as_deref(),
        price: product.price.minor(),
        compare_at: product.compare_at.map(Money::minor),
        stock: product.stock,
        image_url: product.image_url.as_deref(),
        images: to_text(&product.images)?,
        status: product.status.as_str(),
        is_featured: product.is_featured,
        metadata: product.metadata.as_ref().map(to_text).transpose()?,
        updated_at: moment,
    })
}

/// Adds a product; fails with a unique violation when another one was faster with its SKU or slug.
pub fn insert(connection: &mut DbConnection, product: &Product, moment: NaiveDateTime) -> QueryResult<()> {
    let row = (products::id.eq(&product.id), products::created_at.eq(moment), editable(product, moment)?);
    diesel::insert_into(products::table).values(row).execute(connection).map(|_| ())
}

/// Changes a product that is locked, its stock included; fails as [`insert`] does.
pub fn update(connection: &mut DbConnection, product: &Product, moment: NaiveDateTime) -> QueryResult<()> {
    diesel::update(products::table.find(&product.id))
        .set(editable(product, moment)?)
        .execute(connection)
        .map(|_| ())
}

/// Removes a product with its ledger.
pub fn delete(connection: &mut DbConnection, id: &str) -> QueryResult<()> {
    diesel::delete(products::table.find(id)).execute(connection).map(|_| ())
}

/// Whether another product has this SKU.
pub fn sku_is_taken(connection: &mut DbConnection, sku: &str, by_other_than: &str) -> QueryResult<bool> {
    let others = products::table.filter(products::sku.eq(sku)).filter(products::id.ne(by_other_than));
    select(exists(others)).get_result(connection)
}

/// Whether another product has this slug.
pub fn slug_is_taken(connection: &mut DbConnection, slug: &str, by_other_than: &str) -> QueryResult<bool> {
    let others = products::table.filter(products::slug.eq(slug)).filter(products::id.ne(by_other_than));
    select(exists(others)).get_result(connection)
}

/// Whether any order has this product.
pub fn is_ordered(connection: &mut DbConnection, id: &str) -> QueryResult<bool> {
    select(exists(order_items::table.filter(order_items::product_id.eq(id)))).get_result(connection)
}
