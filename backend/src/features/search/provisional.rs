//! What is answered while the first index is being built, which takes a large shop half a minute: a small index of the
//! products that the database finds by itself. It ranks and counts them like the real one.
//!
//! The database compares letters as they are written. So for this while words must be spelled as the shop spells them, but
//! for case, and of more than [`CANDIDATES`] products that fit, the oldest are looked at.

use std::collections::HashMap;

use shared_types::{catalog::Category, search::SearchQuery};

use super::{
    index::{Building, Index, segment::Document},
    repo,
};
use crate::{
    db::{DbConnection, QueryResult},
    features::catalog,
};

/// Products that are looked at.
const CANDIDATES: i64 = 500;

/// An index of products in which all these words are found and that the shopper's filters let pass.
pub fn for_words(connection: &mut DbConnection, words: &[String], query: &SearchQuery) -> QueryResult<Index> {
    let products = if words.is_empty() {
        Vec::new()
    } else {
        repo::documents_like(connection, words, query, CANDIDATES)?
    };
    index_of(connection, &products)
}

/// An index of recommended products.
pub fn of_featured(connection: &mut DbConnection) -> QueryResult<Index> {
    let products = repo::featured_documents(connection, CANDIDATES)?;
    index_of(connection, &products)
}

/// An index of these products, which nevertheless knows how many there are of each category in the whole shop.
fn index_of(connection: &mut DbConnection, products: &[Document]) -> QueryResult<Index> {
    let categories: Vec<Category> = catalog::repo::all_categories(connection)?;
    let counts: HashMap<String, i64> = catalog::repo::active_product_counts(connection)?;
    let mut building = Building::new(categories);
    products.iter().for_each(|product| building.add(product));
    let mut index = building.finish();
    index.set_counts(&counts);
    Ok(index)
}
