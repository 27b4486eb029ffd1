//! `POST /api/payments/{key}/confirm`

use serde_json::json;
use shared_types::{
    ErrorCode,
    orders::{Order, OrderStatus},
    paths,
    payments::{
        CARD_APPROVED, CARD_CONFIRMED, CARD_CONFIRMED_DECLINED, CARD_DECLINED, CARD_LATE_APPROVED,
        PaymentStatus,
    },
};

use crate::support::{
    Actor, Reply, TestApp, at_once, pay_with,
    shapes::{ORDER, assert_fields},
};

fn ordered(app: &TestApp) -> (Actor, Order) {
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 2)]).order;
    (customer, order)
}

fn declined(reply: &Reply, reason: &str) {
    reply.refused(402, ErrorCode::PaymentDeclined, reason);
}

#[test]
fn a_card_that_needs_a_confirmation_says_what_to_do_and_charges_nothing_yet() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let reply = customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_CONFIRMED));
    let data = reply.value(202);
    assert_fields(&data, &["paymentId", "nextAction"]);
    let id = data["paymentId"].as_str().unwrap();
    assert_eq!(data["nextAction"], json!({"type": "confirm", "url": format!("/api/payments/{id}/confirm")}));
    assert_eq!(app.database.order_status(&order.id), OrderStatus::Pending);
    assert_eq!(app.database.payment_statuses(&order.id), ["NEEDS_CONFIRMATION"]);
}

#[test]
fn confirming_it_confirms_the_order_and_doing_so_again_is_answered_alike() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let id = customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id;
    let reply = customer.confirm(&id, true);
    assert_fields(&reply.value(200), ORDER);
    let paid: Order = reply.data(200);
    assert_eq!((paid.id.as_str(), paid.status), (order.id.as_str(), OrderStatus::Confirmed));
    assert!(paid.paid_at.is_some());
    for approve in [true, false] {
        assert_eq!(customer.confirm(&id, approve).expect(200).bytes(), reply.bytes());
    }
    assert_eq!(app.database.charges(&order.id), [(order.total_amount.minor(), "SUCCEEDED".to_owned())]);
    app.database.assert_money_is_right();
}

#[test]
fn refusing_it_charges_nothing_and_leaves_the_order_to_another_card() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let id = customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id;
    for approve in [false, false, true] {
        declined(&customer.confirm(&id, approve), "You did not confirm the payment");
    }
    assert_eq!(app.database.order_status(&order.id), OrderStatus::Pending);
    customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED)).expect(200);
    declined(&customer.confirm(&id, true), "You did not confirm the payment");
    assert_eq!(app.database.payment_statuses(&order.id), ["DECLINED", "SUCCEEDED"]);
}

#[test]
fn a_card_can_be_declined_after_its_confirmation() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let id = customer.pay_pending(&order.id, CARD_CONFIRMED_DECLINED).payment_id;
    for _ in 0..2 {
        declined(&customer.confirm(&id, true), "Your card was declined after the confirmation");
    }
    assert_eq!(app.database.order_status(&order.id), OrderStatus::Pending);
    assert_eq!(app.database.payment_statuses(&order.id), ["DECLINED"]);
}

#[test]
fn only_its_owner_confirms_a_payment() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let id = customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id;
    for other in [app.john(), app.admin()] {
        other.confirm(&id, true).refused(404, ErrorCode::NotFound, "Payment not found");
    }
    app.anon().confirm(&id, true).refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
    customer.confirm("nothing", true).refused(404, ErrorCode::NotFound, "Payment not found");
    assert_eq!(app.database.payment_statuses(&order.id), ["NEEDS_CONFIRMATION"]);
    customer.confirm(&id, true).expect(200);
}

