//! `/api/catalog`

use actix_web::{get, web::Data};
use shared_types::{
    Data as DataOf, ErrorBody, Page,
    catalog::{CategoryFull, CategoryList, CategoryQuery, ProductFull, ProductList, ProductQuery},
};

use super::service;
use crate::{
    http::{
        answer::Answer,
        identity::MaybeUser,
        input::{Call, Key, Query},
        reading::{Asked, For},
    },
    state::State,
};

/// Active categories, flat
#[utoipa::path(tag = "catalog", operation_id = "listCategories", security((), ("bearer" = [])), 
    params(CategoryQuery, ("If-None-Match" = Option<String>, Header, description = "Tags of answers the client has", nullable = false)),
    responses((status = 200, description = "By sort order, then name", body = DataOf<Vec<CategoryList>>,
               headers(("ETag" = String, description = "Names this answer; for If-None-Match"))),
              (status = 304, description = "The client has it already"),
              (status = 422, description = "A parameter is wrong", body = ErrorBody)))]
#[get("/categories")]
pub async fn list_categories(
    state: Data<State>,
    call: Call<MaybeUser, Query<CategoryQuery>>,
    asked: Asked,
) -> Answer {
    let entry = service::list_categories(&state, call.input.0, call.caller.is_admin()).await?;
    Ok(asked.answer_and_remember(&entry, For::WhoAsks).await)
}

/// One category with its parent and children
#[utoipa::path(tag = "catalog", operation_id = "getCategory", security((), ("bearer" = [])),
    params(("key" = String, Path, description = "Id or slug", example = "electronics"),
           ("If-None-Match" = Option<String>, Header, description = "Tags of answers the client has", nullable = false)),
    responses((status = 200, description = "The category", body = DataOf<CategoryFull>,
               headers(("ETag" = String, description = "Names this answer; for If-None-Match and If-Match"))),
              (status = 304, description = "The client has it already"),
              (status = 404, description = "There is none", body = ErrorBody)))]
#[get("/categories/{key}")]
pub async fn get_category(state: Data<State>, key: Key, asked: Asked, user: MaybeUser) -> Answer {
    let entry = service::get_category(&state, key.0, user.is_admin()).await?;
    Ok(asked.answer_and_remember(&entry, For::WhoAsks).await)
}

/// Products, a page at a time
#[utoipa::path(tag = "catalog", operation_id = "listProducts", security((), ("bearer" = [])), 
    params(ProductQuery, ("If-None-Match" = Option<String>, Header, description = "Tags of answers the client has", nullable = false)),
    responses((status = 200, description = "One page", body = Page<ProductList>,
               headers(("ETag" = String, description = "Names this answer; for If-None-Match"))),
              (status = 304, description = "The client has it already"),
              (status = 422, description = "A parameter is wrong", body = ErrorBody)))]
#[get("/products")]
pub async fn list_products(
    state: Data<State>,
    call: Call<MaybeUser, Query<ProductQuery>>,
    asked: Asked,
) -> Answer {
    let entry = service::list_products(&state, call.input.0, call.caller.is_admin()).await?;
    Ok(asked.answer_and_remember(&entry, For::WhoAsks).await)
}

/// One product with its category
#[utoipa::path(tag = "catalog", operation_id = "getProduct", security((), ("bearer" = [])),
    params(("key" = String, Path, description = "Id, slug or SKU", example = "iphone-15-pro"),
           ("If-None-Match" = Option<String>, Header, description = "Tags of answers the client has", nullable = false)),
    responses((status = 200, description = "The product", body = DataOf<ProductFull>,
               headers(("ETag" = String, description = "Names this answer; for If-None-Match and If-Match"))),
              (status = 304, description = "The client has it already"),
              (status = 404, description = "There is none", body = ErrorBody)))]
#[get("/products/{key}")]
pub async fn get_product(state: Data<State>, key: Key, asked: Asked, user: MaybeUser) -> Answer {
    let entry = service::get_product(&state, key.0, user.is_admin()).await?;
    Ok(asked.answer_and_remember(&entry, For::WhoAsks).await)
}
