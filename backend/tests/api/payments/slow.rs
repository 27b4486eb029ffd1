//! Cards whose processor does not answer in time.

use backend::features::payments::service::recovery;
use serde_json::json;
use shared_types::{
    ErrorCode,
    orders::{Order, OrderStatus},
    paths,
    payments::{
        CARD_ANSWER_LOST, CARD_APPROVED, CARD_LATE_APPROVED, CARD_LATE_DECLINED, EventKind, PaymentStatus,
        TestCard,
    },
};

use crate::support::{Actor, TestApp, event, pay_with, run};

fn ordered(app: &TestApp) -> (Actor, Order) {
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 2)]).order;
    (customer, order)
}

/// Pays, and lets the time go by after which the payment is looked up.
fn paid_a_minute_ago(app: &TestApp, card: TestCard) -> (Actor, Order, String) {
    let (customer, order) = ordered(app);
    let id = customer.pay_pending(&order.id, card).payment_id;
    app.database.age_payments(&order.id, 61);
    (customer, order, id)
}

#[test]
fn a_slow_payment_says_where_to_look_and_is_not_settled() {
    let app = TestApp::start();
    for card in [CARD_LATE_APPROVED, CARD_LATE_DECLINED, CARD_ANSWER_LOST] {
        let (customer, order) = ordered(&app);
        let data = customer.post(&paths::orders::pay(&order.id), &pay_with(card)).value(202);
        let id = data["paymentId"].as_str().unwrap();
        assert_eq!(data["nextAction"], json!({"type": "wait", "url": format!("/api/payments/{id}")}));
        assert_eq!(customer.payment(id).status, PaymentStatus::Processing);
        assert_eq!(app.database.order_status(&order.id), OrderStatus::Pending);
        let busy = customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED));
        busy.refused(409, ErrorCode::Conflict, "Another payment for this order is being processed");
        assert!(busy.header("retry-after").is_some());
    }
}

#[test]
fn an_event_settles_it() {
    let app = TestApp::start();
    for (card, kind, expected) in [
        (CARD_LATE_APPROVED, EventKind::Succeeded, OrderStatus::Confirmed),
        (CARD_LATE_DECLINED, EventKind::Declined, OrderStatus::Pending),
    ] {
        let (customer, order) = ordered(&app);
        let id = customer.pay_pending(&order.id, card).payment_id;
        app.provider_says(&event(&id, kind, &customer.payment(&id))).says("Event received");
        assert_eq!(app.database.order_status(&order.id), expected);
        assert_eq!(customer.payment(&id).next_action, None);
    }
    app.database.assert_money_is_right();
}

#[test]
fn a_look_up_settles_it() {
    let app = TestApp::start();
    for (card, order_status, status) in [
        (CARD_LATE_APPROVED, OrderStatus::Confirmed, PaymentStatus::Succeeded),
        (CARD_ANSWER_LOST, OrderStatus::Confirmed, PaymentStatus::Succeeded),
        (CARD_LATE_DECLINED, OrderStatus::Pending, PaymentStatus::Declined),
    ] {
        let (customer, order, id) = paid_a_minute_ago(&app, card);
        let replica = app.replica_state();
        assert_eq!(run(recovery::look_up_overdue(&replica)).done, 1);
        assert_eq!(run(recovery::look_up_overdue(&replica)).done, 0);
        assert_eq!(app.database.order_status(&order.id), order_status);
        assert_eq!(customer.payment(&id).status, status);
    }
    app.database.assert_money_is_right();
}

#[test]
fn a_payment_is_not_looked_up_before_its_time() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    customer.pay_pending(&order.id, CARD_ANSWER_LOST);
    app.database.age_payments(&order.id, 50);
    assert_eq!(run(recovery::look_up_overdue(&app.replica_state())).done, 0);
    assert_eq!(app.database.payment_statuses(&order.id), ["PROCESSING"]);
}

#[test]
fn after_a_look_up_that_declined_another_card_can_pay() {
    let app = TestApp::start();
    let (customer, order, _) = paid_a_minute_ago(&app, CARD_LATE_DECLINED);
    // Paying looks the earlier payment up by itself.
    customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED)).expect(200);
    assert_eq!(app.database.payment_statuses(&order.id), ["DECLINED", "SUCCEEDED"]);
}

#[test]
fn paying_again_finds_that_the_earlier_payment_was_made() {
    let app = TestApp::start();
    for card in [CARD_LATE_APPROVED, CARD_ANSWER_LOST] {
        let (customer, order, _) = paid_a_minute_ago(&app, card);
        let again = customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED));
        again.refused(400, ErrorCode::BadRequest, "Cannot pay order with status: CONFIRMED");
        assert_eq!(app.database.payment_statuses(&order.id), ["SUCCEEDED"]);
    }
}

#[test]
fn money_that_comes_for_a_cancelled_order_goes_back_exactly_once() {
    let app = TestApp::start();
    let (customer, order, id) = paid_a_minute_ago(&app, CARD_LATE_APPROVED);
    let payment = customer.payment(&id);
    customer.post_nothing(&paths::orders::cancel(&order.id)).says("Order cancelled");
    assert_eq!(app.database.payment_statuses(&order.id), ["PROCESSING"]);
    for number in 0..3 {
        app.provider_says(&event(&format!("evt-{number}"), EventKind::Succeeded, &payment)).expect(200);
        run(recovery::look_up_overdue(&app.replica_state()));
        assert_eq!(app.database.payment_statuses(&order.id), ["REFUNDED"]);
    }
    assert_eq!(app.database.order_status(&order.id), OrderStatus::Cancelled);
    assert_eq!(app.database.stock(&app.product_id("YOGA-MAT-PRO")), 100);
    app.database.assert_money_is_right();
    app.database.assert_ledger_explains_stock();
}

#[test]
fn replicas_that_look_up_at_the_same_time_settle_it_once() {
    let app = TestApp::start();
    let orders: Vec<_> = (0..8)
        .map(|index| {
            let (customer, order, _) = paid_a_minute_ago(&app, CARD_ANSWER_LOST);
            if index % 2 == 0 {
                customer.post_nothing(&paths::orders::cancel(&order.id)).expect(200);
                app.database.age_payments(&order.id, 61);
            }
            order
        })
        .collect();
    crate::support::at_once(4, |_| run(recovery::look_up_overdue(&app.replica_state())));
    for (index, order) in orders.iter().enumerate() {
        let expected = if index % 2 == 0 { "REFUNDED" } else { "SUCCEEDED" };
        assert_eq!(app.database.payment_statuses(&order.id), [expected]);
    }
    app.database.assert_money_is_right();
}
