//! Orders: placing one, what it looks like, and which status may follow which.

mod admin;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::admin::{ChangeStatus, OrderCount, OrderNote, OrderStats, OrderSummary, RecentOrders};
pub use crate::address::Address;
use crate::{
    flat::read_flat,
    money::{MAX_AMOUNT, Money},
    text_enum::text_enum,
    timestamp::Timestamp,
    validation::{Checked, Fields, FromFields, free_text, one_of, text, whole_number, whole_number_text},
};

/// Most lines in one order.
pub const LINES_MAX: usize = 100;
/// Most units in one line.
pub const QUANTITY_MAX: u32 = 999;
/// Longest note, in characters.
pub const NOTES_MAX: usize = 1000;
/// Orders a page when the request does not say.
pub const PAGE_LIMIT: i64 = 20;
/// Most orders a page.
pub const PAGE_LIMIT_MAX: i64 = 50;

text_enum! {
    /// Where an order is in its life.
    OrderStatus {
        /// Placed, stock held, not paid.
        Pending = "PENDING",
        /// Paid.
        Confirmed = "CONFIRMED",
        /// Being packed.
        Processing = "PROCESSING",
        /// On its way.
        Shipped = "SHIPPED",
        /// Arrived.
        Delivered = "DELIVERED",
        /// Given up before it was sent; stock returned.
        Cancelled = "CANCELLED",
        /// Money and stock returned.
        Refunded = "REFUNDED",
    }
}

impl OrderStatus {
    /// The statuses that may follow this one: the whole state machine.
    pub const fn successors(self) -> &'static [Self] {
        match self {
            Self::Pending => &[Self::Confirmed, Self::Processing, Self::Shipped, Self::Cancelled],
            Self::Confirmed => &[Self::Processing, Self::Shipped, Self::Cancelled, Self::Refunded],
            Self::Processing => &[Self::Shipped, Self::Cancelled, Self::Refunded],
            Self::Shipped => &[Self::Delivered, Self::Refunded],
            Self::Delivered => &[Self::Refunded],
            Self::Cancelled | Self::Refunded => &[],
        }
    }

    /// Whether `next` may follow this status.
    pub fn can_become(self, next: Self) -> bool {
        self.successors().contains(&next)
    }

    /// Whether the customer may still cancel. Narrower than the table: once it is being packed, only the shop can.
    pub const fn customer_can_cancel(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed)
    }

    /// Whether orders in this status count as sold: paid, and not given back.
    pub const fn is_sold(self) -> bool {
        matches!(self, Self::Confirmed | Self::Processing | Self::Shipped | Self::Delivered)
    }

    /// Whether reaching this status puts the order's units back on the shelf.
    pub const fn returns_stock(self) -> bool {
        matches!(self, Self::Cancelled | Self::Refunded)
    }
}

/// How many units of a product: 1 to 999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = u32, minimum = 1, maximum = 999))]
#[serde(transparent)]
pub struct Quantity(u32);

impl Quantity {
    /// Reads a whole JSON number from 1 to 999.
    pub fn rule(value: &Value) -> Checked<Self> {
        let number = whole_number(1..=i64::from(QUANTITY_MAX))(value)?;
        u32::try_from(number).map(Self).map_err(|_| "Expected a whole number".into())
    }

    /// From a number already known; `None` outside 1 to 999.
    pub fn new(units: u32) -> Option<Self> {
        (1..=QUANTITY_MAX).contains(&units).then_some(Self(units))
    }

    /// The number of units.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// A product and how many of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ItemRequest {
    /// Which product.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub product_id: String,
    /// How many.
    pub quantity: Quantity,
}

impl FromFields for ItemRequest {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let product_id = fields.required("productId", text(200, "Product ID is required"));
        let quantity = fields.required("quantity", Quantity::rule);
        Some(Self { product_id: product_id?, quantity: quantity? })
    }
}

