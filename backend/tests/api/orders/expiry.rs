//! Orders that nobody pays give their stock back.

use backend::{
    db::{schema::orders, time::now},
    features::{
        orders::{repo, service::expiry},
        payments::service::recovery,
    },
};
use chrono::{NaiveDateTime, TimeDelta};
use diesel::{connection::SimpleConnection, prelude::*};
use shared_types::{
    ErrorCode,
    orders::{Order, OrderDetail, OrderStatus},
    paths,
    payments::{CARD_ANSWER_LOST, CARD_APPROVED, CARD_CONFIRMED, CARD_LATE_APPROVED, EventKind},
};

use crate::support::{
    Actor, Content, TestApp, at_once, database::is_postgres, event, pay_with, run, wait_until,
};

fn ordered(app: &TestApp) -> (Actor, Order) {
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 2)]).order;
    (customer, order)
}

fn sweep(app: &TestApp) -> usize {
    run(expiry::cancel_expired(&app.replica_state())).done
}

#[test]
fn an_order_that_is_not_paid_in_time_is_cancelled_and_its_stock_returns_once() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    assert_eq!(sweep(&app), 0);
    app.database.expire_order(&order.id, 0);
    assert_eq!((sweep(&app), sweep(&app)), (1, 0));
    let read: OrderDetail = customer.get(&paths::orders::order(&order.id)).data(200);
    assert_eq!(read.order.status, OrderStatus::Cancelled);
    assert!(read.order.cancelled_at.is_some());
    assert_eq!(app.database.stock(&app.product_id("YOGA-MAT-PRO")), 100);
    app.database.assert_ledger_explains_stock();
    let again = customer.post_nothing(&paths::orders::cancel(&order.id));
    again.refused(400, ErrorCode::BadRequest, "Cannot cancel order with status: CANCELLED");
}

#[test]
fn an_order_holds_its_stock_for_as_long_as_is_configured() {
    for (setting, minutes) in [(None, 30), (Some(5), 5)] {
        let mut builder = TestApp::builder(Content::Demo);
        if let Some(minutes) = setting {
            builder = builder.set("ORDER_HOLD_MINUTES", minutes);
        }
        let app = builder.start();
        let (_, order) = ordered(&app);
        let (created_at, expires_at): (NaiveDateTime, Option<NaiveDateTime>) =
            app.database.query(|connection| {
                orders::table
                    .find(&order.id)
                    .select((orders::created_at, orders::expires_at))
                    .first(connection)
            });
        assert_eq!(expires_at.unwrap() - created_at, TimeDelta::minutes(minutes));
    }
}

#[test]
fn an_order_holds_its_stock_until_a_moment_and_not_beyond_it() {
    let app = TestApp::start();
    let (_, order) = ordered(&app);
    let until: Option<NaiveDateTime> = app
        .database
        .query(|connection| orders::table.find(&order.id).select(orders::expires_at).first(connection));
    let is_over = |moment: NaiveDateTime| {
        let expired = app.database.query(|connection| repo::expired(connection, moment, 0, 100));
        expired.contains(&order.id)
    };
    assert!(is_over(until.unwrap()));
    assert!(!is_over(until.unwrap() - TimeDelta::microseconds(1)));
}

