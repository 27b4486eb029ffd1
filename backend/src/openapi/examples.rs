//! Examples in the OpenAPI document: a body that each operation accepts, and what each kind of refusal looks like.

use serde_json::{Value, json};
use shared_types::{ErrorCode, FieldErrors};
use utoipa::openapi::{Content, RefOr, Response, path::Operation};

use crate::{db::DbError, error::AppError};

/// Adds them to an operation, where it has none of its own.
pub fn add(operation: &mut Operation) {
    let body = operation.operation_id.as_deref().and_then(body);
    if let (Some(example), Some(RefOr::T(request))) = (body, &mut operation.request_body) {
        request.content.values_mut().for_each(|content| illustrate(content, &example));
    }
    for (status, response) in &mut operation.responses.responses {
        if let (Some(example), RefOr::T(Response { content, .. })) = (refusal(status), response) {
            content.values_mut().for_each(|content| illustrate(content, &example));
        }
    }
}

fn illustrate(content: &mut RefOr<Content>, example: &Value) {
    if let RefOr::T(content) = content {
        content.example.get_or_insert_with(|| example.clone());
    }
}

/// A body that the operation accepts. Ids are made up: they have the form of the shop's.
fn body(operation_id: &str) -> Option<Value> {
    const PRODUCT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
    const CATEGORY: &str = "01890a5d-ac96-774b-bcce-b302099a8011";
    let line = json!({"productId": PRODUCT, "quantity": 2});
    let address = json!({
        "firstName": "Ada", "lastName": "Lovelace", "address1": "12 Analytical Way", "city": "London",
        "state": "Greater London", "postalCode": "W1U 6TQ", "country": "United Kingdom"
    });
    Some(match operation_id {
        "register" => json!({"email": "ada@example.com", "password": "correct horse", "firstName": "Ada"}),
        "login" => json!({"email": "john@example.com", "password": "password123"}),
        "updateMe" => {
            json!({"firstName": "Ada", "email": "ada@example.org", "currentPassword": "correct horse"})
        }
        "changePassword" => json!({"currentPassword": "correct horse", "newPassword": "battery staple"}),
        "updateUser" => json!({"isActive": false}),
        "quoteCart" | "putCart" | "mergeCart" => json!({"items": [line]}),
        "putCartItem" => json!({"quantity": 3}),
        "createCategory" => json!({"name": "Headphones", "slug": "headphones", "parentId": CATEGORY}),
        "updateCategory" => json!({"name": "Head- and earphones", "description": null}),
        "createProduct" => json!({
            "categoryId": CATEGORY, "sku": "QUIET-ONE", "name": "Quiet One", "slug": "quiet-one", "price": "249.90",
            "compareAt": "299.00", "stock": 40, "status": "ACTIVE", "metadata": {"colour": "black"}
        }),
        "updateProduct" => json!({"price": 229.9, "compareAt": null}),
        "adjustStock" => json!({"delta": -2, "note": "Damaged in the warehouse"}),
        "placeOrder" => json!({"items": [line], "shippingAddress": address, "expectedTotal": "131.98"}),
        "payOrder" => json!({
            "method": "card",
            "card": {"number": "4242424242424242", "expMonth": 12, "expYear": 2040, "cvc": "123"}
        }),
        "changeOrderStatus" => json!({"status": "SHIPPED", "notes": "Parcel 00340434161094042557"}),
        "confirmPayment" => json!({"approve": true}),
        "receivePaymentEvent" => json!({
            "id": "evt_1", "type": "payment.succeeded",
            "data": {"paymentId": "01890a5d-ac96-774b-bcce-b302099a8099", "amount": "131.98", "currency": "USD"}
        }),
        _ => return None,
    })
}

/// What a refusal with this status looks like, in the server's own words.
fn refusal(status: &str) -> Option<Value> {
    let error = match status {
        "400" => AppError::bad_request("Insufficient stock for Yoga Mat Pro. Available: 3"),
        "401" => AppError::bad_token(),
        "402" => AppError::declined("Your card has insufficient funds"),
        "403" => AppError::admins_only(),
        "404" => AppError::not_found("Product not found"),
        "409" => AppError::conflict("Email is already in use"),
        "412" => AppError::precondition_failed(),
        "413" => AppError::too_large(),
        "415" => AppError::not_json(),
        "422" => AppError::Invalid(FieldErrors::single("items.0.quantity", "Expected a whole number")),
        "429" => AppError::refused(ErrorCode::RateLimited, "Rate limit exceeded, retry in 1 minute"),
        "503" => AppError::Database(DbError::Unavailable(String::new())),
        _ => return None,
    };
    serde_json::to_value(error.body("01890a5d-ac96-774b-bcce-b302099a8001".to_owned())).ok()
}
