//! Many requests at the same time, on whichever database the tests run.

use std::time::Instant;

use shared_types::{
    ErrorCode,
    orders::{OrderDetail, OrderStatus, OrderWithItems},
    paths,
    payments::CARD_APPROVED,
};

use crate::support::{Actor, Content, Reply, TestApp, at_once, order_of, pay_with};

fn app() -> TestApp {
    TestApp::builder(Content::Demo).set("DATABASE_POOL_SIZE", 10).alone().start()
}

fn customers(app: &TestApp, count: usize) -> Vec<Actor> {
    (0..count).map(|_| app.customer()).collect()
}

fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

#[test]
fn of_200_orders_for_50_units_at_the_same_time_exactly_50_succeed() {
    let app = app();
    let customers = customers(&app, 20);
    let id = app.product_id("IPHONE-15-PRO");
    let order = order_of(&[(&id, 1)]);
    let started = Instant::now();
    let replies = at_once(200, |index| customers[index % 20].post(paths::orders::ORDERS, &order));
    println!("200 orders for 50 units: {:?}", started.elapsed());

    assert_eq!((count(&replies, 201), count(&replies, 400)), (50, 150));
    for reply in replies.iter().filter(|reply| reply.status == 400) {
        let message = "Insufficient stock for iPhone 15 Pro. Available: 0";
        reply.refused(400, ErrorCode::BadRequest, message);
    }
    assert_eq!((app.database.stock(&id), app.database.order_count()), (0, 3 + 50));
    app.database.assert_ledger_explains_stock();
}

#[test]
fn orders_of_several_units_at_the_same_time_never_sell_one_too_many() {
    let app = app();
    let customers = customers(&app, 10);
    let id = app.product_id("IPHONE-15-PRO");
    let replies = at_once(60, |index| {
        let units = u32::try_from(index % 3 + 1).unwrap();
        customers[index % 10].post(paths::orders::ORDERS, &order_of(&[(&id, units)]))
    });
    assert_eq!(count(&replies, 201) + count(&replies, 400), 60);
    let sold: i32 = replies
        .iter()
        .filter(|reply| reply.status == 201)
        .map(|reply| reply.data::<OrderWithItems>(201).items[0].item.quantity)
        .sum();
    assert_eq!(app.database.stock(&id), 50 - sold);
    assert!((48..=50).contains(&sold), "{sold}");
    app.database.assert_ledger_explains_stock();
}

#[test]
fn twenty_posts_with_one_key_are_one_order_and_twenty_equal_answers() {
    let app = app();
    let customer = app.customer();
    let id = app.product_id("YOGA-MAT-PRO");
    let order = order_of(&[(&id, 1)]);
    let started = Instant::now();
    let replies = at_once(20, |_| customer.post_keyed(paths::orders::ORDERS, "one-key", &order));
    println!("20 posts with one key: {:?}", started.elapsed());

    for reply in &replies {
        reply.expect(201);
        assert_eq!(reply.bytes(), replies[0].bytes());
    }
    let replayed = replies.iter().filter(|reply| reply.header("idempotent-replayed") == Some("true")).count();
    assert_eq!(replayed, 19);
    assert_eq!((app.database.stock(&id), app.database.order_count()), (99, 3 + 1));
    app.database.assert_ledger_explains_stock();
}

#[test]
fn of_five_cancellations_at_the_same_time_one_succeeds_and_returns_the_stock() {
    let app = app();
    let customer = app.customer();
    let id = app.product_id("YOGA-MAT-PRO");
    for paid in [false, true] {
        let order = customer.order(&[(&id, 7)]).order;
        if paid {
            customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED)).expect(200);
        }
        let replies = at_once(5, |_| customer.post_nothing(&paths::orders::cancel(&order.id)));
        assert_eq!((count(&replies, 200), count(&replies, 400)), (1, 4));
        for reply in replies.iter().filter(|reply| reply.status == 400) {
            let message = "Cannot cancel order with status: CANCELLED";
            reply.refused(400, ErrorCode::BadRequest, message);
        }
        assert_eq!(app.database.stock(&id), 100);
        let expected: &[&str] = if paid { &["REFUNDED"] } else { &[] };
        assert_eq!(app.database.payment_statuses(&order.id), expected);
    }
    app.database.assert_ledger_explains_stock();
}

