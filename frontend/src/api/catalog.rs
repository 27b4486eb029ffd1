//! Categories and products.

use shared_types::{
    Page,
    catalog::{CategoryFull, CategoryList, ProductFull, ProductList, ProductQuery},
    paths,
};

use super::endpoint::{Endpoint, data, page};

/// Every active category.
pub fn categories() -> Endpoint<Vec<CategoryList>> {
    Endpoint::get(paths::catalog::CATEGORIES, Vec::new(), data)
}

/// One category with its neighbours.
pub fn category(slug: &str) -> Endpoint<CategoryFull> {
    Endpoint::get(paths::catalog::category(slug), Vec::new(), data)
}

/// A page of products.
pub fn products(query: &ProductQuery) -> Endpoint<Page<ProductList>> {
    Endpoint::get(paths::catalog::PRODUCTS, query.pairs(), page)
}

/// One product.
pub fn product(slug: &str) -> Endpoint<ProductFull> {
    Endpoint::get(paths::catalog::product(slug), Vec::new(), data)
}
