//! Stock, as administrators see it: the ledger, corrections, and what runs low.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{PAGE_LIMIT, PAGE_LIMIT_MAX, PAGE_MAX, fields::STOCK_MAX};
use crate::{
    text_enum::text_enum,
    timestamp::Timestamp,
    validation::{Checked, Fields, FromFields, text, whole_number, whole_number_text},
};

/// Longest note of a correction, in characters.
pub const NOTE_MAX: usize = 500;
/// Units at or below which stock is low, when the request does not say.
pub const LOW_STOCK: i64 = 10;

text_enum! {
    /// Why units moved.
    StockReason {
        /// The product's first units.
        Initial = "INITIAL",
        /// An order took them.
        Order = "ORDER",
        /// A cancelled or refunded order gave them back.
        Return = "RETURN",
        /// An administrator corrected the number.
        Adjustment = "ADJUSTMENT",
    }
}

/// A correction of a product's stock, relative to what is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AdjustStock {
    /// Units to add, or to take away when negative; not zero.
    #[cfg_attr(feature = "openapi", schema(minimum = -1_000_000_000, maximum = 1_000_000_000, examples(-3)))]
    pub delta: i32,
    /// Why, for whoever reads the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, min_length = 1, max_length = 500, examples("Broken in transit"))
    )]
    pub note: Option<String>,
}

impl FromFields for AdjustStock {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let delta = fields.required("delta", units);
        let note = fields.optional("note", text(NOTE_MAX, "Must not be empty"));
        Some(Self { delta: delta?, note: note? })
    }
}

fn units(value: &Value) -> Checked<i32> {
    let most = i64::from(STOCK_MAX);
    match whole_number(-most..=most)(value)? {
        0 => Err("Must not be 0".into()),
        number => i32::try_from(number).map_err(|_| "Expected a whole number".into()),
    }
}

/// Who moved units by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MovementActor {
    /// The account.
    pub id: String,
    /// Its e-mail address.
    pub email: String,
}

/// The order that moved units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MovementOrder {
    /// Opaque id.
    pub id: String,
    /// What people call it.
    pub order_number: String,
}

/// A line of a product's ledger. The sum of all of them is its stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct StockMovement {
    /// Opaque id.
    pub id: String,
    /// Which product.
    pub product_id: String,
    /// Units that came, or went when negative.
    pub delta: i32,
    /// Why.
    pub reason: StockReason,
    /// Why, in somebody's words.
    pub note: Option<String>,
    /// The order that moved them, if one did.
    pub order: Option<MovementOrder>,
    /// The administrator who moved them, if one did.
    pub actor: Option<MovementActor>,
    /// When.
    pub created_at: Timestamp,
}

/// Which page of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query, rename_all = "camelCase"))]
pub struct MovementQuery {
    /// Page number, from 1.
    #[cfg_attr(
        feature = "openapi",
        param(required = false, minimum = 1, maximum = 1_000_000_000, default = 1)
    )]
    pub page: i64,
    /// Movements a page.
    #[cfg_attr(feature = "openapi", param(required = false, minimum = 1, maximum = 100, default = 20))]
    pub limit: i64,
}

impl FromFields for MovementQuery {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let page = fields.optional("page", whole_number_text(1..=PAGE_MAX));
        let limit = fields.optional("limit", whole_number_text(1..=PAGE_LIMIT_MAX));
        Some(Self { page: page?.unwrap_or(1), limit: limit?.unwrap_or(PAGE_LIMIT) })
    }
}

/// Which products run low.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query, rename_all = "camelCase"))]
pub struct LowStockQuery {
    /// At most so many units.
    #[cfg_attr(
        feature = "openapi",
        param(required = false, minimum = 0, maximum = 1_000_000_000, default = 10)
    )]
    pub threshold: i32,
    /// Page number, from 1.
    #[cfg_attr(
        feature = "openapi",
        param(required = false, minimum = 1, maximum = 1_000_000_000, default = 1)
    )]
    pub page: i64,
    /// Products a page.
    #[cfg_attr(feature = "openapi", param(required = false, minimum = 1, maximum = 100, default = 20))]
    pub limit: i64,
}

impl FromFields for LowStockQuery {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let threshold = fields.optional("threshold", whole_number_text(0..=i64::from(STOCK_MAX)));
        let page = fields.optional("page", whole_number_text(1..=PAGE_MAX));
        let limit = fields.optional("limit", whole_number_text(1..=PAGE_LIMIT_MAX));
        Some(Self {
            threshold: i32::try_from(threshold?.unwrap_or(LOW_STOCK)).unwrap_or(STOCK_MAX),
            page: page?.unwrap_or(1),
            limit: limit?.unwrap_or(PAGE_LIMIT),
        })
    }
}