#[test]
fn the_answer_is_yes_or_no() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let confirm = paths::payments::confirm(&customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id);
    for approve in [json!("true"), json!(1), json!(null)] {
        customer.post(&confirm, &json!({"approve": approve})).invalid_at("approve", "Expected true or false");
    }
    customer.post(&confirm, &json!({})).invalid_at("approve", "Expected true or false");
    customer.post_nothing(&confirm).invalid_at("", "Request body is required");
    assert_eq!(app.database.payment_statuses(&order.id), ["NEEDS_CONFIRMATION"]);
}

#[test]
fn confirming_a_payment_that_needs_no_confirmation_says_how_it_is() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_DECLINED)).expect(402);
    let slow = customer.pay_pending(&order.id, CARD_LATE_APPROVED).payment_id;
    assert_eq!(customer.confirm(&slow, true).value(202)["nextAction"]["type"], "wait");
    let attempts = customer.get(&paths::orders::payments(&order.id)).value(200);
    declined(&customer.confirm(attempts[1]["id"].as_str().unwrap(), true), "Your card was declined");
    assert_eq!(app.database.payment_statuses(&order.id), ["DECLINED", "PROCESSING"]);
}

#[test]
fn an_order_whose_payment_waits_for_its_confirmation_is_not_paid_again_but_can_be_cancelled() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let id = customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id;
    let busy = customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED));
    busy.refused(409, ErrorCode::Conflict, "Another payment for this order is being processed");
    assert!(busy.header("retry-after").is_some());
    customer.post_nothing(&paths::orders::cancel(&order.id)).says("Order cancelled");
    declined(&customer.confirm(&id, true), "The order no longer waits for this payment");
    assert_eq!(app.database.payment_statuses(&order.id), ["DECLINED"]);
    assert_eq!(app.database.stock(&app.product_id("YOGA-MAT-PRO")), 100);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn the_same_payment_under_the_same_key_is_the_same_confirmation() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let pay = || customer.post_keyed(&paths::orders::pay(&order.id), "key-1", &pay_with(CARD_CONFIRMED));
    let (first, again) = (pay(), pay());
    assert_eq!((first.status, again.status, again.header("idempotent-replayed")), (202, 202, Some("true")));
    assert_eq!(first.bytes(), again.bytes());
    assert_eq!(app.database.payment_statuses(&order.id), ["NEEDS_CONFIRMATION"]);
}

#[test]
fn a_confirmation_that_nobody_gives_ends_after_a_quarter_of_an_hour() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let id = customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id;
    let pay = || customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED));
    app.database.age_payments(&order.id, 14 * 60);
    pay().expect(409);
    app.database.age_payments(&order.id, 15 * 60 + 1);
    pay().expect(200);
    let late = customer.payment(&id);
    assert_eq!(late.status, PaymentStatus::Declined);
    assert_eq!(late.decline_reason.as_deref(), Some("The payment was not confirmed in time"));
    declined(&customer.confirm(&id, true), "The payment was not confirmed in time");
    app.database.assert_money_is_right();
}

#[test]
fn of_many_confirmations_and_a_cancellation_at_the_same_time_no_money_is_left_over() {
    let app = TestApp::builder(crate::support::Content::Demo).set("DATABASE_POOL_SIZE", 10).alone().start();
    let customer = app.customer();
    let id = app.product_id("MENS-CLASSIC-TEE");
    for round in 0..20 {
        let order = customer.order(&[(&id, 1)]).order;
        let payment = customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id;
        let replies = at_once(6, |index| match index {
            0 => customer.post_nothing(&paths::orders::cancel(&order.id)),
            1 => customer.confirm(&payment, false),
            _ => customer.confirm(&payment, true),
        });
        assert!(replies[0].status == 200, "{}", replies[0]);
        let answers: Vec<u16> = replies.iter().skip(1).map(|reply| reply.status).collect();
        assert!(answers.iter().all(|status| matches!(status, 200 | 402 | 409)), "{round}: {answers:?}");
        let statuses = app.database.payment_statuses(&order.id);
        assert!(statuses == ["DECLINED"] || statuses == ["REFUNDED"], "{round}: {statuses:?}");
    }
    app.database.assert_money_is_right();
    app.database.assert_ledger_explains_stock();
}
