//! `/api/catalog/products`, for administrators.

use actix_web::{HttpResponse, delete, http::header::LOCATION, patch, post, web::Data};
use shared_types::{
    Data as DataOf, ErrorBody, Message,
    catalog::{
        ProductFull,
        edit::{CreateProduct, UpdateProduct},
    },
    paths,
};

use super::service::{self, Removed};
use crate::{
    features::{audit::service::By, catalog::domain::product_and_stock_edition},
    http::{
        answer::{Answer, message},
        conditional::{IfMatch, tagged},
        identity::AdminUser,
        input::{Body, Call, Key},
    },
    state::State,
};

/// Add a product
#[utoipa::path(tag = "catalog", operation_id = "createProduct", request_body = CreateProduct,
    responses((status = 201, description = "The new product", body = DataOf<ProductFull>,
               headers(("ETag" = String, description = "For If-Match"), ("Location" = String, description = "Its address"))),
              (status = 400, description = "The category does not exist", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 409, description = "The SKU or the slug is taken", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[post("/products")]
pub async fn create_product(state: Data<State>, call: Call<AdminUser, Body<CreateProduct>>) -> Answer {
    let full = service::create(&state, By::current(call.caller), call.input.0).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, paths::catalog::product(&full.product.id)));
    tagged(response, &product_and_stock_edition(&full.product), full)
}

/// Change a product
///
/// Only the fields that are sent change; `null` clears `description`, `imageUrl` and `compareAt`. Setting `stock` writes the
/// difference into the ledger. With `If-Match` the change is refused when somebody edited the product since, and, if it sets
/// `stock`, also when units moved; a sale alone does not refuse a change of anything else.
#[utoipa::path(tag = "catalog", operation_id = "updateProduct", request_body = UpdateProduct,
    params(("key" = String, Path, description = "Id"),
           ("If-Match" = Option<String>, Header, description = "Only if it was not edited since: tags of the product, or *", nullable = false)),
    responses((status = 200, description = "The product as it is now", body = DataOf<ProductFull>,
               headers(("ETag" = String, description = "For If-Match"))),
              (status = 400, description = "The category does not exist", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 404, description = "There is none", body = ErrorBody),
              (status = 409, description = "The SKU or the slug is taken", body = ErrorBody),
              (status = 412, description = "Somebody edited it since, or units moved and this sets stock", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[patch("/products/{key}")]
pub async fn update_product(
    state: Data<State>,
    key: Key,
    call: Call<AdminUser, (IfMatch, Body<UpdateProduct>)>,
) -> Answer {
    let (condition, Body(request)) = call.input;
    let full = service::update(&state, By::current(call.caller), key.0, condition, request).await?;
    tagged(HttpResponse::Ok(), &product_and_stock_edition(&full.product), full)
}

/// Remove a product
///
/// One that was ever ordered is archived instead: it stays for those orders and is no longer sold.
#[utoipa::path(tag = "catalog", operation_id = "deleteProduct",
    params(("key" = String, Path, description = "Id"),
           ("If-Match" = Option<String>, Header, description = "Only if it was not edited since: tags of the product, or *", nullable = false)),
    responses((status = 200, description = "Removed or archived; the message says which", body = Message),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 404, description = "There is none", body = ErrorBody),
              (status = 412, description = "Somebody edited it since", body = ErrorBody)))]
#[delete("/products/{key}")]
pub async fn delete_product(state: Data<State>, key: Key, call: Call<AdminUser, IfMatch>) -> Answer {
    let removed = service::delete(&state, By::current(call.caller), key.0, call.input).await?;
    Ok(message(match removed {
        Removed::Deleted => "Product deleted",
        Removed::Archived => "Product archived (has order history)",
    }))
}
