//! Body, then caller, then fields, then the rules.

use serde_json::json;
use shared_types::{ErrorCode, paths};

use crate::support::{TestApp, order_of};

fn guarded() -> [String; 2] {
    [paths::orders::ORDERS.to_owned(), paths::orders::pay("nothing")]
}

#[test]
fn a_body_that_cannot_be_read_is_reported_before_missing_credentials() {
    let app = TestApp::start();
    for path in guarded() {
        let post = |content_type: &str, body: Vec<u8>| {
            app.anon().request("POST", &path).body(content_type, body).send()
        };
        post("application/json", b"{".to_vec()).refused(
            400,
            ErrorCode::BadRequest,
            "Request body is not valid JSON",
        );
        post("text/plain", b"{}".to_vec()).expect(415);
        post("application/json", vec![b' '; 1_048_577]).expect(413);
    }
}

#[test]
fn missing_credentials_are_reported_before_wrong_fields() {
    let app = TestApp::start();
    for path in guarded() {
        let bad_key =
            app.anon().request("POST", &path).header(paths::IDEMPOTENCY_KEY, "").json(&json!({})).send();
        bad_key.refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
        app.anon().post_nothing(&path).refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
    }
    app.anon().get("/api/orders?page=0").refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
}

#[test]
fn wrong_fields_are_reported_before_the_rules() {
    let app = TestApp::start();
    let customer = app.customer();
    customer.post(&paths::orders::pay("nothing"), &json!({})).expect(422);
    let mut order = order_of(&[("nothing", 1)]);
    order.shipping_address.city = String::new();
    customer.post(paths::orders::ORDERS, &order).invalid_at("shippingAddress.city", "City is required");
}
