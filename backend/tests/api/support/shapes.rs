//! The shapes of the contract: exactly these fields, no fewer and no more.

use std::collections::BTreeSet;

use serde_json::Value;

pub const USER_PUBLIC: &[&str] = &["id", "email", "firstName", "lastName", "role", "createdAt"];
pub const USER_PROFILE: &[&str] = &["id", "email", "firstName", "lastName", "role", "createdAt", "updatedAt"];
pub const USER_SUMMARY: &[&str] = &["id", "email", "firstName", "lastName", "role"];
pub const CATEGORY: &[&str] = &[
    "id",
    "name",
    "slug",
    "description",
    "imageUrl",
    "parentId",
    "isActive",
    "sortOrder",
    "createdAt",
    "updatedAt",
];
pub const CATEGORY_REF: &[&str] = &["id", "name", "slug"];
pub const PRODUCT: &[&str] = &[
    "id",
    "categoryId",
    "sku",
    "name",
    "slug",
    "description",
    "price",
    "compareAt",
    "stock",
    "imageUrl",
    "images",
    "status",
    "isFeatured",
    "metadata",
    "createdAt",
    "updatedAt",
];
pub const ORDER: &[&str] = &[
    "id",
    "orderNumber",
    "userId",
    "status",
    "subtotal",
    "tax",
    "shippingAmount",
    "discountAmount",
    "totalAmount",
    "currency",
    "notes",
    "shippingAddress",
    "billingAddress",
    "paidAt",
    "shippedAt",
    "deliveredAt",
    "cancelledAt",
    "createdAt",
    "updatedAt",
];
pub const ORDER_ITEM: &[&str] =
    &["id", "orderId", "productId", "sku", "name", "quantity", "unitPrice", "subtotal", "product"];
pub const ORDER_USER: &[&str] = &["id", "email", "firstName", "lastName"];

pub const PAYMENT: &[&str] = &[
    "id",
    "orderId",
    "status",
    "amount",
    "currency",
    "cardLast4",
    "declineReason",
    "nextAction",
    "createdAt",
    "updatedAt",
];

/// Fails the test unless the object has exactly these fields.
pub fn assert_fields(object: &Value, expected: &[&str]) {
    let found: BTreeSet<&str> = object
        .as_object()
        .unwrap_or_else(|| panic!("not an object: {object}"))
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(found, expected.iter().copied().collect(), "fields of {object}");
}

/// Fails the test unless the object has exactly these fields and a few more.
pub fn assert_fields_and(object: &Value, expected: &[&str], more: &[&str]) {
    assert_fields(object, &[expected, more].concat());
}

/// Fails the test unless the text is a moment in UTC with milliseconds.
pub fn assert_moment(value: &Value) {
    let text = value.as_str().unwrap_or_else(|| panic!("not a moment: {value}"));
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    assert_eq!(shape, "9999-99-99T99:99:99.999Z");
}
