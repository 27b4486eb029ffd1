//! The cart: what a shopper is about to order, and what it would cost.

use serde::{Deserialize, Serialize};

use crate::{
    money::Money,
    orders::{ItemRequest, LINES_MAX},
    pricing::Totals,
    text_enum::text_enum,
    validation::{Fields, FromFields},
};

/// Asks what these items would cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteRequest {
    /// 1 to 100 lines; lines of one product are merged.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100))]
    pub items: Vec<ItemRequest>,
}

impl FromFields for QuoteRequest {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let items =
            fields.list("items", 1..=LINES_MAX, "At least one item is required", ItemRequest::from_fields);
        Some(Self { items: items? })
    }
}

/// What the items would cost now. Lines with a problem other than a shortage are left out of the totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// One line a product, in the order of the request.
    pub lines: Vec<QuoteLine>,
    /// Subtotal, shipping, tax and total.
    #[serde(flatten)]
    pub totals: Totals,
    /// ISO 4217.
    pub currency: String,
}

/// One product of a quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct QuoteLine {
    /// Which product.
    pub product_id: String,
    /// Its name; `null` when it is gone.
    pub name: Option<String>,
    /// Its name in addresses; `null` when it is gone.
    pub slug: Option<String>,
    /// Its picture.
    pub image_url: Option<String>,
    /// Units asked for.
    pub quantity: u32,
    /// Units that could be sold.
    pub available: i32,
    /// Price of one; `null` when it is gone.
    pub unit_price: Option<Money>,
    /// Price of the units asked for; 0.00 when it is gone.
    pub subtotal: Money,
    /// What stands in the way of ordering this line.
    pub problem: Option<LineProblem>,
}

text_enum! {
    /// What stands in the way of ordering a line.
    LineProblem {
        /// The product is not sold any more.
        Unavailable = "UNAVAILABLE",
        /// Fewer units are left than asked for.
        InsufficientStock = "INSUFFICIENT_STOCK",
    }
}