#[test]
fn an_order_that_no_longer_expires_when_its_turn_comes_is_left_alone() {
    for (change, expected) in [
        ("expires_at = (SELECT MAX(expires_at) FROM orders)", OrderStatus::Pending),
        ("status = 'CONFIRMED'", OrderStatus::Confirmed),
    ] {
        let app = TestApp::start();
        let [(_, first), (_, second), _] = [(); 3].map(|()| ordered(&app));
        // Both are found at once. As soon as the first is cancelled, the second has changed.
        app.database.expire_order(&first.id, 2);
        app.database.expire_order(&second.id, 1);
        let update = format!("UPDATE orders SET {change} WHERE id = '{}';", second.id);
        let when = "AFTER UPDATE OF status ON orders FOR EACH ROW WHEN (NEW.status = 'CANCELLED')";
        let trigger = if is_postgres() {
            format!(
                "CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql
                 AS $$ BEGIN {update} RETURN NULL; END $$;
                 CREATE TRIGGER meanwhile {when} EXECUTE FUNCTION meanwhile()"
            )
        } else {
            format!("CREATE TRIGGER meanwhile {when} BEGIN {update} END")
        };
        app.database.query(|connection| connection.batch_execute(&trigger));
        assert_eq!(sweep(&app), 1, "{change}");
        assert_eq!(app.database.order_status(&first.id), OrderStatus::Cancelled);
        assert_eq!(app.database.order_status(&second.id), expected);
        assert_eq!(app.database.stock(&app.product_id("YOGA-MAT-PRO")), 96);
        app.database.assert_ledger_explains_stock();
    }
}

#[test]
fn orders_that_are_paid_and_the_one_to_look_at_do_not_expire() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED)).expect(200);
    app.database.expire_order(&order.id, 1000);
    assert_eq!(sweep(&app), 0);
    assert_eq!(app.database.order_status(&order.id), OrderStatus::Confirmed);
    // The demo shop's order has been waiting since 2024, and is to be seen waiting.
    assert_eq!(run(expiry::end_the_endless(&app.replica_state())).done, 0);
    let demo: OrderDetail = app.john().get(&paths::orders::order("ORD-2024-0003")).data(200);
    assert_eq!(demo.order.status, OrderStatus::Pending);
}

#[test]
fn an_order_from_before_there_was_an_end_gets_one_and_then_expires_like_any_other() {
    let app = TestApp::start();
    let (_, old) = ordered(&app);
    let (customer, paid) = ordered(&app);
    customer.post(&paths::orders::pay(&paid.id), &pay_with(CARD_APPROVED)).expect(200);
    app.database.query(|connection| {
        diesel::update(orders::table.filter(orders::id.eq_any([&old.id, &paid.id])))
            .set(orders::expires_at.eq(None::<NaiveDateTime>))
            .execute(connection)
    });
    // Without an end it would wait for ever.
    assert_eq!(sweep(&app), 0);
    let state = app.replica_state();
    let [first, second] = [(); 2].map(|()| run(expiry::end_the_endless(&state)).done);
    assert_eq!((first, second), (1, 0));
    let end_of = |id: &str| -> Option<NaiveDateTime> {
        app.database.query(|connection| orders::table.find(id).select(orders::expires_at).first(connection))
    };
    let left = end_of(&old.id).unwrap() - now();
    assert!(left > TimeDelta::minutes(29) && left <= TimeDelta::minutes(30), "{left}");
    assert_eq!(end_of(&paid.id), None, "what is paid needs none");
    assert_eq!(sweep(&app), 0, "whoever is paying now may go on");
    app.database.expire_order(&old.id, 0);
    assert_eq!(sweep(&app), 1);
    assert_eq!(app.database.order_status(&old.id), OrderStatus::Cancelled);
    assert_eq!(app.database.stock(&app.product_id("YOGA-MAT-PRO")), 98, "only what is paid is gone");
    app.database.assert_ledger_explains_stock();
}

#[test]
fn a_server_gives_endless_orders_an_end_by_itself() {
    let app = TestApp::start();
    let (_, old) = ordered(&app);
    app.database.query(|connection| {
        diesel::update(orders::table.find(&old.id))
            .set(orders::expires_at.eq(None::<NaiveDateTime>))
            .execute(connection)
    });
    let app = app.restart();
    wait_until("the order has an end", || {
        let end: Option<NaiveDateTime> = app
            .database
            .query(|connection| orders::table.find(&old.id).select(orders::expires_at).first(connection));
        end.is_some()
    });
}

