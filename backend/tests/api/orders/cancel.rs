//! `POST /api/orders/{key}/cancel`

use shared_types::{
    ErrorCode,
    orders::{OrderDetail, OrderStatus},
    paths,
    payments::CARD_APPROVED,
};

use crate::support::{TestApp, pay_with};

#[test]
fn cancelling_returns_the_stock_and_says_when() {
    let app = TestApp::start();
    let customer = app.customer();
    let [mat, tee] = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE"].map(|sku| app.product_id(sku));
    let order = customer.order(&[(&mat, 10), (&tee, 20)]).order;
    assert_eq!((app.database.stock(&mat), app.database.stock(&tee)), (90, 180));
    customer.post_nothing(&paths::orders::cancel(&order.id)).says("Order cancelled");
    assert_eq!((app.database.stock(&mat), app.database.stock(&tee)), (100, 200));
    let read: OrderDetail = customer.get(&paths::orders::order(&order.id)).data(200);
    assert_eq!(read.order.status, OrderStatus::Cancelled);
    assert!(read.order.cancelled_at.as_ref().is_some_and(|moment| *moment >= order.created_at));
    assert_eq!(read.order.paid_at, None);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn an_order_is_cancelled_by_its_number_too() {
    let app = TestApp::start();
    let john = app.john();
    john.post_nothing(&paths::orders::cancel("ORD-2024-0003")).says("Order cancelled");
    assert_eq!(app.database.stock(&app.product_id("MENS-CLASSIC-TEE")), 202);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn cancelling_twice_is_refused_and_returns_the_stock_once() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("YOGA-MAT-PRO");
    let cancel = paths::orders::cancel(&customer.order(&[(&id, 10)]).order.id);
    customer.post_nothing(&cancel).expect(200);
    for _ in 0..2 {
        let again = customer.post_nothing(&cancel);
        again.refused(400, ErrorCode::BadRequest, "Cannot cancel order with status: CANCELLED");
    }
    assert_eq!(app.database.stock(&id), 100);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn an_order_that_is_being_packed_cannot_be_cancelled_any_more() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("MENS-CLASSIC-TEE");
    for status in OrderStatus::ALL {
        let order = customer.order(&[(&id, 1)]).order;
        app.database.set_order_status(&order.id, *status);
        let before = app.database.stock(&id);
        let reply = customer.post_nothing(&paths::orders::cancel(&order.id));
        if matches!(status, OrderStatus::Pending | OrderStatus::Confirmed) {
            reply.says("Order cancelled");
            assert_eq!(app.database.stock(&id), before + 1, "{status}");
        } else {
            let message = format!("Cannot cancel order with status: {status}");
            reply.refused(400, ErrorCode::BadRequest, &message);
            assert_eq!(app.database.stock(&id), before, "{status}");
        }
    }
}

#[test]
fn only_the_owner_can_cancel() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("YOGA-MAT-PRO");
    let order = customer.order(&[(&id, 1)]).order;
    let cancel = paths::orders::cancel(&order.id);
    for other in [app.john(), app.admin()] {
        other.post_nothing(&cancel).refused(404, ErrorCode::NotFound, "Order not found");
    }
    app.anon().post_nothing(&cancel).refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
    customer.post_nothing(&paths::orders::cancel("nothing")).refused(
        404,
        ErrorCode::NotFound,
        "Order not found",
    );
    assert_eq!(app.database.stock(&id), 99);
    customer.post_nothing(&cancel).expect(200);
}

#[test]
fn cancelling_a_paid_order_gives_the_money_back_exactly_once() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("YOGA-MAT-PRO");
    let order = customer.order(&[(&id, 2)]).order;
    customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED)).expect(200);
    assert_eq!(app.database.payment_statuses(&order.id), ["SUCCEEDED"]);
    let cancel = paths::orders::cancel(&order.id);
    customer.post_nothing(&cancel).says("Order cancelled");
    assert_eq!(app.database.payment_statuses(&order.id), ["REFUNDED"]);
    customer.post_nothing(&cancel).expect(400);
    assert_eq!(app.database.payment_statuses(&order.id), ["REFUNDED"]);
    let read: OrderDetail = customer.get(&paths::orders::order(&order.id)).data(200);
    assert!(read.order.paid_at.is_some() && read.order.cancelled_at.is_some());
    assert_eq!(app.database.stock(&id), 100);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn what_was_returned_can_be_ordered_again() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("MACBOOK-PRO-16");
    for _ in 0..3 {
        let order = customer.order(&[(&id, 20)]).order;
        customer.post_nothing(&paths::orders::cancel(&order.id)).expect(200);
    }
    app.database.assert_ledger_explains_stock();
}