/// A new order. Lines of one product are merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlaceOrder {
    /// What is bought: 1 to 100 lines.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100))]
    pub items: Vec<ItemRequest>,
    /// Where it goes.
    pub shipping_address: Address,
    /// Who pays; the shipping address when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub billing_address: Option<Address>,
    /// A wish or a remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, max_length = 1000))]
    pub notes: Option<String>,
    /// The total the shopper saw; the order is refused with 409 when it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub expected_total: Option<Money>,
}

impl FromFields for PlaceOrder {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let items =
            fields.list("items", 1..=LINES_MAX, "At least one item is required", ItemRequest::from_fields);
        let shipping_address = fields.object("shippingAddress", Address::from_fields);
        let billing_address = fields.optional_object("billingAddress", Address::from_fields);
        let notes = fields.optional("notes", free_text(NOTES_MAX));
        let expected_total = fields.optional("expectedTotal", |value| {
            let amount = Money::from_json(value).filter(|amount| (Money::ZERO..=MAX_TOTAL).contains(amount));
            amount.ok_or("Expected an amount with at most two decimals".into())
        });
        Some(Self {
            items: items?,
            shipping_address: shipping_address?,
            billing_address: billing_address?,
            notes: notes?,
            expected_total: expected_total?,
        })
    }
}

/// A total may exceed the largest single amount: 100 lines of 999 units.
const MAX_TOTAL: Money = Money::from_minor(MAX_AMOUNT.minor() * 100 * 999 * 2);

/// Which orders to list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query, rename_all = "camelCase"))]
pub struct OrderQuery {
    /// Page number, from 1.
    #[cfg_attr(
        feature = "openapi",
        param(required = false, minimum = 1, maximum = 1_000_000_000, default = 1)
    )]
    pub page: i64,
    /// Orders a page.
    #[cfg_attr(feature = "openapi", param(required = false, minimum = 1, maximum = 50, default = 20))]
    pub limit: i64,
    /// Only these.
    #[cfg_attr(feature = "openapi", param(inline, nullable = false))]
    pub status: Option<OrderStatus>,
}

impl Default for OrderQuery {
    fn default() -> Self {
        Self { page: 1, limit: PAGE_LIMIT, status: None }
    }
}

impl FromFields for OrderQuery {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let page = fields.optional("page", whole_number_text(1..=crate::catalog::PAGE_MAX));
        let limit = fields.optional("limit", whole_number_text(1..=PAGE_LIMIT_MAX));
        let status = fields.optional("status", one_of(OrderStatus::ALL, OrderStatus::as_str));
        Some(Self { page: page?.unwrap_or(1), limit: limit?.unwrap_or(PAGE_LIMIT), status: status? })
    }
}

impl OrderQuery {
    /// The query string's pairs, without those that have their default value.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        pairs.extend((self.page != 1).then(|| ("page", self.page.to_string())));
        pairs.extend((self.limit != PAGE_LIMIT).then(|| ("limit", self.limit.to_string())));
        pairs.extend(self.status.map(|status| ("status", status.to_string())));
        pairs
    }
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Opaque id.
    pub id: String,
    /// The number people use, `ORD-<base36 milliseconds>-<6 hex>`.
    pub order_number: String,
    /// Who placed it.
    pub user_id: String,
    /// Where it is in its life.
    pub status: OrderStatus,
    /// The goods.
    pub subtotal: Money,
    /// Tax on the goods.
    pub tax: Money,
    /// Shipping.
    pub shipping_amount: Money,
    /// Taken off.
    pub discount_amount: Money,
    /// To be paid.
    pub total_amount: Money,
    /// ISO 4217.
    pub currency: String,
    /// The customer's remark.
    pub notes: Option<String>,
    /// Where it goes.
    pub shipping_address: Address,
    /// Who pays.
    pub billing_address: Address,
    /// Paid at.
    pub paid_at: Option<Timestamp>,
    /// Sent at.
    pub shipped_at: Option<Timestamp>,
    /// Arrived at.
    pub delivered_at: Option<Timestamp>,
    /// Cancelled at.
    pub cancelled_at: Option<Timestamp>,
    /// Placed at.
    pub created_at: Timestamp,
    /// Last changed at.
    pub updated_at: Timestamp,
}

