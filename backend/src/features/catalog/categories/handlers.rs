//! `/api/catalog/categories`, for administrators.

use actix_web::{HttpResponse, delete, http::header::LOCATION, patch, post, web::Data};
use shared_types::{
    Data as DataOf, ErrorBody, Message,
    catalog::{
        CategoryFull,
        edit::{CreateCategory, UpdateCategory},
    },
    paths,
};

use super::service;
use crate::{
    features::{audit::service::By, catalog::domain::category_edition},
    http::{
        answer::{Answer, message},
        conditional::{IfMatch, tagged},
        identity::AdminUser,
        input::{Body, Call, Key},
    },
    state::State,
};

/// Add a category
#[utoipa::path(tag = "catalog", operation_id = "createCategory", request_body = CreateCategory,
    responses((status = 201, description = "The new category", body = DataOf<CategoryFull>,
               headers(("ETag" = String, description = "For If-Match"), ("Location" = String, description = "Its address"))),
              (status = 400, description = "The category above does not exist", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 409, description = "The slug is taken", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[post("/categories")]
pub async fn create_category(state: Data<State>, call: Call<AdminUser, Body<CreateCategory>>) -> Answer {
    let full = service::create(&state, By::current(call.caller), call.input.0).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, paths::catalog::category(&full.category.category.id)));
    tagged(response, &category_edition(&full.category.category), full)
}

/// Change a category
///
/// Only the fields that are sent change; `null` clears `description`, `imageUrl` and `parentId`.
#[utoipa::path(tag = "catalog", operation_id = "updateCategory", request_body = UpdateCategory,
    params(("key" = String, Path, description = "Id"),
           ("If-Match" = Option<String>, Header, description = "Only if nobody edited it since: tags of the category, or *", nullable = false)),
    responses((status = 200, description = "The category as it is now", body = DataOf<CategoryFull>,
               headers(("ETag" = String, description = "For If-Match"))),
              (status = 400, description = "The category above does not exist, or is below", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 404, description = "There is none", body = ErrorBody),
              (status = 409, description = "The slug is taken", body = ErrorBody),
              (status = 412, description = "Somebody edited it since", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[patch("/categories/{key}")]
pub async fn update_category(
    state: Data<State>,
    key: Key,
    call: Call<AdminUser, (IfMatch, Body<UpdateCategory>)>,
) -> Answer {
    let (condition, Body(request)) = call.input;
    let full = service::update(&state, By::current(call.caller), key.0, condition, request).await?;
    tagged(HttpResponse::Ok(), &category_edition(&full.category.category), full)
}

/// Remove a category without products
///
/// Categories below it move to the top.
#[utoipa::path(tag = "catalog", operation_id = "deleteCategory",
    params(("key" = String, Path, description = "Id"),
           ("If-Match" = Option<String>, Header, description = "Only if nobody edited it since: tags of the category, or *", nullable = false)),
    responses((status = 200, description = "Removed", body = Message),
              (status = 400, description = "It has products, of whatever status", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 404, description = "There is none", body = ErrorBody),
              (status = 412, description = "Somebody edited it since", body = ErrorBody)))]
#[delete("/categories/{key}")]
pub async fn delete_category(state: Data<State>, key: Key, call: Call<AdminUser, IfMatch>) -> Answer {
    service::delete(&state, By::current(call.caller), key.0, call.input).await?;
    Ok(message("Category deleted"))
}