#[test]
fn after_its_time_an_order_cannot_be_paid_even_before_it_is_cancelled() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    app.database.expire_order(&order.id, 0);
    let late = customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED));
    late.refused(400, ErrorCode::BadRequest, "The time to pay for this order has run out");
    assert!(app.database.payment_statuses(&order.id).is_empty());
}

#[test]
fn an_order_waits_for_a_confirmation_that_was_asked_for_in_time_but_not_for_ever() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let id = customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id;
    app.database.expire_order(&order.id, 14);
    assert_eq!(sweep(&app), 0);
    app.database.age_payments(&order.id, 15 * 60 + 1);
    assert_eq!(sweep(&app), 1);
    assert_eq!(app.database.payment_statuses(&order.id), ["DECLINED"]);
    let late = customer.confirm(&id, true);
    late.refused(402, ErrorCode::PaymentDeclined, "The order no longer waits for this payment");
    assert_eq!(app.database.stock(&app.product_id("YOGA-MAT-PRO")), 100);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn a_confirmation_that_comes_after_the_orders_time_but_before_it_is_cancelled_counts() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let id = customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id;
    app.database.expire_order(&order.id, 5);
    customer.confirm(&id, true).expect(200);
    assert_eq!(sweep(&app), 0);
    assert_eq!(app.database.order_status(&order.id), OrderStatus::Confirmed);
}

#[test]
fn an_order_waits_an_hour_for_a_slow_payment_and_money_that_comes_later_goes_back() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    let id = customer.pay_pending(&order.id, CARD_LATE_APPROVED).payment_id;
    app.database.expire_order(&order.id, 59);
    assert_eq!(sweep(&app), 0);
    app.database.expire_order(&order.id, 61);
    assert_eq!(sweep(&app), 1);
    assert_eq!(app.database.payment_statuses(&order.id), ["PROCESSING"]);
    app.provider_says(&event("evt-1", EventKind::Succeeded, &customer.payment(&id))).expect(200);
    assert_eq!(app.database.payment_statuses(&order.id), ["REFUNDED"]);
    assert_eq!(app.database.order_status(&order.id), OrderStatus::Cancelled);
    app.database.assert_ledger_explains_stock();
    app.database.assert_money_is_right();
}

#[test]
fn a_payment_that_was_made_in_time_and_got_lost_saves_its_order() {
    let app = TestApp::start();
    let (customer, order) = ordered(&app);
    customer.pay_pending(&order.id, CARD_ANSWER_LOST);
    app.database.expire_order(&order.id, 30);
    app.database.age_payments(&order.id, 61);
    // As the jobs do: payments are looked up before orders expire.
    run(recovery::look_up_overdue(&app.replica_state()));
    assert_eq!(sweep(&app), 0);
    assert_eq!(app.database.order_status(&order.id), OrderStatus::Confirmed);
}

