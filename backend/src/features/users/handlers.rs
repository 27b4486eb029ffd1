//! `/api/auth/users`

use actix_web::{get, patch, web::Data};
use shared_types::{
    Data as DataOf, ErrorBody, Page,
    users::{UpdateUser, UserAccount, UserQuery},
};

use super::service;
use crate::{
    http::{
        answer::{Answer, ok, page},
        identity::AdminUser,
        input::{Body, Call, Key, Query},
        request_id,
    },
    state::State,
};

/// All accounts, newest first
#[utoipa::path(tag = "auth", operation_id = "listUsers", params(UserQuery),
    responses((status = 200, description = "One page", body = Page<UserAccount>),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 422, description = "A parameter is wrong", body = ErrorBody)))]
#[get("/users")]
pub async fn list_users(state: Data<State>, call: Call<AdminUser, Query<UserQuery>>) -> Answer {
    Ok(page(&service::list(&state, call.input.0).await?))
}

/// Disable or enable an account, or change its role
#[utoipa::path(tag = "auth", operation_id = "updateUser", request_body = UpdateUser,
    params(("key" = String, Path, description = "The account's id")),
    responses((status = 200, description = "The account; a change works at once", body = DataOf<UserAccount>),
              (status = 400, description = "Nobody disables or demotes themselves", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 404, description = "There is none", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[patch("/users/{key}")]
pub async fn update_user(state: Data<State>, key: Key, call: Call<AdminUser, Body<UpdateUser>>) -> Answer {
    let AdminUser(admin) = call.caller;
    Ok(ok(service::update(&state, admin, key.0, call.input.0, request_id::current()).await?))
}
