//! `/api/cart`

use actix_web::{delete, get, post, put, web::Data};
use shared_types::{
    Data as DataOf, ErrorBody,
    cart::{Cart, MergeCart, MergedCart, PutCart, PutCartItem, Quote, QuoteRequest},
};

use super::service;
use crate::{
    http::{
        answer::{Answer, ok, stored},
        idempotency::IdempotencyKey,
        identity::CurrentUser,
        input::{Body, Call, Key},
    },
    state::State,
};

/// What these products cost now
#[utoipa::path(tag = "cart", operation_id = "quoteCart", request_body = QuoteRequest, security(()),
    responses((status = 200, description = "Lines, totals and problems", body = DataOf<Quote>),
              (status = 400, description = "The amounts are too large", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[post("/quote")]
pub async fn quote(state: Data<State>, Body(request): Body<QuoteRequest>) -> Answer {
    Ok(ok(service::quote(&state, request).await?))
}

/// The caller's cart
#[utoipa::path(tag = "cart", operation_id = "getCart",
    responses((status = 200, description = "The cart and what it costs now", body = DataOf<Cart>),
              (status = 400, description = "The amounts are too large", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody)))]
#[get("")]
pub async fn get_cart(state: Data<State>, user: CurrentUser) -> Answer {
    Ok(ok(service::get(&state, user).await?))
}

/// Fill the cart anew
#[utoipa::path(tag = "cart", operation_id = "putCart", request_body = PutCart,
    responses((status = 200, description = "The cart now", body = DataOf<Cart>),
              (status = 400, description = "A product is not sold, or the amounts are too large", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[put("")]
pub async fn put_cart(state: Data<State>, call: Call<CurrentUser, Body<PutCart>>) -> Answer {
    Ok(ok(service::put(&state, call.caller, call.input.0).await?))
}

/// Empty the cart
#[utoipa::path(tag = "cart", operation_id = "clearCart",
    responses((status = 200, description = "The cart, empty", body = DataOf<Cart>),
              (status = 401, description = "Not signed in", body = ErrorBody)))]
#[delete("")]
pub async fn clear_cart(state: Data<State>, user: CurrentUser) -> Answer {
    Ok(ok(service::clear(&state, user).await?))
}

/// Put so many units of a product into the cart
#[utoipa::path(tag = "cart", operation_id = "putCartItem", request_body = PutCartItem,
    params(("key" = String, Path, description = "The product's id")),
    responses((status = 200, description = "The cart now", body = DataOf<Cart>),
              (status = 400, description = "The cart is full, or the amounts are too large", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 404, description = "The product is not sold", body = ErrorBody),
              (status = 422, description = "A field is wrong", body = ErrorBody)))]
#[put("/items/{key}")]
pub async fn put_cart_item(
    state: Data<State>,
    key: Key,
    call: Call<CurrentUser, Body<PutCartItem>>,
) -> Answer {
    Ok(ok(service::put_item(&state, call.caller, key.0, call.input.0).await?))
}

/// Take a product out of the cart
#[utoipa::path(tag = "cart", operation_id = "removeCartItem",
    params(("key" = String, Path, description = "The product's id")),
    responses((status = 200, description = "The cart now, also when the product was not in it", body = DataOf<Cart>),
              (status = 400, description = "The amounts are too large", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 404, description = "No such address", body = ErrorBody)))]
#[delete("/items/{key}")]
pub async fn remove_cart_item(state: Data<State>, key: Key, user: CurrentUser) -> Answer {
    Ok(ok(service::remove_item(&state, user, key.0).await?))
}

/// Add a guest's lines to the cart
///
/// Units of one product are added up, to no more than are left and no more than 999. What is not sold, sold out, or would
/// be a 101st product is left out. The answer tells what became of each line. Send an `Idempotency-Key`: without one, a
/// request that is repeated adds the units again.
#[utoipa::path(tag = "cart", operation_id = "mergeCart", request_body = MergeCart,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours",
            min_length = 1, max_length = 255, nullable = false)),
    responses((status = 200, description = "The cart now, and what became of each line", body = DataOf<MergedCart>),
              (status = 400, description = "The amounts are too large", body = ErrorBody),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 409, description = "A request with this key is still running", body = ErrorBody),
              (status = 422, description = "A field is wrong, or the key was used for another request", body = ErrorBody)))]
#[post("/merge")]
pub async fn merge_cart(
    state: Data<State>,
    call: Call<CurrentUser, (IdempotencyKey, Body<MergeCart>)>,
) -> Answer {
    let (IdempotencyKey(key), Body(request)) = call.input;
    stored(service::merge(&state, call.caller, key, request).await?)
}
