//! Lists of products as shoppers see them, found in the index of search. It counts and sorts a million products in the time
//! that the database needs to read a page of them, whatever they are filtered by.

use shared_types::{
    Page,
    catalog::{ProductList, ProductQuery, ProductSort, SortOrder},
};

use super::{
    domain::{Node, with_descendants},
    repo,
};
use crate::{
    db::{DbConnection, QueryResult},
    features::search::index::{Index, segment::Order, sorted::Listing},
};

/// One page of active products. `None` when the database is newer than the index, and a row is not what it was.
pub fn page(
    connection: &mut DbConnection,
    index: &Index,
    query: &ProductQuery,
) -> QueryResult<Option<Page<ProductList>>> {
    let categories = categories(index, query);
    let (ids, total) = index.list(&listing(index, query, categories.as_deref()));
    let rows = repo::active_products(connection, &ids)?;
    let fits = rows.len() == ids.len()
        && rows.iter().all(|row| belongs(row, query, categories.as_deref()))
        && rows.is_sorted_by(|one, next| is_before(one, next, query));
    let total = i64::try_from(total).unwrap_or(i64::MAX);
    Ok(fits.then(|| Page::new(rows, query.page, query.limit, total)))
}

/// The ids of the categories that are asked for; `None` for all.
fn categories(index: &Index, query: &ProductQuery) -> Option<Vec<String>> {
    let node = |category: &shared_types::catalog::Category| Node {
        id: category.id.clone(),
        parent_id: category.parent_id.clone(),
        slug: category.slug.clone(),
    };
    let by_slug = query.category.as_ref().map(|slug| {
        let nodes: Vec<Node> = index.categories().all().map(node).collect();
        with_descendants(&nodes, slug).unwrap_or_default()
    });
    match (by_slug, &query.category_id) {
        (None, None) => None,
        (Some(ids), None) => Some(ids),
        (None, Some(id)) => Some(vec![id.clone()]),
        (Some(ids), Some(id)) => Some(ids.into_iter().filter(|found| found == id).collect()),
    }
}

fn listing(index: &Index, query: &ProductQuery, categories: Option<&[String]>) -> Listing {
    let count = |number: i64| usize::try_from(number).unwrap_or(0);
    Listing {
        categories: categories.map(|ids| ids.iter().map(|id| index.categories().number_of(id)).collect()),
        min_price: query.min_price.map(|price| price.minor()),
        max_price: query.max_price.map(|price| price.minor()),
        is_featured: query.featured,
        in_stock: query.in_stock,
        order: match query.sort_by {
            ProductSort::Name => Order::Name,
            ProductSort::Price => Order::Price,
            ProductSort::CreatedAt => Order::Age,
        },
        is_backwards: query.sort_order == SortOrder::Desc,
        offset: count((query.page - 1).saturating_mul(query.limit)),
        limit: count(query.limit),
    }
}

fn belongs(row: &ProductList, query: &ProductQuery, categories: Option<&[String]>) -> bool {
    let product = &row.product;
    categories.is_none_or(|ids| ids.contains(&product.category_id))
        && query.min_price.is_none_or(|price| product.price >= price)
        && query.max_price.is_none_or(|price| product.price <= price)
        && query.featured.is_none_or(|is_featured| product.is_featured == is_featured)
        && query.in_stock.is_none_or(|in_stock| (product.stock > 0) == in_stock)
}

fn is_before(one: &ProductList, next: &ProductList, query: &ProductQuery) -> bool {
    let (one, next) = match query.sort_order {
        SortOrder::Asc => (&one.product, &next.product),
        SortOrder::Desc => (&next.product, &one.product),
    };
    match query.sort_by {
        ProductSort::Name => one.name <= next.name,
        ProductSort::Price => one.price <= next.price,
        ProductSort::CreatedAt => one.created_at <= next.created_at,
    }
}
