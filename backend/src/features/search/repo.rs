//! SQL of the index: products as they are searched. What is shown is read by the catalogue's repository.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{catalog::ProductStatus, search::SearchQuery};

use super::index::segment::Document;
use crate::{
    db::{
        DbConnection, QueryResult,
        schema::products,
        text::{ESCAPE, containing, lower},
    },
    features::catalog::repo::active_among,
};

type Backend = <DbConnection as Connection>::Backend;

#[derive(Queryable, Selectable)]
#[diesel(table_name = products)]
struct DocumentRow {
    id: String,
    category_id: String,
    sku: String,
    name: String,
    description: Option<String>,
    price: i64,
    stock: i32,
    is_featured: bool,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl From<DocumentRow> for Document {
    fn from(row: DocumentRow) -> Self {
        Self {
            id: row.id,
            category_id: row.category_id,
            sku: row.sku,
            name: row.name,
            description: row.description,
            price: row.price,
            in_stock: row.stock > 0,
            is_featured: row.is_featured,
            created_at: row.created_at.and_utc().timestamp_micros(),
            edited_at: row.updated_at.and_utc().timestamp_millis(),
        }
    }
}

/// Active products with an id above `id`, by id, at most `limit`.
pub fn documents_after(connection: &mut DbConnection, id: &str, limit: i64) -> QueryResult<Vec<Document>> {
    let rows: Vec<DocumentRow> = products::table
        .filter(products::id.gt(id))
        .filter(products::status.eq(ProductStatus::Active.as_str()))
        .order(products::id)
        .limit(limit)
        .select(DocumentRow::as_select())
        .load(connection)?;
    Ok(rows.into_iter().map(Document::from).collect())
}

/// The active ones of the products with these ids, in no particular order.
pub fn documents(connection: &mut DbConnection, ids: &[String]) -> QueryResult<Vec<Document>> {
    let rows: Vec<DocumentRow> = active_among(ids).select(DocumentRow::as_select()).load(connection)?;
    Ok(rows.into_iter().map(Document::from).collect())
}

/// The first active products that contain every word, as it is written, and pass the filters of the query, by id, at most
/// `limit`.
pub fn documents_like(
    connection: &mut DbConnection,
    words: &[String],
    query: &SearchQuery,
    limit: i64,
) -> QueryResult<Vec<Document>> {
    let mut statement = products::table
        .filter(products::status.eq(ProductStatus::Active.as_str()))
        .select(DocumentRow::as_select())
        .into_boxed::<Backend>();
    for word in words {
        let pattern = containing(word);
        statement = statement.filter(
            lower(products::name.nullable())
                .like(pattern.clone())
                .escape(ESCAPE)
                .or(lower(products::sku.nullable()).like(pattern.clone()).escape(ESCAPE))
                .or(lower(products::description).like(pattern).escape(ESCAPE)),
        );
    }
    if let Some(id) = &query.category_id {
        statement = statement.filter(products::category_id.eq(id));
    }
    if let Some(price) = query.min_price {
        statement = statement.filter(products::price.ge(price.minor()));
    }
    if let Some(price) = query.max_price {
        statement = statement.filter(products::price.le(price.minor()));
    }
    match query.in_stock {
        Some(true) => statement = statement.filter(products::stock.gt(0)),
        Some(false) => statement = statement.filter(products::stock.eq(0)),
        None => {}
    }
    let rows: Vec<DocumentRow> = statement.order(products::id).limit(limit).load(connection)?;
    Ok(rows.into_iter().map(Document::from).collect())
}

/// Recommended active products, the newest first, at most `limit`.
pub fn featured_documents(connection: &mut DbConnection, limit: i64) -> QueryResult<Vec<Document>> {
    let rows: Vec<DocumentRow> = products::table
        .filter(products::status.eq(ProductStatus::Active.as_str()))
        .filter(products::is_featured.eq(true))
        .order((products::created_at.desc(), products::id.desc()))
        .limit(limit)
        .select(DocumentRow::as_select())
        .load(connection)?;
    Ok(rows.into_iter().map(Document::from).collect())
}