#[test]
fn orders_that_are_waited_for_do_not_stand_in_the_way_of_others() {
    let app = TestApp::start();
    let (customer, waiting) = ordered(&app);
    customer.pay_pending(&waiting.id, CARD_LATE_APPROVED);
    app.database.expire_order(&waiting.id, 50);
    let id = app.product_id("MENS-CLASSIC-TEE");
    // One more than is looked for at once.
    app.database.set_stock(&id, 1000);
    let placed = customer.order(&[(&id, 1)]).order;
    app.database.query(|connection| {
        let row = orders::table.find(&placed.id);
        for number in 0..200 {
            diesel::insert_into(orders::table)
                .values((
                    orders::id.eq(format!("copy-{number:03}")),
                    orders::order_number.eq(format!("ORD-COPY-{number:03}")),
                    orders::user_id.eq(customer.id()),
                    orders::status.eq("PENDING"),
                    orders::subtotal.eq(0),
                    orders::tax.eq(0),
                    orders::shipping_amount.eq(0),
                    orders::discount_amount.eq(0),
                    orders::total_amount.eq(0),
                    orders::currency.eq("USD"),
                    orders::shipping_address.eq("{}"),
                    orders::billing_address.eq("{}"),
                    orders::expires_at.eq(now() - TimeDelta::minutes(10)),
                    orders::created_at.eq(now()),
                    orders::updated_at.eq(now()),
                ))
                .execute(connection)?;
        }
        let address: String = row.select(orders::shipping_address).first(connection)?;
        diesel::update(orders::table.filter(orders::shipping_address.eq("{}")))
            .set((orders::shipping_address.eq(&address), orders::billing_address.eq(&address)))
            .execute(connection)
    });
    app.database.expire_order(&placed.id, 0);
    assert_eq!(sweep(&app), 201);
    assert_eq!(app.database.order_status(&waiting.id), OrderStatus::Pending);
    assert_eq!(app.database.order_status(&placed.id), OrderStatus::Cancelled);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn replicas_that_sweep_at_the_same_time_cancel_each_order_once() {
    let app = TestApp::builder(Content::Demo).alone().start();
    let id = app.product_id("MENS-CLASSIC-TEE");
    let customer = app.customer();
    let orders: Vec<_> = (0..30).map(|_| customer.order(&[(&id, 1)]).order.id).collect();
    for order in &orders {
        app.database.expire_order(order, 1);
    }
    let cancelled = at_once(4, |_| sweep(&app));
    assert_eq!(cancelled.iter().sum::<usize>(), 30, "{cancelled:?}");
    assert_eq!(app.database.stock(&id), 200);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn paying_cancelling_and_sweeping_at_the_same_time_end_in_one_of_two_ways() {
    let app = TestApp::builder(Content::Demo).set("DATABASE_POOL_SIZE", 10).alone().start();
    let (admin, replica) = (app.admin(), app.replica_state());
    for round in 0..20 {
        let (customer, order) = ordered(&app);
        let id = customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id;
        app.database.age_payments(&order.id, 15 * 60 + 1);
        app.database.expire_order(&order.id, 20);
        at_once(5, |index| match index {
            0 => drop(run(expiry::cancel_expired(&replica))),
            1 => drop(run(recovery::look_up_overdue(&replica))),
            2 if round % 2 == 0 => drop(customer.post_nothing(&paths::orders::cancel(&order.id))),
            2 => drop(admin.move_order(&order.id, OrderStatus::Cancelled)),
            _ => drop(customer.confirm(&id, true)),
        });
        run(expiry::cancel_expired(&replica));
        let statuses = app.database.payment_statuses(&order.id);
        match app.database.order_status(&order.id) {
            OrderStatus::Confirmed => assert_eq!(statuses, ["SUCCEEDED"]),
            OrderStatus::Cancelled => {
                assert!(statuses == ["DECLINED"] || statuses == ["REFUNDED"], "{statuses:?}")
            }
            other => panic!("{round}: {other} {statuses:?}"),
        }
    }
    app.database.assert_ledger_explains_stock();
    app.database.assert_money_is_right();
}

#[test]
fn the_running_server_sweeps_by_itself_every_now_and_then() {
    let app = TestApp::builder(Content::Demo).set("JOB_INTERVAL_SECONDS", 1).start();
    let (_, order) = ordered(&app);
    app.database.expire_order(&order.id, 0);
    wait_until("the order is cancelled", || app.database.order_status(&order.id) == OrderStatus::Cancelled);
    assert_eq!(app.database.stock(&app.product_id("YOGA-MAT-PRO")), 100);
}

#[test]
fn what_expires_leaves_a_trail_for_the_replicas() {
    use backend::db::catalog_changes;

    let app = TestApp::start();
    let (_, order) = ordered(&app);
    app.database.expire_order(&order.id, 0);
    let before = app.database.query(catalog_changes::last);
    assert_eq!(sweep(&app), 1);
    let changes = app.database.query(|connection| catalog_changes::after(connection, before, 10));
    let changed: Vec<_> = changes.iter().map(|change| change.entity_id.clone()).collect();
    assert_eq!(changed, [app.product_id("YOGA-MAT-PRO")]);
}
