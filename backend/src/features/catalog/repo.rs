//! SQL of categories and products; long lists of products are in the folder.

mod counts;
mod listing;

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::Value;
use shared_types::{
    Money,
    catalog::{
        Category, CategoryCount, CategoryList, CategoryRef, Product, ProductFull, ProductList, ProductStatus,
    },
    search::ProductHit,
};

pub use self::{
    counts::{active_product_count, active_product_counts},
    listing::{ProductFilter, count_low_stock, count_products, list_low_stock, list_products},
};
use super::domain::Node;
use crate::db::{
    DbConnection, QueryResult,
    column::word,
    json::Json,
    schema::{categories, products},
    time::to_wire,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = categories)]
struct CategoryRow {
    id: String,
    name: String,
    slug: String,
    description: Option<String>,
    image_url: Option<String>,
    parent_id: Option<String>,
    is_active: bool,
    sort_order: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl From<CategoryRow> for Category {
    fn from(row: CategoryRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            slug: row.slug,
            description: row.description,
            image_url: row.image_url,
            parent_id: row.parent_id,
            is_active: row.is_active,
            sort_order: row.sort_order,
            created_at: to_wire(row.created_at),
            updated_at: to_wire(row.updated_at),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = products)]
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
    images: Json<Vec<String>>,
    status: String,
    is_featured: bool,
    metadata: Option<Json<Value>>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = products)]
struct HitRow {
    id: String,
    name: String,
    slug: String,
    image_url: Option<String>,
    price: i64,
}

impl HitRow {
    fn into_hit(self) -> ProductHit {
        let Self { id, name, slug, image_url, price } = self;
        ProductHit { id, name, slug, image_url, price: Money::from_minor(price) }
    }
}

impl ProductRow {
    fn into_product(self) -> QueryResult<Product> {
        Ok(Product {
            id: self.id,
            category_id: self.category_id,
            sku: self.sku,
            name: self.name,
            slug: self.slug,
            description: self.description,
            price: Money::from_minor(self.price),
            compare_at: self.compare_at.map(Money::from_minor),
            stock: self.stock,
            image_url: self.image_url,
            images: self.images.0,
            status: word("products.status", &self.status, ProductStatus::parse)?,
            is_featured: self.is_featured,
            metadata: self.metadata.map(|json| json.0),
            created_at: to_wire(self.created_at),
            updated_at: to_wire(self.updated_at),
        })
    }
}

/// Categories by sort order, then name: the active ones, or all.
pub fn list_categories(connection: &mut DbConnection, with_inactive: bool) -> QueryResult<Vec<Category>> {
    let mut statement = categories::table.select(CategoryRow::as_select()).into_boxed::<Backend>();
    if !with_inactive {
        statement = statement.filter(categories::is_active.eq(true));
    }
    let rows: Vec<CategoryRow> =
        statement.order((categories::sort_order, categories::name, categories::id)).load(connection)?;
    Ok(rows.into_iter().map(Category::from).collect())
}

/// Every category.
pub fn all_categories(connection: &mut DbConnection) -> QueryResult<Vec<Category>> {
    let rows: Vec<CategoryRow> = categories::table.select(CategoryRow::as_select()).load(connection)?;
    Ok(rows.into_iter().map(Category::from).collect())
}

/// The category with this id, or else with this slug.
pub fn category_by_id_or_slug(connection: &mut DbConnection, key: &str) -> QueryResult<Option<Category>> {
    let rows: Vec<CategoryRow> = categories::table
        .filter(categories::id.eq(key).or(categories::slug.eq(key)))
        .select(CategoryRow::as_select())
        .limit(2)
        .load(connection)?;
    Ok(best_match(rows, |row| row.id == key, |row| row.slug == key).map(Category::from))
}

/// The category with this id.
pub fn category_by_id(connection: &mut DbConnection, id: &str) -> QueryResult<Option<Category>> {
    let row = categories::table.find(id).select(CategoryRow::as_select()).first(connection).optional()?;
    Ok(row.map(Category::from))
}

/// Active categories directly below.
pub fn active_children(connection: &mut DbConnection, parent_id: &str) -> QueryResult<Vec<Category>> {
    let rows: Vec<CategoryRow> = categories::table
        .filter(categories::parent_id.eq(parent_id))
        .filter(categories::is_active.eq(true))
        .order((categories::sort_order, categories::name, categories::id))
        .select(CategoryRow::as_select())
        .load(connection)?;
    Ok(rows.into_iter().map(Category::from).collect())
}

/// The whole tree of categories, without their texts.
pub fn category_nodes(connection: &mut DbConnection) -> QueryResult<Vec<Node>> {
    let rows: Vec<(String, Option<String>, String)> = categories::table
        .select((categories::id, categories::parent_id, categories::slug))
        .load(connection)?;
    Ok(rows.into_iter().map(|(id, parent_id, slug)| Node { id, parent_id, slug }).collect())
}

