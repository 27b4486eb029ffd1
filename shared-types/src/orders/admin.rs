//! Orders as administrators see and change them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{NOTES_MAX, Order, OrderStatus, OrderUser};
use crate::{
    money::Money,
    timestamp::Timestamp,
    validation::{Fields, FromFields, free_text, one_of},
};

/// How many items an order has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderCount {
    /// Different products.
    pub items: i64,
}

/// An order as the administrators' list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderSummary {
    /// The order.
    #[serde(flatten)]
    pub order: Order,
    /// Who placed it.
    pub user: OrderUser,
    /// Its counts.
    #[serde(rename = "_count")]
    pub count: OrderCount,
}

/// Moves an order on. For administrators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeStatus {
    /// Where to.
    pub status: OrderStatus,
    /// Why; for administrators only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, max_length = 1000))]
    pub notes: Option<String>,
}

impl FromFields for ChangeStatus {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let status = fields.required("status", one_of(OrderStatus::ALL, OrderStatus::as_str));
        let notes = fields.optional("notes", free_text(NOTES_MAX));
        Some(Self { status: status?, notes: notes?.filter(|notes| !notes.is_empty()) })
    }
}

/// A change of an order by an administrator, with what they noted. Never shown to the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderNote {
    /// Opaque id.
    pub id: String,
    /// The order.
    pub order_id: String,
    /// The administrator.
    pub author: OrderUser,
    /// The status the order was moved to.
    pub status: OrderStatus,
    /// What was noted.
    pub notes: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

/// How business is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderStats {
    /// All orders there ever were.
    pub total_orders: i64,
    /// How many there are in each status that any is in.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, i64>, example = json!({"PENDING": 3, "DELIVERED": 40})))]
    pub orders_by_status: BTreeMap<OrderStatus, i64>,
    /// The last 30 days.
    pub last30_days: RecentOrders,
}

/// Orders of the last 30 days that are paid, on their way or delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecentOrders {
    /// The sum of their totals.
    pub revenue: Money,
    /// How many there are.
    pub orders: i64,
}
