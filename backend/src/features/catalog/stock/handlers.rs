//! `/api/catalog/products/{key}/stock`, `/api/catalog/low-stock`

use actix_web::{HttpResponse, get, post, web::Data};
use shared_types::{
    Data as DataOf, ErrorBody, Page,
    catalog::{
        ProductFull, ProductList,
        stock::{AdjustStock, LowStockQuery, MovementQuery, StockMovement},
    },
};

use super::service;
use crate::{
    features::{audit::service::By, catalog::domain::product_and_stock_edition},
    http::{
        answer::{Answer, page},
        conditional::{IfMatch, tagged},
        identity::AdminUser,
        input::{Body, Call, Key, Query},
    },
    state::State,
};

/// Correct a product's stock
///
/// Relative, so that orders in the same moment are not lost. With `If-Match` it is done only if no unit moved since.
#[utoipa::path(tag = "catalog", operation_id = "adjustStock", request_body = AdjustStock,
    params(("key" = String, Path, description = "Id of the product"),
           ("If-Match" = Option<String>, Header, description = "Only if it is unchanged: tags of the product, or *", nullable = false)),
    responses((status = 200, description = "The product as it is now", body = DataOf<ProductFull>,
               headers(("ETag" = String, description = "For If-Match"))),
              (status = 400, description = "There are not that many units; the message says how many", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 404, description = "There is no such product", body = ErrorBody),
              (status = 412, description = "It was edited, or units moved, since", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[post("/products/{key}/stock")]
pub async fn adjust_stock(
    state: Data<State>,
    key: Key,
    call: Call<AdminUser, (IfMatch, Body<AdjustStock>)>,
) -> Answer {
    let (condition, Body(request)) = call.input;
    let full = service::adjust(&state, By::current(call.caller), key.0, condition, request).await?;
    tagged(HttpResponse::Ok(), &product_and_stock_edition(&full.product), full)
}

/// A product's ledger, newest first
#[utoipa::path(tag = "catalog", operation_id = "listStockMovements",
    params(("key" = String, Path, description = "Id of the product"), MovementQuery),
    responses((status = 200, description = "One page", body = Page<StockMovement>),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 404, description = "There is no such product", body = ErrorBody),
              (status = 422, description = "A parameter is wrong", body = ErrorBody)))]
#[get("/products/{key}/stock")]
pub async fn list_stock_movements(
    state: Data<State>,
    key: Key,
    call: Call<AdminUser, Query<MovementQuery>>,
) -> Answer {
    Ok(page(&service::movements(&state, key.0, call.input.0).await?))
}

/// Active products that run low, fewest units first
#[utoipa::path(tag = "catalog", operation_id = "listLowStock", params(LowStockQuery),
    responses((status = 200, description = "One page", body = Page<ProductList>),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 422, description = "A parameter is wrong", body = ErrorBody)))]
#[get("/low-stock")]
pub async fn list_low_stock(state: Data<State>, call: Call<AdminUser, Query<LowStockQuery>>) -> Answer {
    Ok(page(&service::low_stock(&state, call.input.0).await?))
}
