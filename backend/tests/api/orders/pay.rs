//! `POST /api/orders/{key}/pay`: money moves, or does not.

use serde_json::json;
use shared_types::{
    ErrorCode,
    orders::{Order, OrderDetail, OrderStatus},
    paths,
    payments::{CARD_APPROVED, CARD_DECLINED, CARD_INSUFFICIENT_FUNDS},
};

use crate::support::{
    Actor, Reply, TestApp, pay_with,
    shapes::{ORDER, assert_fields, assert_moment},
};

fn ordered(app: &TestApp) -> (Actor, Order) {
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 2)]).order;
    (customer, order)
}

fn status(actor: &Actor, order: &Order) -> OrderStatus {
    actor.get(&paths::orders::order(&order.id)).data::<OrderDetail>(200).order.status
}

fn assert_declined(reply: &Reply, reason: &str) {
    reply.refused(402, ErrorCode::PaymentDeclined, reason);
}

#[test]
fn a_card_that_is_approved_confirms_the_order() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let reply = customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED));
    let data = reply.value(200);
    assert_fields(&data, ORDER);
    assert_moment(&data["paidAt"]);
    let paid: Order = reply.data(200);
    assert_eq!(paid.status, OrderStatus::Confirmed);
    let expected = Order {
        status: OrderStatus::Confirmed,
        paid_at: paid.paid_at.clone(),
        updated_at: paid.updated_at.clone(),
        ..order.clone()
    };
    assert_eq!(paid, expected);
    assert!(paid.paid_at.unwrap() >= order.created_at);
    assert_eq!(status(&customer, &order), OrderStatus::Confirmed);
    assert_eq!(app.database.charges(&order.id), [(order.total_amount.minor(), "SUCCEEDED".to_owned())]);
}

#[test]
fn an_order_is_paid_by_its_number_too() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    customer.post(&paths::orders::pay(&order.order_number), &pay_with(CARD_APPROVED)).expect(200);
    assert_eq!(status(&customer, &order), OrderStatus::Confirmed);
}

#[test]
fn spaces_in_a_card_number_are_ignored() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let mut pay = pay_with(CARD_APPROVED);
    pay["card"]["number"] = json!("4242 4242 4242 4242");
    customer.post(&paths::orders::pay(&order.id), &pay).expect(200);
}

#[test]
fn a_card_that_is_declined_leaves_the_order_waiting_and_its_stock_held() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let pay = paths::orders::pay(&order.id);
    assert_declined(&customer.post(&pay, &pay_with(CARD_DECLINED)), "Your card was declined");
    let poor = customer.post(&pay, &pay_with(CARD_INSUFFICIENT_FUNDS));
    assert_declined(&poor, "Your card has insufficient funds");
    let mut unknown = pay_with(CARD_APPROVED);
    unknown["card"]["number"] = json!("5555555555554444");
    assert_declined(&customer.post(&pay, &unknown), "Your card was declined");
    assert_eq!(status(&customer, &order), OrderStatus::Pending);
    assert_eq!(app.database.stock(&app.product_id("YOGA-MAT-PRO")), 98);
    assert_eq!(app.database.payment_statuses(&order.id), ["DECLINED"; 3]);
}

#[test]
fn a_card_is_good_until_the_end_of_its_month() {
    use chrono::{Datelike, Utc};

    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let today = Utc::now();
    let expiring = |year: i32, month: u32| {
        let mut pay = pay_with(CARD_APPROVED);
        pay["card"]["expYear"] = json!(year);
        pay["card"]["expMonth"] = json!(month);
        customer.post(&paths::orders::pay(&order.id), &pay)
    };
    let (last_month_year, last_month) =
        if today.month() == 1 { (today.year() - 1, 12) } else { (today.year(), today.month() - 1) };
    for (year, month) in [(last_month_year, last_month), (today.year() - 1, 12), (2000, 1)] {
        assert_declined(&expiring(year, month), "Your card has expired");
    }
    assert_eq!(status(&customer, &order), OrderStatus::Pending);
    // At midnight of a month's last day this month is the last one; the next one is good in both.
    let (next_year, next) =
        if today.month() == 12 { (today.year() + 1, 1) } else { (today.year(), today.month() + 1) };
    let reply = expiring(today.year(), today.month());
    if Utc::now().month() == today.month() {
        reply.expect(200);
    } else {
        expiring(next_year, next).expect(200);
    }
}

#[test]
fn after_a_decline_another_card_can_pay() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let pay = paths::orders::pay(&order.id);
    customer.post(&pay, &pay_with(CARD_DECLINED)).expect(402);
    customer.post(&pay, &pay_with(CARD_APPROVED)).expect(200);
    assert_eq!(app.database.payment_statuses(&order.id), ["DECLINED", "SUCCEEDED"]);
}

#[test]
fn no_order_is_paid_twice() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let pay = paths::orders::pay(&order.id);
    customer.post(&pay, &pay_with(CARD_APPROVED)).expect(200);
    for card in [CARD_APPROVED, CARD_DECLINED] {
        let again = customer.post(&pay, &pay_with(card));
        again.refused(400, ErrorCode::BadRequest, "Cannot pay order with status: CONFIRMED");
    }
    assert_eq!(app.database.payment_statuses(&order.id), ["SUCCEEDED"]);
}

#[test]
fn only_an_order_that_waits_for_payment_is_paid() {
    let app = TestApp::start();
    let id = app.product_id("MENS-CLASSIC-TEE");
    let customer = app.customer();
    for status in OrderStatus::ALL.iter().filter(|status| **status != OrderStatus::Pending) {
        let order = customer.order(&[(&id, 1)]).order;
        app.database.set_order_status(&order.id, *status);
        let reply = customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED));
        let message = format!("Cannot pay order with status: {status}");
        reply.refused(400, ErrorCode::BadRequest, &message);
        assert!(app.database.payment_statuses(&order.id).is_empty());
    }
    let order = customer.order(&[(&id, 1)]).order;
    customer.post_nothing(&paths::orders::cancel(&order.id)).expect(200);
    let reply = customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED));
    reply.refused(400, ErrorCode::BadRequest, "Cannot pay order with status: CANCELLED");
}

#[test]
fn of_a_card_only_the_last_four_digits_are_stored() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let mut pay = pay_with(CARD_APPROVED);
    pay["card"]["cvc"] = json!("8317");
    for card in [CARD_DECLINED, CARD_INSUFFICIENT_FUNDS, CARD_APPROVED] {
        pay["card"]["number"] = json!(card.number);
        customer.post_keyed(&paths::orders::pay(&order.id), card.number.get(12..).unwrap(), &pay);
    }
    let stored = app.database.text();
    assert!(
        stored.contains(&order.order_number) && stored.contains("9995"),
        "the search finds what is there"
    );
    for card in [CARD_DECLINED, CARD_INSUFFICIENT_FUNDS, CARD_APPROVED] {
        assert!(!stored.contains(card.number) && !stored.contains(&card.number[..12]), "{}", card.number);
    }
    assert!(!stored.contains("\"8317\"") && !stored.contains("cvc"));
}
