//! Payments of a server that stopped between asking the provider and writing its answer down.

use backend::{db::schema::payments, features::payments::service::recovery};
use diesel::prelude::*;
use shared_types::{
    ErrorCode,
    orders::{Order, OrderStatus},
    paths,
    payments::{CARD_APPROVED, CARD_CONFIRMED, PaymentStatus},
};

use crate::support::{Actor, TestApp, pay_with, run, wait_until};

fn ordered(app: &TestApp) -> (Actor, Order) {
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    (customer, order)
}

#[test]
fn a_payment_that_was_interrupted_stands_in_the_way_for_a_minute() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    app.database.leave_payment_started(&order.id, "declined", 50);
    let busy = customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED));
    busy.refused(409, ErrorCode::Conflict, "Another payment for this order is being processed");
    assert!(busy.header("retry-after").is_some());
    assert_eq!(app.database.payment_statuses(&order.id), ["STARTED"]);
}

#[test]
fn then_the_provider_says_how_it_ended_and_it_is_never_just_given_up() {
    let app = TestApp::start();
    for (kind, status, answer) in [
        ("approved", "SUCCEEDED", 400),
        ("declined", "DECLINED", 200),
        ("insufficient_funds", "DECLINED", 200),
    ] {
        let (customer, order) = ordered(&app);
        app.database.leave_payment_started(&order.id, kind, 61);
        customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED)).expect(answer);
        assert_eq!(app.database.payment_statuses(&order.id)[0], status);
        assert_eq!(app.database.order_status(&order.id), OrderStatus::Confirmed, "{kind}");
    }
    app.database.assert_money_is_right();
}

#[test]
fn a_payment_the_provider_never_heard_of_was_not_made() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    // As a version of the server left it that did not write the kind of card down.
    let id = app.database.leave_payment_started(&order.id, "", 61);
    assert_eq!(run(recovery::look_up_overdue(&app.replica_state())).done, 1);
    let payment = customer.payment(&id);
    assert_eq!(payment.status, PaymentStatus::Declined);
    assert_eq!(payment.decline_reason.as_deref(), Some("The payment was interrupted"));
    customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED)).expect(200);
}

#[test]
fn a_server_that_starts_looks_up_what_an_earlier_one_left() {
    let app = TestApp::start();
    let (_, paid) = ordered(&app);
    let (customer, cancelled) = ordered(&app);
    customer.post_nothing(&paths::orders::cancel(&cancelled.id)).expect(200);
    for order in [&paid, &cancelled] {
        app.database.leave_payment_started(&order.id, "approved", 61);
    }
    let app = app.restart();
    wait_until("the payments are settled", || {
        [&paid, &cancelled].map(|order| app.database.payment_statuses(&order.id))
            == [["SUCCEEDED"], ["REFUNDED"]]
    });
    assert_eq!(app.database.order_status(&paid.id), OrderStatus::Confirmed);
    app.database.assert_money_is_right();
}

#[test]
fn a_payment_interrupted_before_its_confirmation_was_asked_for_can_still_be_confirmed() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let id = app.database.leave_payment_started(&order.id, "confirmed", 61);
    assert_eq!(run(recovery::look_up_overdue(&app.replica_state())).done, 0);
    assert_eq!(customer.payment(&id).status, PaymentStatus::NeedsConfirmation);
    customer.confirm(&id, true).expect(200);
}

#[test]
fn an_answer_of_the_cards_owner_that_was_interrupted_still_counts() {
    let app = TestApp::start();
    for (answer, status) in [("APPROVED", PaymentStatus::Succeeded), ("REFUSED", PaymentStatus::Declined)] {
        let (customer, order) = ordered(&app);
        let id = customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id;
        // Written down, and the server stopped before it told the provider.
        app.database.query(|connection| {
            diesel::update(payments::table.find(&id))
                .set((payments::status.eq("PROCESSING"), payments::confirmation.eq(answer)))
                .execute(connection)
        });
        app.database.age_payments(&order.id, 61);
        assert_eq!(run(recovery::look_up_overdue(&app.replica_state())).done, 1);
        assert_eq!(customer.payment(&id).status, status);
    }
    app.database.assert_money_is_right();
}

#[test]
fn a_key_whose_payment_was_interrupted_does_not_pay_twice() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    app.database.leave_payment_started(&order.id, "approved", 61);
    let pay = || customer.post_keyed(&paths::orders::pay(&order.id), "key-1", &pay_with(CARD_APPROVED));
    for _ in 0..2 {
        pay().refused(400, ErrorCode::BadRequest, "Cannot pay order with status: CONFIRMED");
    }
    assert_eq!(app.database.payment_statuses(&order.id), ["SUCCEEDED"]);
}