/// One product of an order, as it was when the order was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderItem {
    /// Opaque id.
    pub id: String,
    /// The order.
    pub order_id: String,
    /// The product.
    pub product_id: String,
    /// Its stock keeping unit then.
    pub sku: String,
    /// Its name then.
    pub name: String,
    /// Units.
    pub quantity: i32,
    /// Price of one then.
    pub unit_price: Money,
    /// Price of all of them.
    pub subtotal: Money,
}

/// The product behind an order's item, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProductThumb {
    /// Opaque id.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// The main picture.
    pub image_url: Option<String>,
}

/// The product behind an order's item, with its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProductLink {
    /// Opaque id.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// Name in addresses.
    pub slug: String,
    /// The main picture.
    pub image_url: Option<String>,
}

/// An item with the product behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemWith<P> {
    /// The item.
    #[serde(flatten)]
    pub item: OrderItem,
    /// The product.
    pub product: P,
}
read_flat!(ItemWith<P> { item, product: "product" });

/// An order with its items, as lists and the answer to a new order show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderWithItems {
    /// The order.
    #[serde(flatten)]
    pub order: Order,
    /// What was bought, by name.
    pub items: Vec<ItemWith<ProductThumb>>,
}
read_flat!(OrderWithItems { order, items: "items" });

/// Who placed an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderUser {
    /// Opaque id.
    pub id: String,
    /// E-mail address.
    pub email: String,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
}

/// One order in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderDetail {
    /// The order.
    #[serde(flatten)]
    pub order: Order,
    /// Who placed it.
    pub user: OrderUser,
    /// What was bought, by name.
    pub items: Vec<ItemWith<ProductLink>>,
}
read_flat!(OrderDetail { order, user: "user", items: "items" });

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::validation::validate;

    #[test]
    fn the_transition_table_is_the_contract() {
        let allowed: &[(&str, &str)] = &[
            ("PENDING", "CONFIRMED PROCESSING SHIPPED CANCELLED"),
            ("CONFIRMED", "PROCESSING SHIPPED CANCELLED REFUNDED"),
            ("PROCESSING", "SHIPPED CANCELLED REFUNDED"),
            ("SHIPPED", "DELIVERED REFUNDED"),
            ("DELIVERED", "REFUNDED"),
            ("CANCELLED", ""),
            ("REFUNDED", ""),
        ];
        for (from, successors) in allowed {
            for to in OrderStatus::ALL {
                let expected = successors.split(' ').any(|word| word == to.as_str());
                assert_eq!(OrderStatus::parse(from).unwrap().can_become(*to), expected, "{from} → {to}");
            }
        }
    }

    #[test]
    fn whatever_a_customer_may_cancel_the_table_lets_be_cancelled() {
        for status in OrderStatus::ALL {
            assert!(!status.customer_can_cancel() || status.can_become(OrderStatus::Cancelled), "{status}");
        }
    }

    #[test]
    fn mistakes_in_an_order_are_reported_where_they_are() {
        let input = json!({
            "items": [{"productId": "p", "quantity": 0}, {"productId": "", "quantity": 1.5}],
            "shippingAddress": {"firstName": "A", "lastName": "B", "address1": "C", "city": "", "state": "D", "postalCode": "E", "country": "F"},
            "billingAddress": null,
        });
        let errors = validate::<PlaceOrder>(Some(&input)).err().unwrap();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        let expected = [
            "billingAddress",
            "items.0.quantity",
            "items.1.productId",
            "items.1.quantity",
            "shippingAddress.city",
            "shippingAddress.country",
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn an_order_without_items_is_refused() {
        let errors = validate::<PlaceOrder>(Some(&json!({"items": []}))).err().unwrap();
        assert_eq!(errors.first("items"), Some("At least one item is required"));
        assert_eq!(errors.first("shippingAddress.firstName"), Some("First name is required"));
    }
}
