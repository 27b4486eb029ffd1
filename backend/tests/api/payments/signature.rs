//! `POST /api/payments/webhook`: who may tell anything.

use serde_json::{Value, json};
use shared_types::{
    ErrorCode,
    orders::OrderStatus,
    paths,
    payments::{CARD_LATE_APPROVED, EventKind},
};

use crate::support::{
    Reply, TestApp,
    app::{JWT_SECRET, WEBHOOK_SECRET},
    event, sign,
};

fn send(app: &TestApp, signature: &str, body: &[u8]) -> Reply {
    let request = app.anon().request("POST", paths::payments::WEBHOOK);
    request.header(paths::PAYMENT_SIGNATURE, signature).body("application/json", body).send()
}

fn refused(reply: &Reply) {
    reply.refused(401, ErrorCode::Unauthorized, "Invalid webhook signature");
}

#[test]
fn only_what_is_signed_with_the_secret_has_an_effect() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let id = customer.pay_pending(&order.id, CARD_LATE_APPROVED).payment_id;
    let body = serde_json::to_vec(&event("evt-1", EventKind::Succeeded, &customer.payment(&id))).unwrap();
    refused(
        &app.anon().request("POST", paths::payments::WEBHOOK).body("application/json", body.clone()).send(),
    );
    // Somebody who is signed in is not the provider either.
    refused(
        &customer.request("POST", paths::payments::WEBHOOK).body("application/json", body.clone()).send(),
    );
    for signature in
        ["", "t=1,v1=00", "nonsense", &sign(JWT_SECRET, 0, &body), &sign(WEBHOOK_SECRET, 0, b"{}")]
    {
        refused(&send(&app, signature, &body));
    }
    assert_eq!(app.database.order_status(&order.id), OrderStatus::Pending);
    send(&app, &sign(WEBHOOK_SECRET, 0, &body), &body).says("Event received");
    assert_eq!(app.database.order_status(&order.id), OrderStatus::Confirmed);
}

#[test]
fn a_body_that_was_changed_is_refused_down_to_its_white_space() {
    let app = TestApp::start();
    let body = br#"{"id":"evt-1","type":"payout.paid"}"#;
    let signature = sign(WEBHOOK_SECRET, 0, body);
    refused(&send(&app, &signature, br#"{"id":"evt-2","type":"payout.paid"}"#));
    refused(&send(&app, &signature, br#"{"id":"evt-1", "type":"payout.paid"}"#));
    send(&app, &signature, body).says("Event ignored");
}

#[test]
fn a_signature_is_good_for_five_minutes_so_that_it_cannot_be_recorded_and_sent_again() {
    let app = TestApp::start();
    let body = br#"{"id":"evt-1","type":"payout.paid"}"#;
    for (seconds, good) in [(-310, false), (-280, true), (280, true), (330, false), (-86_400, false)] {
        let reply = send(&app, &sign(WEBHOOK_SECRET, seconds, body), body);
        if good { reply.says("Event ignored") } else { refused(&reply) }
    }
}

#[test]
fn a_body_that_cannot_be_read_is_reported_first_and_wrong_fields_last() {
    let app = TestApp::start();
    send(&app, "", b"{").refused(400, ErrorCode::BadRequest, "Request body is not valid JSON");
    let text = app.anon().request("POST", paths::payments::WEBHOOK).body("text/plain", "{}").send();
    text.refused(415, ErrorCode::UnsupportedMediaType, "Content-Type must be application/json");
    refused(&send(&app, "", b"{}"));
    let signed = |body: &Value| app.provider_says(body);
    assert_eq!(signed(&json!({})).invalid_paths(), ["id", "type"]);
    signed(&json!([])).invalid_at("", "Expected an object");
    let nothing = sign(WEBHOOK_SECRET, 0, b"");
    send(&app, &nothing, b"").invalid_at("", "Request body is required");
    let wrong = json!({"id": "e", "type": "payment.succeeded", "data": {"paymentId": 1, "amount": "x"}});
    assert_eq!(signed(&wrong).invalid_paths(), ["data.amount", "data.currency", "data.paymentId"]);
}
