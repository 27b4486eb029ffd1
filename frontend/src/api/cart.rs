//! Cart.

use shared_types::{
    cart::{Quote, QuoteRequest},
    paths,
};

use super::endpoint::{Endpoint, data};

/// What items would cost now, and what stands in the way of ordering them.
pub fn quote(request: &QuoteRequest) -> Endpoint<Quote> {
    Endpoint::post(paths::cart::QUOTE, request, data)
}