#[test]
fn of_ten_payments_at_the_same_time_one_succeeds_and_there_is_one_charge() {
    let app = app();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let pay = paths::orders::pay(&order.id);
    let replies =
        at_once(10, |index| customer.post_keyed(&pay, &format!("key-{index}"), &pay_with(CARD_APPROVED)));

    assert_eq!(count(&replies, 200), 1);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        if reply.status == 409 {
            let message = "Another payment for this order is being processed";
            reply.refused(409, ErrorCode::Conflict, message);
        } else {
            let message = "Cannot pay order with status: CONFIRMED";
            reply.refused(400, ErrorCode::BadRequest, message);
        }
    }
    assert_eq!(app.database.charges(&order.id), [(order.total_amount.minor(), "SUCCEEDED".to_owned())]);
}

#[test]
fn paying_and_cancelling_at_the_same_time_never_keeps_the_money_of_a_cancelled_order() {
    let app = app();
    let customer = app.customer();
    let id = app.product_id("MENS-CLASSIC-TEE");
    for _ in 0..10 {
        let order = customer.order(&[(&id, 1)]).order;
        let replies = at_once(4, |index| {
            if index % 2 == 0 {
                customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED))
            } else {
                customer.post_nothing(&paths::orders::cancel(&order.id))
            }
        });
        assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 400 | 409)));
        // Paid or not, the order could be cancelled: only the other cancellation may stand in the way.
        for reply in replies.iter().skip(1).step_by(2).filter(|reply| reply.status != 200) {
            let message = "Cannot cancel order with status: CANCELLED";
            reply.refused(400, ErrorCode::BadRequest, message);
        }
        let read: OrderDetail = customer.get(&paths::orders::order(&order.id)).data(200);
        let charged = app.database.payment_statuses(&order.id);
        match read.order.status {
            OrderStatus::Cancelled => {
                assert!(charged.iter().all(|charge| charge == "REFUNDED"), "{charged:?}")
            }
            OrderStatus::Confirmed => assert_eq!(charged, ["SUCCEEDED"]),
            other => panic!("{other}"),
        }
    }
    app.database.assert_ledger_explains_stock();
}

#[test]
fn two_payments_and_a_cancellation_at_the_same_time_charge_once_at_most() {
    let app = app();
    let customer = app.customer();
    let id = app.product_id("MENS-CLASSIC-TEE");
    for round in 0..60 {
        let order = customer.order(&[(&id, 1)]).order;
        at_once(6, |index| {
            if index == 5 {
                customer.post_nothing(&paths::orders::cancel(&order.id))
            } else {
                customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED))
            }
        });
        let statuses = app.database.payment_statuses(&order.id);
        let charged = statuses.iter().filter(|status| *status != "DECLINED").count();
        assert!(charged <= 1, "{round}: {statuses:?}");
    }
    app.database.assert_ledger_explains_stock();
}

#[test]
fn orders_that_name_the_same_products_in_opposite_order_do_not_wait_for_each_other() {
    let app = app();
    let customers = customers(&app, 4);
    let skus = ["MENS-CLASSIC-TEE", "YOGA-MAT-PRO", "BOOK-CLEAN-CODE", "RUNNING-SHOES-AIR"];
    let ids = skus.map(|sku| app.product_id(sku));
    let forth: Vec<_> = ids.iter().map(|id| (id.as_str(), 1)).collect();
    let back: Vec<_> = forth.iter().rev().copied().collect();
    let started = Instant::now();
    let replies = at_once(60, |index| {
        let customer = &customers[index % 4];
        let order =
            customer.post(paths::orders::ORDERS, &order_of(if index % 2 == 0 { &forth } else { &back }));
        if index % 3 == 0 && order.status == 201 {
            let id = order.data::<OrderWithItems>(201).order.id;
            return customer.post_nothing(&paths::orders::cancel(&id));
        }
        order
    });
    println!("60 orders of four products, 20 of them cancelled: {:?}", started.elapsed());

    assert_eq!((count(&replies, 201), count(&replies, 200)), (40, 20));
    assert_eq!(ids.map(|id| app.database.stock(&id)), [160, 60, 80, 40]);
    app.database.assert_ledger_explains_stock();
}
