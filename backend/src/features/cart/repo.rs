//! SQL of the cart.

use std::collections::HashMap;

use diesel::prelude::*;
use shared_types::catalog::ProductStatus;

use crate::db::{DbConnection, QueryResult, schema::products};

/// A product as a cart shows it.
#[derive(Debug, Clone, Queryable)]
pub struct ProductInCart {
    /// Opaque id.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// Name in addresses.
    pub slug: String,
    /// The main picture.
    pub image_url: Option<String>,
    /// Price of one, in minor units.
    pub price: i64,
    /// Units left.
    pub stock: i32,
}

/// Those of the products that are sold, by id.
pub fn products_in_cart(
    connection: &mut DbConnection,
    ids: &[String],
) -> QueryResult<HashMap<String, ProductInCart>> {
    let found: Vec<ProductInCart> = products::table
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
    Ok(found.into_iter().map(|product| (product.id.clone(), product)).collect())
}
