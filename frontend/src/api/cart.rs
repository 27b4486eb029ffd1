//! Cart.

use shared_types::{
    cart::{Cart, MergeCart, MergedCart, PutCartItem, Quote, QuoteRequest},
    paths,
};

use super::endpoint::{Endpoint, data};

/// What items would cost now, and what stands in the way of ordering them.
pub fn quote(request: &QuoteRequest) -> Endpoint<Quote> {
    Endpoint::post(paths::cart::QUOTE, request, data)
}

/// The customer's cart with its quote.
pub fn get() -> Endpoint<Cart> {
    Endpoint::get(paths::cart::CART, Vec::new(), data).private()
}

/// Empties the customer's cart.
pub fn clear() -> Endpoint<Cart> {
    Endpoint::delete(paths::cart::CART, data).private().outliving_page()
}

/// Puts so many units of a product into the customer's cart, in place of those that are there.
pub fn put_item(product_id: &str, request: &PutCartItem) -> Endpoint<Cart> {
    Endpoint::put(paths::cart::item(product_id), request, data).private().outliving_page()
}

/// Takes a product out of the customer's cart.
pub fn remove_item(product_id: &str) -> Endpoint<Cart> {
    Endpoint::delete(paths::cart::item(product_id), data).private().outliving_page()
}

/// Adds a guest's lines to the customer's cart; safe to repeat under the same key.
pub fn merge(request: &MergeCart, key: &str) -> Endpoint<MergedCart> {
    Endpoint::post(paths::cart::MERGE, request, data).private().once(key).outliving_page()
}
