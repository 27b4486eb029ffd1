//! SQL of the index: products as they are searched. What is shown is read by the catalogue's repository.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::catalog::ProductStatus;

use super::index::segment::Document;
use crate::db::{DbConnection, QueryResult, schema::products};

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
    let rows: Vec<DocumentRow> = products::table
        .filter(products::id.eq_any(ids))
        .filter(products::status.eq(ProductStatus::Active.as_str()))
        .select(DocumentRow::as_select())
        .load(connection)?;
    Ok(rows.into_iter().map(Document::from).collect())
}
