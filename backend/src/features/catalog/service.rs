//! Rules of the catalogue.

use std::sync::Arc;

use serde::Serialize;
use shared_types::{
    Data, Page,
    catalog::{
        Category, CategoryCount, CategoryFull, CategoryList, CategoryQuery, Product, ProductList,
        ProductQuery, ProductStatus,
    },
};

use super::{
    domain::{category_edition, product_and_stock_edition, with_descendants},
    indexed,
    repo::{self, ProductFilter},
};
use crate::{
    cache::{
        entry::{Entry, Fresh},
        key::Key,
    },
    db::{
        DbConnection, QueryResult,
        catalog_changes::{self, Entity},
    },
    error::AppError,
    features::audit::{self, service::By},
    state::State,
};

/// Categories with their counts; inactive ones for administrators who ask for them.
pub async fn list_categories(
    state: &State,
    query: CategoryQuery,
    is_admin: bool,
) -> Result<Arc<Entry>, AppError> {
    let with_inactive = query.include_inactive && is_admin;
    let make = async || {
        let read = move |connection: &mut DbConnection| {
            let categories = repo::list_categories(connection, with_inactive)?;
            let counts = repo::active_product_counts(connection)?;
            let counted = categories.into_iter().map(|category| repo::with_count(category, &counts));
            Fresh::of(&Data::new(counted.collect::<Vec<_>>()), Vec::new())
        };
        state.db.read(read).await
    };
    read_as(state, is_admin, Some(Key::Categories), make).await
}

/// One category with its neighbours; an inactive one is there for administrators only.
pub async fn get_category(state: &State, key: String, is_admin: bool) -> Result<Arc<Entry>, AppError> {
    let make = async || {
        let key = key.clone();
        let read = move |connection: &mut DbConnection| {
            let found = repo::category_by_id_or_slug(connection, &key)?;
            let category =
                found.filter(|category| category.is_active || is_admin).ok_or_else(category_not_found)?;
            let mut full = with_neighbours(connection, category)?;
            full.parent = full.parent.filter(|parent| parent.is_active || is_admin);
            let editions = category_edition(&full.category.category);
            Ok(Fresh { editions: Some(editions), ..Fresh::of(&Data::new(full), Vec::new())? })
        };
        state.db.read(read).await
    };
    read_as(state, is_admin, Key::category(&key), make).await
}

/// What shoppers are shown is the same for all of them, and kept; what administrators are shown may be a draft, and is made
/// for them alone.
async fn read_as(
    state: &State,
    is_admin: bool,
    key: Option<Key>,
    make: impl AsyncFn() -> Result<Fresh, AppError>,
) -> Result<Arc<Entry>, AppError> {
    match key.filter(|_| !is_admin) {
        Some(key) => state.reads.answer(&state.db, key, make).await,
        None => Ok(state.reads.unkept(make().await?)),
    }
}

/// A category as administrators see it.
pub fn with_neighbours(connection: &mut DbConnection, category: Category) -> QueryResult<CategoryFull> {
    let parent = match &category.parent_id {
        Some(id) => repo::category_by_id(connection, id)?,
        None => None,
    };
    let children = repo::active_children(connection, &category.id)?;
    let count = CategoryCount { products: repo::active_product_count(connection, &category.id)? };
    Ok(CategoryFull { category: CategoryList { category, count }, parent, children })
}

/// 404 for a category.
pub fn category_not_found() -> AppError {
    AppError::not_found("Category not found")
}

/// 404 for a product.
pub fn product_not_found() -> AppError {
    AppError::not_found("Product not found")
}

/// One page of products.
pub async fn list_products(
    state: &State,
    query: ProductQuery,
    is_admin: bool,
) -> Result<Arc<Entry>, AppError> {
    let status = if is_admin { query.status } else { Some(ProductStatus::Active) };
    let make = async || {
        let query = query.clone();
        let index = if is_admin { None } else { state.search.present(&state.db).await };
        let read = move |connection: &mut DbConnection| {
            let from_index = match index {
                Some(index) => indexed::page(connection, &index, &query)?,
                None => None,
            };
            let page = match from_index {
                Some(page) => page,
                None => page_of_products(connection, query, status)?,
            };
            let shown = page.data.iter().map(|row| row.product.id.clone()).collect();
            Fresh::of(&page, shown)
        };
        state.db.read(read).await
    };
    read_as(state, is_admin, Some(Key::products(&query)), make).await
}

fn page_of_products(
    connection: &mut DbConnection,
    query: ProductQuery,
    status: Option<ProductStatus>,
) -> QueryResult<Page<ProductList>> {
    let by_slug = match &query.category {
        Some(slug) => Some(with_descendants(&repo::category_nodes(connection)?, slug).unwrap_or_default()),
        None => None,
    };
    let category_ids = match (by_slug, &query.category_id) {
        (None, None) => None,
        (Some(ids), None) => Some(ids),
        (None, Some(id)) => Some(vec![id.clone()]),
        (Some(ids), Some(id)) => Some(ids.into_iter().filter(|found| found == id).collect()),
    };
    let filter = ProductFilter { query, status, category_ids };
    let total = repo::count_products(connection, &filter)?;
    let products = repo::list_products(connection, &filter)?;
    Ok(Page::new(products, filter.query.page, filter.query.limit, total))
}

/// One product; drafts and archived ones are there for administrators only.
pub async fn get_product(state: &State, key: String, is_admin: bool) -> Result<Arc<Entry>, AppError> {
    let status = if is_admin { None } else { Some(ProductStatus::Active) };
    let make = async || {
        let key = key.clone();
        let read = move |connection: &mut DbConnection| {
            let found = repo::product_by_key(connection, &key, status)?;
            let full = found.ok_or_else(product_not_found)?;
            let editions = product_and_stock_edition(&full.product);
            let shown = vec![full.product.id.clone()];
            Ok(Fresh { editions: Some(editions), ..Fresh::of(&Data::new(full), shown)? })
        };
        state.db.read(read).await
    };
    read_as(state, is_admin, Key::product(&key), make).await
}

/// What the audit log and the replicas are told about.
pub trait Tracked: Serialize {
    /// For the replicas.
    const ENTITY: Entity;
    /// For the audit log.
    const NAME: &'static str;

    /// Which one.
    fn id(&self) -> &str;
}

impl Tracked for Category {
    const ENTITY: Entity = Entity::Category;
    const NAME: &'static str = "category";

    fn id(&self) -> &str {
        &self.id
    }
}

impl Tracked for Product {
    const ENTITY: Entity = Entity::Product;
    const NAME: &'static str = "product";

    fn id(&self) -> &str {
        &self.id
    }
}

/// The audit entry and the note to the replicas that every change by an administrator leaves.
pub fn leave_trail<T: Tracked>(
    connection: &mut DbConnection,
    by: &By,
    action: &'static str,
    (before, after): (Option<&T>, Option<&T>),
) -> Result<(), AppError> {
    let id = before.or(after).map(T::id).unwrap_or_default();
    audit::repo::record(connection, &by.entry(action, (T::NAME, id), before, after))?;
    catalog_changes::record(connection, T::ENTITY, &[id])?;
    Ok(())
}