/// Combines a category with its count.
pub fn with_count(category: Category, counts: &HashMap<String, i64>) -> CategoryList {
    let products = counts.get(&category.id).copied().unwrap_or(0);
    CategoryList { category, count: CategoryCount { products } }
}

type Backend = <DbConnection as Connection>::Backend;

/// The active ones of the products with these ids.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn active_among<'i>(ids: &'i [String]) -> _ {
    let active: &'static str = ProductStatus::Active.as_str();
    products::table.filter(products::id.eq_any(ids)).filter(products::status.eq(active))
}

/// The active ones of the products with these ids, in the order of the ids.
pub fn active_products(connection: &mut DbConnection, ids: &[String]) -> QueryResult<Vec<ProductList>> {
    let rows: Vec<ProductRow> = active_among(ids).select(ProductRow::as_select()).load(connection)?;
    Ok(in_order(ids, with_categories(connection, rows)?, |row| &row.product.id))
}

/// What lists of suggestions show of the active products with these ids, in the order of the ids.
pub fn active_hits(connection: &mut DbConnection, ids: &[String]) -> QueryResult<Vec<ProductHit>> {
    let rows: Vec<HitRow> = active_among(ids).select(HitRow::as_select()).load(connection)?;
    Ok(in_order(ids, rows.into_iter().map(HitRow::into_hit).collect(), |hit| &hit.id))
}

/// What was found of what was asked for, in the order of asking.
fn in_order<T>(ids: &[String], found: Vec<T>, id: impl Fn(&T) -> &String) -> Vec<T> {
    let mut found: HashMap<String, T> = found.into_iter().map(|row| (id(&row).clone(), row)).collect();
    ids.iter().filter_map(|id| found.remove(id)).collect()
}

fn with_categories(connection: &mut DbConnection, rows: Vec<ProductRow>) -> QueryResult<Vec<ProductList>> {
    let refs = category_refs(connection, &rows)?;
    rows.into_iter()
        .map(|row| {
            let category = refs.get(&row.category_id).cloned().ok_or(diesel::result::Error::NotFound)?;
            Ok(ProductList { product: row.into_product()?, category })
        })
        .collect()
}

/// The categories of a page of products, by id: one small query beats joining every row.
fn category_refs(
    connection: &mut DbConnection,
    rows: &[ProductRow],
) -> QueryResult<HashMap<String, CategoryRef>> {
    let mut ids: Vec<&str> = rows.iter().map(|row| row.category_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let found: Vec<(String, String, String)> = categories::table
        .filter(categories::id.eq_any(ids))
        .select((categories::id, categories::name, categories::slug))
        .load(connection)?;
    Ok(found.into_iter().map(|(id, name, slug)| (id.clone(), CategoryRef { id, name, slug })).collect())
}

/// The product with this id.
pub fn product_by_id(connection: &mut DbConnection, id: &str) -> QueryResult<Option<ProductFull>> {
    let row: Option<(ProductRow, CategoryRow)> = products::table
        .find(id)
        .inner_join(categories::table)
        .select((ProductRow::as_select(), CategoryRow::as_select()))
        .first(connection)
        .optional()?;
    row.map(|(row, category)| Ok(ProductFull { product: row.into_product()?, category: category.into() }))
        .transpose()
}

/// The product with this id, or else with this slug, or else with this SKU.
pub fn product_by_key(
    connection: &mut DbConnection,
    key: &str,
    status: Option<ProductStatus>,
) -> QueryResult<Option<ProductFull>> {
    let mut statement = products::table
        .inner_join(categories::table)
        .filter(products::id.eq(key).or(products::slug.eq(key)).or(products::sku.eq(key)))
        .select((ProductRow::as_select(), CategoryRow::as_select()))
        .limit(3)
        .into_boxed::<Backend>();
    if let Some(status) = status {
        statement = statement.filter(products::status.eq(status.as_str()));
    }
    let rows: Vec<(ProductRow, CategoryRow)> = statement.load(connection)?;
    let found = best_match(rows, |(row, _)| row.id == key, |(row, _)| row.slug == key);
    found
        .map(|(row, category)| Ok(ProductFull { product: row.into_product()?, category: category.into() }))
        .transpose()
}

/// Of a few rows the one that fits best: by `first`, else by `second`, else any.
fn best_match<T>(rows: Vec<T>, first: impl Fn(&T) -> bool, second: impl Fn(&T) -> bool) -> Option<T> {
    rows.into_iter().min_by_key(|row| (!first(row), !second(row)))
}
