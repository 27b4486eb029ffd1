//! `Idempotency-Key` on orders and payments.

use backend::db::{schema::idempotency_keys as keys, time::now};
use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::json;
use shared_types::{
    ErrorCode, FieldErrors,
    orders::{OrderWithItems, PlaceOrder},
    paths,
    payments::{CARD_APPROVED, CARD_DECLINED},
};

use crate::support::{Actor, Reply, TestApp, order_of, pay_with};

const REPLAYED: &str = "idempotent-replayed";

fn place(actor: &Actor, key: &str, order: &PlaceOrder) -> Reply {
    actor.post_keyed(paths::orders::ORDERS, key, order)
}

fn number(reply: &Reply) -> String {
    reply.data::<OrderWithItems>(201).order.order_number
}

fn assert_used_for_something_else(reply: &Reply) {
    assert_eq!(reply.invalid(), FieldErrors::single("Idempotency-Key", "Was used for a different request"));
}

/// Moves the moment a key was used into the past.
fn age(app: &TestApp, key: &str, seconds: i64) {
    let moment = now() - TimeDelta::seconds(seconds);
    let changed = app.database.query(|connection| {
        diesel::update(keys::table.filter(keys::idempotency_key.eq(key)))
            .set(keys::created_at.eq(moment))
            .execute(connection)
    });
    assert_eq!(changed, 1);
}

#[test]
fn the_same_request_again_gets_the_same_answer_and_orders_nothing() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("YOGA-MAT-PRO");
    let order = order_of(&[(&id, 3)]);
    let first = place(&customer, "key-1", &order);
    assert_eq!((first.status, first.header(REPLAYED)), (201, None));
    for _ in 0..3 {
        let again = place(&customer, "key-1", &order);
        assert_eq!((again.status, again.header(REPLAYED)), (201, Some("true")));
        assert_eq!(again.bytes(), first.bytes());
        assert_eq!(again.header("content-type"), first.header("content-type"));
    }
    assert_eq!((app.database.stock(&id), app.database.order_count()), (97, 4));
    app.database.assert_ledger_explains_stock();
}

#[test]
fn the_answer_stays_the_same_after_a_restart_and_when_the_order_has_moved_on() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    let first = place(&customer, "key-1", &order);
    customer.post_nothing(&paths::orders::cancel(&number(&first))).expect(200);
    let app = app.restart();
    let again = place(&Actor { port: app.port, ..customer }, "key-1", &order);
    assert_eq!((again.status, again.bytes()), (201, first.bytes()));
}

#[test]
fn the_same_request_written_differently_is_the_same_request() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = serde_json::to_value(order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)])).unwrap();
    let send = |text: String| {
        let request = customer.request("POST", paths::orders::ORDERS).header(paths::IDEMPOTENCY_KEY, "key-1");
        request.body("application/json", text).send()
    };
    let first = send(order.to_string());
    let mut with_unknown = order.clone();
    with_unknown["unknown"] = json!(1);
    for text in [serde_json::to_string_pretty(&order).unwrap(), with_unknown.to_string()] {
        assert_eq!(send(text).bytes(), first.bytes());
    }
}

#[test]
fn a_key_cannot_be_used_for_a_different_request() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("YOGA-MAT-PRO");
    let first = number(&place(&customer, "key-1", &order_of(&[(&id, 1)])));
    assert_used_for_something_else(&place(&customer, "key-1", &order_of(&[(&id, 2)])));
    let mut elsewhere = order_of(&[(&id, 1)]);
    elsewhere.shipping_address.city = "Paris".to_owned();
    assert_used_for_something_else(&place(&customer, "key-1", &elsewhere));
    let pay = customer.post_keyed(&paths::orders::pay(&first), "key-1", &pay_with(CARD_APPROVED));
    assert_used_for_something_else(&pay);
    assert_eq!((app.database.stock(&id), app.database.order_count()), (99, 4));
}

#[test]
fn a_key_belongs_to_one_user() {
    let app = TestApp::start();
    let order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    let (one, two) = (app.customer(), app.customer());
    let (first, second) = (place(&one, "key-1", &order), place(&two, "key-1", &order));
    assert_ne!(number(&first), number(&second));
    assert_eq!(second.header(REPLAYED), None);
}

