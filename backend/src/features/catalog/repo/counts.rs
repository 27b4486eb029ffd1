//! How many products there are of a kind, from the counts that the database keeps.

use std::collections::HashMap;

use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{BigInt, Bool},
};
use shared_types::catalog::ProductStatus;

use super::Backend;
use crate::db::{
    DbConnection, QueryResult,
    schema::{product_counts, products},
};

/// The kinds of products that are counted; everything that is `None` does not matter.
#[derive(Clone, Copy)]
pub(super) struct Kind<'k> {
    pub(super) status: Option<ProductStatus>,
    pub(super) category_ids: Option<&'k [String]>,
    pub(super) is_featured: Option<bool>,
}

/// The sum of the counts, as a whole number: sums of them would be of another type on PostgreSQL.
const SUM: &str = "CAST(COALESCE(SUM(products), 0) AS BIGINT)";

/// How many products of a kind there are.
pub(super) fn of_kind(connection: &mut DbConnection, kind: Kind<'_>) -> QueryResult<i64> {
    let mut statement = product_counts::table.select(sql::<BigInt>(SUM)).into_boxed::<Backend>();
    if let Some(status) = kind.status {
        statement = statement.filter(product_counts::status.eq(status.as_str()));
    }
    if let Some(ids) = kind.category_ids {
        statement = statement.filter(product_counts::category_id.eq_any(ids));
    }
    if let Some(is_featured) = kind.is_featured {
        statement = statement.filter(product_counts::is_featured.eq(is_featured));
    }
    statement.get_result(connection)
}

/// How many products of a kind are sold out.
pub(super) fn sold_out(connection: &mut DbConnection, kind: Kind<'_>) -> QueryResult<i64> {
    let mut statement = products::table.select(count_star()).into_boxed::<Backend>();
    // A word of the statement, not a value, so that planners see that the index of what is sold out fits.
    statement = statement.filter(sql::<Bool>("products.stock = 0"));
    if let Some(status) = kind.status {
        statement = statement.filter(products::status.eq(status.as_str()));
    }
    if let Some(ids) = kind.category_ids {
        statement = statement.filter(products::category_id.eq_any(ids));
    }
    if let Some(is_featured) = kind.is_featured {
        statement = statement.filter(products::is_featured.eq(is_featured));
    }
    statement.get_result(connection)
}

/// How many active products each category has itself; categories without any may be missing.
pub fn active_product_counts(connection: &mut DbConnection) -> QueryResult<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> = product_counts::table
        .filter(product_counts::status.eq(ProductStatus::Active.as_str()))
        .select((product_counts::category_id, product_counts::products))
        .load(connection)?;
    let mut counts = HashMap::new();
    for (id, products) in rows {
        *counts.entry(id).or_default() += products;
    }
    Ok(counts)
}

/// How many active products a category has itself.
pub fn active_product_count(connection: &mut DbConnection, category_id: &str) -> QueryResult<i64> {
    let category_ids = [category_id.to_owned()];
    let status = Some(ProductStatus::Active);
    of_kind(connection, Kind { status, category_ids: Some(&category_ids), is_featured: None })
}
