//! The cart: what a shopper is about to order, and what it would cost.
//!
//! A guest's cart is in the browser, and the server only quotes it. A signed-in shopper's cart is on the server; at sign-in
//! the guest's lines are merged into it, once, and the answer tells what became of each.

use serde::{Deserialize, Serialize};

use crate::{
    flat::read_flat,
    money::Money,
    orders::{ItemRequest, LINES_MAX, Quantity},
    pricing::Totals,
    text_enum::text_enum,
    timestamp::Timestamp,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
read_flat!(Quote { totals, lines: "lines", currency: "currency" });

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

/// Fills the cart anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutCart {
    /// 0 to 100 lines; lines of one product are merged, to no more than 999 units.
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub items: Vec<ItemRequest>,
}

impl FromFields for PutCart {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        lines(fields).map(|items| Self { items })
    }
}

/// Adds a guest's lines to the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergeCart {
    /// 0 to 100 lines; lines of one product are merged.
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub items: Vec<ItemRequest>,
}

impl FromFields for MergeCart {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        lines(fields).map(|items| Self { items })
    }
}

fn lines(fields: &mut Fields<'_>) -> Option<Vec<ItemRequest>> {
    fields.list("items", 0..=LINES_MAX, "Items are required", ItemRequest::from_fields)
}

/// Puts so many units of one product into the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutCartItem {
    /// Units, in place of those that are there.
    pub quantity: Quantity,
}

impl FromFields for PutCartItem {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        fields.required("quantity", Quantity::rule).map(|quantity| Self { quantity })
    }
}

/// A signed-in shopper's cart with what it would cost now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Cart {
    /// Lines, totals and problems.
    #[serde(flatten)]
    pub quote: Quote,
    /// Changed last at; `null` when nothing was ever put in.
    pub updated_at: Option<Timestamp>,
}
read_flat!(Cart { quote, updated_at: "updatedAt" });

/// The cart after a guest's lines were added, and what became of each of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergedCart {
    /// The cart now.
    pub cart: Cart,
    /// One for each of the guest's products, in their order.
    pub changes: Vec<CartChange>,
}

/// What became of a guest's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CartChange {
    /// Which product.
    pub product_id: String,
    /// Its name; `null` when it is gone.
    pub name: Option<String>,
    /// What happened.
    pub kind: ChangeKind,
    /// Units in the cart before.
    pub from: u32,
    /// Units of both together.
    pub wanted: u32,
    /// Units in the cart now.
    pub to: u32,
}

text_enum! {
    /// What became of a guest's line.
    ChangeKind {
        /// The product was not in the cart; now it is.
        Added = "ADDED",
        /// It was, and the units were added up.
        Summed = "SUMMED",
        /// Fewer units than wanted: no more are left, or a line holds no more.
        Clamped = "CLAMPED",
        /// Left out: not sold any more, sold out, or the cart has no room for another product.
        Dropped = "DROPPED",
    }
}