#[test]
fn without_a_key_every_request_is_a_new_order() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    let numbers = [0; 2].map(|_| number(&customer.post(paths::orders::ORDERS, &order)));
    assert_ne!(numbers[0], numbers[1]);
    let numbers = ["a", "b"].map(|key| number(&place(&customer, key, &order)));
    assert_ne!(numbers[0], numbers[1]);
}

#[test]
fn a_refused_order_does_not_use_its_key_up() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("MACBOOK-PRO-16");
    let order = order_of(&[(&id, 21)]);
    place(&customer, "key-1", &order).expect(400);
    app.database.set_stock(&id, 21);
    let placed = place(&customer, "key-1", &order);
    assert_eq!((placed.status, placed.header(REPLAYED)), (201, None));
}

#[test]
fn a_key_is_one_to_255_visible_characters() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    for key in ["k", "0198c1a2-7e4f-7000-8000-abcdef012345", "!#$%&'*+-.^_`|~\"", &"k".repeat(255)] {
        place(&customer, key, &order).expect(201);
    }
    for key in ["", "two words", "schlüssel", "tab\tkey", &"k".repeat(256)] {
        let reply = place(&customer, key, &order);
        reply.invalid_at("Idempotency-Key", "Must be 1 to 255 visible ASCII characters");
        let pay = customer.post_keyed(&paths::orders::pay("nothing"), key, &pay_with(CARD_APPROVED));
        assert_eq!(pay.invalid_paths(), ["Idempotency-Key"]);
    }
}

#[test]
fn keys_are_compared_exactly() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    let numbers = ["key", "KEY", "key-"].map(|key| number(&place(&customer, key, &order)));
    assert!(numbers[0] != numbers[1] && numbers[1] != numbers[2] && numbers[0] != numbers[2]);
}

#[test]
fn a_key_is_remembered_for_a_day() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    let first = number(&place(&customer, "key-1", &order));
    age(&app, "key-1", 24 * 3_600 - 60);
    assert_eq!(number(&place(&customer, "key-1", &order)), first);
    age(&app, "key-1", 24 * 3_600 + 60);
    let second = place(&customer, "key-1", &order);
    assert_ne!(number(&second), first);
    assert_eq!(number(&place(&customer, "key-1", &order)), number(&second));
}

#[test]
fn while_a_payment_runs_its_key_is_busy_and_after_a_crash_it_can_be_used_again() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let pay = || customer.post_keyed(&paths::orders::pay(&order.id), "key-1", &pay_with(CARD_DECLINED));
    pay().expect(402);
    // As a server leaves it that stopped while the provider was asked.
    app.database.query(|connection| {
        diesel::update(keys::table)
            .set((keys::response_status.eq(None::<i32>), keys::response_body.eq(None::<String>)))
            .execute(connection)
    });
    let busy = pay();
    let message = "A request with this Idempotency-Key is still being processed";
    busy.refused(409, ErrorCode::Conflict, message);
    assert_eq!(busy.header("retry-after"), Some("1"));
    age(&app, "key-1", 61);
    let again = pay();
    assert_eq!((again.status, again.header(REPLAYED)), (402, None));
}

#[test]
fn a_payment_is_answered_alike_when_it_is_repeated() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let pay = |key, card| customer.post_keyed(&paths::orders::pay(&order.id), key, &pay_with(card));
    for (key, card, status) in [("no", CARD_DECLINED, 402), ("yes", CARD_APPROVED, 200)] {
        let (first, again) = (pay(key, card), pay(key, card));
        assert_eq!((first.status, first.header(REPLAYED)), (status, None));
        assert_eq!((again.status, again.header(REPLAYED)), (status, Some("true")));
        assert_eq!(again.bytes(), first.bytes());
    }
    assert_eq!(app.database.payment_statuses(&order.id), ["DECLINED", "SUCCEEDED"]);
    assert_used_for_something_else(&pay("no", CARD_APPROVED));
}

#[test]
fn a_payments_key_belongs_to_its_order() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("YOGA-MAT-PRO");
    let orders = [customer.order(&[(&id, 1)]).order, customer.order(&[(&id, 1)]).order];
    let pay = |index: usize| {
        customer.post_keyed(&paths::orders::pay(&orders[index].id), "key-1", &pay_with(CARD_APPROVED))
    };
    pay(0).expect(200);
    assert_used_for_something_else(&pay(1));
    assert!(app.database.payment_statuses(&orders[1].id).is_empty());
}
