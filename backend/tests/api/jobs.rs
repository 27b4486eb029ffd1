//! What the server does by itself, beginning when it starts.

use backend::db::{
    schema::{idempotency_keys as keys, payments},
    time::now,
};
use chrono::TimeDelta;
use diesel::prelude::*;
use shared_types::{paths, payments::CARD_APPROVED};

use crate::support::{TestApp, order_of, pay_with, wait_until};

#[test]
fn a_refund_that_was_due_when_the_server_stopped_is_made_when_it_starts() {
    let app = TestApp::start();
    let customer = app.customer();
    let [due, kept] = [0; 2].map(|_| customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order.id);
    for id in [&due, &kept] {
        customer.post(&paths::orders::pay(id), &pay_with(CARD_APPROVED)).expect(200);
    }
    app.database.query(|connection| {
        diesel::update(payments::table.filter(payments::order_id.eq(&due)))
            .set(payments::status.eq("REFUND_DUE"))
            .execute(connection)
    });
    let app = app.restart();
    wait_until("the refund is made", || app.database.payment_statuses(&due) == ["REFUNDED"]);
    assert_eq!(app.database.payment_statuses(&kept), ["SUCCEEDED"]);
}

#[test]
fn keys_are_forgotten_after_a_day_and_not_before() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    for (key, hours) in [("old", 25), ("new", 23)] {
        customer.post_keyed(paths::orders::ORDERS, key, &order).expect(201);
        app.database.query(|connection| {
            diesel::update(keys::table.filter(keys::idempotency_key.eq(key)))
                .set(keys::created_at.eq(now() - TimeDelta::hours(hours)))
                .execute(connection)
        });
    }
    let app = app.restart();
    let left = || -> Vec<String> {
        app.database.query(|connection| keys::table.select(keys::idempotency_key).load(connection))
    };
    wait_until("the old key is forgotten", || left() == ["new"]);
}
