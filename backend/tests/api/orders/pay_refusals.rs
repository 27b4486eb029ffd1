//! `POST /api/orders/{key}/pay`: requests that never reach the provider.

use serde_json::{Value, json};
use shared_types::{ErrorCode, paths, payments::CARD_APPROVED};

use crate::support::{TestApp, pay_with};

#[test]
fn only_the_owner_can_pay() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let pay = paths::orders::pay(&order.id);
    for other in [app.john(), app.admin()] {
        other.post(&pay, &pay_with(CARD_APPROVED)).refused(404, ErrorCode::NotFound, "Order not found");
    }
    let reply = app.anon().post(&pay, &pay_with(CARD_APPROVED));
    reply.refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
    let unknown = customer.post(&paths::orders::pay("nothing"), &pay_with(CARD_APPROVED));
    unknown.refused(404, ErrorCode::NotFound, "Order not found");
    assert!(app.database.payment_statuses(&order.id).is_empty());
}

#[test]
fn every_part_of_a_card_is_checked() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let with = |field: &str, value: Value| {
        let mut pay = pay_with(CARD_APPROVED);
        pay["card"][field] = value;
        customer.post(&paths::orders::pay(&order.id), &pay)
    };
    for number in [
        json!("4242424242424241"),
        json!("42424242424"),
        json!("42424242424242424242"),
        json!(""),
        json!(4_242),
    ] {
        with("number", number).invalid_at("card.number", "Card number is invalid");
    }
    for cvc in [json!("12"), json!("12345"), json!("12a"), json!(123), json!(null)] {
        with("cvc", cvc).invalid_at("card.cvc", "Security code must be 3 or 4 digits");
    }
    for month in [json!(0), json!(13), json!("12"), json!(1.5)] {
        assert_eq!(with("expMonth", month).invalid_paths(), ["card.expMonth"]);
    }
    for year in [json!(1999), json!(2101), json!(30), json!("2030")] {
        assert_eq!(with("expYear", year).invalid_paths(), ["card.expYear"]);
    }
    assert!(app.database.payment_statuses(&order.id).is_empty());
}

#[test]
fn the_method_is_a_card() {
    let app = TestApp::start();
    let customer = app.customer();
    let pay = paths::orders::pay("ORD-2024-0003");
    for method in [json!("cash"), json!("CARD"), json!(null), json!(1)] {
        let mut body = pay_with(CARD_APPROVED);
        body["method"] = method;
        customer.post(&pay, &body).invalid_at("method", "Expected one of card");
    }
    let nothing = customer.post(&pay, &json!({"method": "card"}));
    assert_eq!(nothing.invalid_paths(), ["card.cvc", "card.expMonth", "card.expYear", "card.number"]);
    assert_eq!(customer.post(&pay, &json!({"method": "card", "card": "4242"})).invalid_paths(), ["card"]);
}

#[test]
fn a_refusal_does_not_repeat_the_card_number() {
    let app = TestApp::start();
    let customer = app.customer();
    let mut body = pay_with(CARD_APPROVED);
    body["card"]["number"] = json!("4242424242424241");
    let reply = customer.post(&paths::orders::pay("nothing"), &body);
    assert!(!reply.text().contains("424242"), "{reply}");
}
