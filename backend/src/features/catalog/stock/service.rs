//! Rules of stock.

use shared_types::{
    Page,
    catalog::{
        Product, ProductFull, ProductList,
        fields::STOCK_MAX,
        stock::{AdjustStock, LowStockQuery, MovementQuery, StockMovement},
    },
};

use super::repo::{self, Movement};
use crate::{
    db::{DbConnection, time::now},
    error::AppError,
    features::{
        audit::service::By,
        catalog::{
            domain::product_and_stock_edition,
            products::service::{found, to_change},
            repo as catalog,
            service::{leave_trail, product_not_found},
        },
    },
    http::conditional::IfMatch,
    state::State,
};

/// Adds units to a product, or takes some away.
pub async fn adjust(
    state: &State,
    by: By,
    product_id: String,
    condition: IfMatch,
    request: AdjustStock,
) -> Result<ProductFull, AppError> {
    state.db.write(move |connection| adjust_in(connection, &by, &product_id, &condition, &request)).await
}

fn adjust_in(
    connection: &mut DbConnection,
    by: &By,
    product_id: &str,
    condition: &IfMatch,
    request: &AdjustStock,
) -> Result<ProductFull, AppError> {
    let before = to_change(connection, product_id)?.product;
    condition.check(&product_and_stock_edition(&before))?;
    let after = Product { stock: moved(&before, request.delta)?, ..before.clone() };
    repo::set(connection, product_id, after.stock)?;
    let movement =
        Movement { note: request.note.as_deref(), ..Movement::by_hand(product_id, request.delta, by) };
    repo::record(connection, &movement, now())?;
    leave_trail(connection, by, "product.adjust_stock", (Some(&before), Some(&after)))?;
    found(connection, product_id)
}

/// What is on the shelf afterwards.
fn moved(product: &Product, delta: i32) -> Result<i32, AppError> {
    match product.stock.checked_add(delta) {
        Some(units) if units < 0 => Err(AppError::bad_request(format!(
            "Insufficient stock for {}. Available: {}",
            product.name, product.stock
        ))),
        Some(units) if units <= STOCK_MAX => Ok(units),
        _ => Err(AppError::bad_request(format!("Stock must be at most {STOCK_MAX}"))),
    }
}

/// One page of a product's ledger.
pub async fn movements(
    state: &State,
    product_id: String,
    query: MovementQuery,
) -> Result<Page<StockMovement>, AppError> {
    state
        .db
        .read(move |connection| {
            catalog::product_by_id(connection, &product_id)?.ok_or_else(product_not_found)?;
            let total = repo::count(connection, &product_id)?;
            let movements = repo::list(connection, &product_id, &query)?;
            Ok(Page::new(movements, query.page, query.limit, total))
        })
        .await
}

/// One page of what runs low.
pub async fn low_stock(state: &State, query: LowStockQuery) -> Result<Page<ProductList>, AppError> {
    state
        .db
        .read(move |connection| {
            let total = catalog::count_low_stock(connection, query.threshold)?;
            let products = catalog::list_low_stock(connection, &query)?;
            Ok(Page::new(products, query.page, query.limit, total))
        })
        .await
}
