//! `POST /api/payments/webhook`: what events do, late, twice and in any order.

use backend::db::schema::payment_events;
use diesel::prelude::*;
use serde_json::json;
use shared_types::{
    ErrorCode,
    orders::{Order, OrderStatus},
    paths,
    payments::{
        CARD_APPROVED, CARD_CONFIRMED, CARD_DECLINED, CARD_LATE_APPROVED, EventKind, Payment, PaymentStatus,
    },
};

use crate::support::{Actor, Content, TestApp, at_once, event, pay_with};

/// An order whose payment is being processed.
fn processing(app: &TestApp) -> (Actor, Order, Payment) {
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("MENS-CLASSIC-TEE"), 1)]).order;
    let id = customer.pay_pending(&order.id, CARD_LATE_APPROVED).payment_id;
    let payment = customer.payment(&id);
    (customer, order, payment)
}

fn events(app: &TestApp) -> Vec<String> {
    app.database.query(|connection| payment_events::table.select(payment_events::id).load(connection))
}

#[test]
fn an_event_has_its_effect_once_however_often_it_comes() {
    let app = TestApp::start();
    let (customer, order, payment) = processing(&app);
    let event = event("evt-1", EventKind::Succeeded, &payment);
    app.provider_says(&event).says("Event received");
    let paid: Order = customer.get(&paths::orders::order(&order.id)).data(200);
    assert_eq!(paid.status, OrderStatus::Confirmed);
    for _ in 0..3 {
        app.provider_says(&event).says("Event received");
    }
    let after: Order = customer.get(&paths::orders::order(&order.id)).data(200);
    assert_eq!((after, events(&app)), (paid, vec!["evt-1".to_owned()]));
    app.database.assert_money_is_right();
}

#[test]
fn an_event_about_a_payment_that_is_settled_changes_nothing() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("MENS-CLASSIC-TEE"), 1)]).order;
    customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED)).expect(200);
    let payments: Vec<Payment> = customer.get(&paths::orders::payments(&order.id)).data(200);
    for (id, kind) in [("evt-1", EventKind::Declined), ("evt-2", EventKind::Succeeded)] {
        app.provider_says(&event(id, kind, &payments[0])).says("Event received");
        assert_eq!(app.database.payment_statuses(&order.id), ["SUCCEEDED"]);
        assert_eq!(app.database.order_status(&order.id), OrderStatus::Confirmed);
    }
    customer.post_nothing(&paths::orders::cancel(&order.id)).expect(200);
    app.provider_says(&event("evt-3", EventKind::Succeeded, &payments[0])).says("Event received");
    assert_eq!(app.database.payment_statuses(&order.id), ["REFUNDED"]);
}

#[test]
fn money_that_comes_after_a_decline_goes_back() {
    let app = TestApp::start();
    let (customer, order, payment) = processing(&app);
    app.provider_says(&event("evt-1", EventKind::Declined, &payment)).expect(200);
    customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED)).expect(200);
    app.provider_says(&event("evt-2", EventKind::Succeeded, &payment)).expect(200);
    assert_eq!(app.database.payment_statuses(&order.id), ["REFUNDED", "SUCCEEDED"]);
    app.database.assert_money_is_right();
}

#[test]
fn a_decline_tells_the_shopper_the_providers_reason() {
    let app = TestApp::start();
    let (customer, _, payment) = processing(&app);
    let mut declined = event("evt-1", EventKind::Declined, &payment);
    declined["data"]["reason"] = json!("Your bank did not answer");
    app.provider_says(&declined).expect(200);
    let payment = customer.payment(&payment.id);
    assert_eq!(payment.decline_reason.as_deref(), Some("Your bank did not answer"));
    assert_eq!(payment.status, PaymentStatus::Declined);
}

#[test]
fn a_wrong_amount_is_refused_and_the_event_can_come_again() {
    let app = TestApp::start();
    let (_, order, payment) = processing(&app);
    let good = event("evt-1", EventKind::Succeeded, &payment);
    let message = "The amount of the event is not the amount of the payment";
    for (field, value) in [("amount", json!("0.01")), ("amount", json!(-1)), ("currency", json!("EUR"))] {
        let mut wrong = good.clone();
        wrong["data"][field] = value;
        app.provider_says(&wrong).refused(400, ErrorCode::BadRequest, message);
        assert_eq!(app.database.payment_statuses(&order.id), ["PROCESSING"]);
    }
    assert!(events(&app).is_empty());
    app.provider_says(&good).says("Event received");
    assert_eq!(app.database.order_status(&order.id), OrderStatus::Confirmed);
}

#[test]
fn an_event_about_a_payment_that_is_not_ours_is_acknowledged() {
    let app = TestApp::start();
    let data = json!({"paymentId": "somebody-elses", "amount": "1.00", "currency": "USD"});
    let event = json!({"id": "evt-1", "type": "payment.succeeded", "data": data});
    for _ in 0..2 {
        app.provider_says(&event).says("Event received");
    }
    assert_eq!(events(&app), ["evt-1"]);
}

#[test]
fn an_event_of_an_unknown_type_is_acknowledged_and_ignored() {
    let app = TestApp::start();
    let (_, order, payment) = processing(&app);
    for kind in ["payment.created", "payout.paid", "PAYMENT.SUCCEEDED"] {
        let mut unknown = event("evt-1", EventKind::Succeeded, &payment);
        unknown["type"] = json!(kind);
        app.provider_says(&unknown).says("Event ignored");
    }
    app.provider_says(&json!({"id": "evt-2", "type": "ping", "data": null})).says("Event ignored");
    assert_eq!(app.database.payment_statuses(&order.id), ["PROCESSING"]);
}

#[test]
fn an_event_can_be_faster_than_the_answer_of_the_cards_owner() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("MENS-CLASSIC-TEE"), 1)]).order;
    let id = customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id;
    app.provider_says(&event("evt-1", EventKind::Succeeded, &customer.payment(&id))).expect(200);
    let confirmed: Order = customer.confirm(&id, true).data(200);
    assert_eq!(confirmed.status, OrderStatus::Confirmed);
    assert_eq!(app.database.payment_statuses(&order.id), ["SUCCEEDED"]);
}

#[test]
fn an_event_can_be_faster_than_the_provider_answers() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("MENS-CLASSIC-TEE"), 1)]).order;
    let id = app.database.leave_payment_started(&order.id, "approved", 0);
    app.provider_says(&event("evt-1", EventKind::Succeeded, &customer.payment(&id))).expect(200);
    assert_eq!(app.database.order_status(&order.id), OrderStatus::Confirmed);
    customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_DECLINED)).expect(400);
}

#[test]
fn one_event_many_times_at_once_and_a_cancellation_leave_no_money_over() {
    let app = TestApp::builder(Content::Demo).set("DATABASE_POOL_SIZE", 10).alone().start();
    for round in 0..15 {
        let (customer, order, payment) = processing(&app);
        let same = event(&format!("evt-{round}"), EventKind::Succeeded, &payment);
        let other = event(&format!("other-{round}"), EventKind::Succeeded, &payment);
        let replies = at_once(6, |index| match index {
            0 => customer.post_nothing(&paths::orders::cancel(&order.id)),
            1 => app.provider_says(&other),
            _ => app.provider_says(&same),
        });
        assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
        assert_eq!(app.database.payment_statuses(&order.id), ["REFUNDED"], "{round}");
    }
    assert_eq!(events(&app).len(), 30);
    app.database.assert_money_is_right();
    app.database.assert_ledger_explains_stock();
}
