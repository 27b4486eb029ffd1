//! SQL of the sitemap.

use chrono::NaiveDateTime;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::domain::Entry;
use crate::db::{
    DbConnection, QueryResult,
    schema::{categories, products},
    time::to_wire,
};

/// Active categories in the shop's order.
pub fn categories(connection: &mut DbConnection, most: i64) -> QueryResult<Vec<Entry>> {
    let rows: Vec<(String, NaiveDateTime)> = categories::table
        .filter(categories::is_active.eq(true))
        .order((categories::sort_order, categories::name, categories::id))
        .limit(most)
        .select((categories::slug, categories::updated_at))
        .load(connection)?;
    Ok(rows.into_iter().map(entry).collect())
}

/// Active products, latest changed first.
pub fn products(connection: &mut DbConnection, most: i64) -> QueryResult<Vec<Entry>> {
    let rows: Vec<(String, NaiveDateTime)> = products::table
        // A word of the statement, not a value, so that planners see that the index of active products fits.
        .filter(sql::<Bool>("products.status = 'ACTIVE'"))
        .order((products::updated_at.desc(), products::id.desc()))
        .limit(most)
        .select((products::slug, products::updated_at))
        .load(connection)?;
    Ok(rows.into_iter().map(entry).collect())
}

fn entry((slug, changed): (String, NaiveDateTime)) -> Entry {
    Entry { slug, changed: to_wire(changed) }
}
