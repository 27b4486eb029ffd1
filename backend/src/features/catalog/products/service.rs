//! Rules of changing products.

use shared_types::catalog::{
    Product, ProductFull, ProductStatus,
    edit::{CreateProduct, UpdateProduct},
    stock::StockReason,
};

use super::{
    domain::{changed, new_product},
    repo,
};
use crate::{
    db::{
        DbConnection, DbError, lock, new_id,
        time::{now, now_after, to_wire},
    },
    error::AppError,
    features::{
        audit::service::By,
        catalog::{
            domain::{product_and_stock_edition, product_edition},
            repo as catalog,
            service::{leave_trail, product_not_found},
            stock::repo::{self as stock, Movement},
        },
    },
    http::conditional::IfMatch,
    state::State,
};

/// Adds a product, with the movement of its first units.
pub async fn create(state: &State, by: By, request: CreateProduct) -> Result<ProductFull, AppError> {
    state.db.write(move |connection| create_in(connection, &by, request)).await.map_err(lost_race)
}

fn create_in(
    connection: &mut DbConnection,
    by: &By,
    request: CreateProduct,
) -> Result<ProductFull, AppError> {
    let moment = now();
    let product = new_product(new_id(), request, to_wire(moment));
    check_category(connection, &product)?;
    check_names(connection, &product)?;
    repo::insert(connection, &product, moment)?;
    let first =
        Movement { reason: StockReason::Initial, ..Movement::by_hand(&product.id, product.stock, by) };
    stock::record(connection, &first, moment)?;
    leave_trail(connection, by, "product.create", (None, Some(&product)))?;
    found(connection, &product.id)
}

/// Changes what is given of a product.
pub async fn update(
    state: &State,
    by: By,
    id: String,
    condition: IfMatch,
    request: UpdateProduct,
) -> Result<ProductFull, AppError> {
    let work = move |connection: &mut DbConnection| update_in(connection, &by, &id, &condition, request);
    state.db.write(work).await.map_err(lost_race)
}

fn update_in(
    connection: &mut DbConnection,
    by: &By,
    id: &str,
    condition: &IfMatch,
    request: UpdateProduct,
) -> Result<ProductFull, AppError> {
    let full = to_change(connection, id)?;
    condition.check(&match request.stock {
        Some(_) => product_and_stock_edition(&full.product),
        None => product_edition(&full.product),
    })?;
    let mut after = changed(full.product.clone(), request);
    if after == full.product {
        return Ok(full);
    }
    let before = full.product;
    check_category(connection, &after)?;
    check_names(connection, &after)?;
    let moment = now_after(&before.updated_at);
    after.updated_at = to_wire(moment);
    repo::update(connection, &after, moment)?;
    stock::record(connection, &Movement::by_hand(id, after.stock - before.stock, by), moment)?;
    leave_trail(connection, by, "product.update", (Some(&before), Some(&after)))?;
    found(connection, id)
}

/// What became of a product that was to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// It is gone.
    Deleted,
    /// Orders have it, so it is kept and no longer sold.
    Archived,
}

/// Removes a product, or archives it when an order has it.
pub async fn delete(state: &State, by: By, id: String, condition: IfMatch) -> Result<Removed, AppError> {
    state.db.write(move |connection| delete_in(connection, &by, &id, &condition)).await
}

fn delete_in(
    connection: &mut DbConnection,
    by: &By,
    id: &str,
    condition: &IfMatch,
) -> Result<Removed, AppError> {
    let before = to_change(connection, id)?.product;
    condition.check(&product_edition(&before))?;
    if !repo::is_ordered(connection, id)? {
        repo::delete(connection, id)?;
        leave_trail(connection, by, "product.delete", (Some(&before), None))?;
        return Ok(Removed::Deleted);
    }
    if before.status != ProductStatus::Archived {
        let moment = now_after(&before.updated_at);
        let after =
            Product { status: ProductStatus::Archived, updated_at: to_wire(moment), ..before.clone() };
        repo::update(connection, &after, moment)?;
        leave_trail(connection, by, "product.archive", (Some(&before), Some(&after)))?;
    }
    Ok(Removed::Archived)
}

/// The product that is about to be changed; neither orders nor administrators change it meanwhile.
pub fn to_change(connection: &mut DbConnection, id: &str) -> Result<ProductFull, AppError> {
    lock::product(connection, id)?;
    catalog::product_by_id(connection, id)?.ok_or_else(product_not_found)
}

/// The product as it is now, for the answer of a write.
pub fn found(connection: &mut DbConnection, id: &str) -> Result<ProductFull, AppError> {
    catalog::product_by_id(connection, id)?
        .ok_or_else(|| AppError::Internal("a product that was written is gone".to_owned()))
}

fn check_category(connection: &mut DbConnection, product: &Product) -> Result<(), AppError> {
    lock::category_in_use(connection, &product.category_id)?;
    match catalog::category_by_id(connection, &product.category_id)? {
        Some(_) => Ok(()),
        None => Err(AppError::bad_request("Category not found")),
    }
}

const SKU_TAKEN: &str = "A product with this SKU already exists";
const SLUG_TAKEN: &str = "A product with this slug already exists";

fn check_names(connection: &mut DbConnection, product: &Product) -> Result<(), AppError> {
    if repo::sku_is_taken(connection, &product.sku, &product.id)? {
        return Err(AppError::conflict(SKU_TAKEN));
    }
    if repo::slug_is_taken(connection, &product.slug, &product.id)? {
        return Err(AppError::conflict(SLUG_TAKEN));
    }
    Ok(())
}

/// Both engines name the column in their message when somebody was faster with a SKU or slug.
fn lost_race(error: AppError) -> AppError {
    match error {
        AppError::Database(DbError::Taken(what)) if what.contains("sku") => AppError::conflict(SKU_TAKEN),
        AppError::Database(DbError::Taken(what)) if what.contains("slug") => AppError::conflict(SLUG_TAKEN),
        other => other,
    }
}
