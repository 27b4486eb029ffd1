//! `PATCH /api/orders/{key}/status`: the stock, the money and the notes that go with it.

use backend::db::schema::audit_log;
use diesel::prelude::*;
use serde_json::json;
use shared_types::{
    ErrorCode,
    orders::{Order, OrderNote, OrderStatus},
    paths,
    payments::{CARD_APPROVED, CARD_CONFIRMED, CARD_LATE_APPROVED, CARD_LATE_DECLINED, EventKind},
};

use crate::support::{
    Actor, Content, TestApp, at_once, event, pay_with,
    shapes::{ORDER_USER, assert_fields, assert_moment},
};

fn ordered(app: &TestApp) -> (Actor, Order) {
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 2)]).order;
    (customer, order)
}

fn paid(app: &TestApp) -> (Actor, Order) {
    let (customer, order) = ordered(app);
    customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED)).expect(200);
    (customer, order)
}

#[test]
fn cancelling_and_refunding_give_stock_and_money_back_once() {
    let app = TestApp::start();
    let admin = app.admin();
    let id = app.product_id("YOGA-MAT-PRO");
    for (steps, end) in [
        (&[][..], OrderStatus::Cancelled),
        (&[][..], OrderStatus::Refunded),
        (&[OrderStatus::Processing], OrderStatus::Cancelled),
        (&[OrderStatus::Shipped, OrderStatus::Delivered], OrderStatus::Refunded),
    ] {
        let (_, order) = paid(&app);
        for step in steps {
            admin.move_order(&order.id, *step).expect(200);
            assert_eq!(app.database.payment_statuses(&order.id), ["SUCCEEDED"]);
        }
        assert_eq!(app.database.stock(&id), 98);
        admin.move_order(&order.id, end).expect(200);
        for again in [OrderStatus::Cancelled, OrderStatus::Refunded] {
            admin.move_order(&order.id, again).expect(400);
        }
        assert_eq!(app.database.payment_statuses(&order.id), ["REFUNDED"]);
        assert_eq!(app.database.stock(&id), 100, "{end}");
    }
    app.database.assert_ledger_explains_stock();
    app.database.assert_money_is_right();
}

#[test]
fn an_order_that_was_paid_elsewhere_is_refunded_without_a_charge() {
    let app = TestApp::start();
    let admin = app.admin();
    let (_, order) = ordered(&app);
    admin.move_order(&order.id, OrderStatus::Confirmed).expect(200);
    admin.move_order(&order.id, OrderStatus::Refunded).expect(200);
    assert!(app.database.payment_statuses(&order.id).is_empty());
    assert_eq!(app.database.stock(&app.product_id("YOGA-MAT-PRO")), 100);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn a_payment_that_waits_for_its_confirmation_is_given_up_when_an_administrator_confirms_the_order() {
    let app = TestApp::start();
    for status in
        [OrderStatus::Confirmed, OrderStatus::Processing, OrderStatus::Shipped, OrderStatus::Cancelled]
    {
        let (customer, order) = ordered(&app);
        let id = customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id;
        app.admin().move_order(&order.id, status).expect(200);
        let late = customer.confirm(&id, true);
        late.refused(402, ErrorCode::PaymentDeclined, "The order no longer waits for this payment");
        assert_eq!(app.database.payment_statuses(&order.id), ["DECLINED"], "{status}");
        assert_eq!(app.database.order_status(&order.id), status);
    }
}

#[test]
fn a_payment_that_runs_while_an_administrator_confirms_the_order_is_refunded_when_it_succeeds() {
    let app = TestApp::start();
    for (card, kind, expected) in [
        (CARD_LATE_APPROVED, EventKind::Succeeded, "REFUNDED"),
        (CARD_LATE_DECLINED, EventKind::Declined, "DECLINED"),
    ] {
        let (customer, order) = ordered(&app);
        let id = customer.pay_pending(&order.id, card).payment_id;
        app.admin().move_order(&order.id, OrderStatus::Confirmed).expect(200);
        app.provider_says(&event(&format!("evt-{expected}"), kind, &customer.payment(&id))).expect(200);
        assert_eq!(app.database.payment_statuses(&order.id), [expected]);
        assert_eq!(app.database.order_status(&order.id), OrderStatus::Confirmed);
    }
    app.database.assert_money_is_right();
}

#[test]
fn what_administrators_note_is_for_administrators() {
    let app = TestApp::start();
    let admin = app.admin();
    let (customer, order) = ordered(&app);
    let secret = "The customer called and was very rude";
    let patch = json!({"status": "PROCESSING", "notes": secret});
    let reply = admin.patch(&paths::orders::status(&order.id), &patch);
    assert!(!reply.expect(200).text().contains(secret), "the order's own notes are the customer's");
    admin.patch(&paths::orders::status(&order.id), &json!({"status": "SHIPPED", "notes": "  "})).expect(200);
    for path in [
        paths::orders::ORDERS.to_owned(),
        paths::orders::order(&order.id),
        paths::orders::payments(&order.id),
    ] {
        assert!(!customer.get(&path).expect(200).text().contains("rude"), "{path}");
    }
    let notes = paths::orders::notes(&order.order_number);
    customer.get(&notes).refused(403, ErrorCode::Forbidden, "Admin access required");
    app.anon().get(&notes).refused(401, ErrorCode::Unauthorized, "Invalid or expired token");

    let reply = admin.get(&notes);
    let data = reply.value(200);
    assert_fields(&data[0], &["id", "orderId", "author", "status", "notes", "createdAt"]);
    assert_fields(&data[0]["author"], ORDER_USER);
    assert_moment(&data[0]["createdAt"]);
    let notes: Vec<OrderNote> = reply.data(200);
    let told: Vec<_> = notes.iter().map(|note| (note.status, note.notes.as_deref())).collect();
    assert_eq!(told, [(OrderStatus::Processing, Some(secret)), (OrderStatus::Shipped, None)]);
    assert!(notes.iter().all(|note| note.author.id == admin.id() && note.order_id == order.id));
    let unknown = admin.get(&paths::orders::notes("nothing"));
    unknown.refused(404, ErrorCode::NotFound, "Order not found");
}

#[test]
fn a_refused_move_notes_nothing() {
    let app = TestApp::start();
    let admin = app.admin();
    let (_, order) = ordered(&app);
    let patch = json!({"status": "DELIVERED", "notes": "Too early"});
    admin.patch(&paths::orders::status(&order.id), &patch).expect(400);
    assert_eq!(admin.get(&paths::orders::notes(&order.id)).data::<Vec<OrderNote>>(200), []);
}

#[test]
fn the_customers_own_remark_stays_as_it_was() {
    let app = TestApp::start();
    let customer = app.customer();
    let mut order = crate::support::order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    order.notes = Some("Ring twice".to_owned());
    let placed: Order = customer.post(paths::orders::ORDERS, &order).data(201);
    let patch = json!({"status": "CONFIRMED", "notes": "Paid in cash"});
    app.admin().patch(&paths::orders::status(&placed.id), &patch).expect(200);
    let read: Order = customer.get(&paths::orders::order(&placed.id)).data(200);
    assert_eq!(read.notes.as_deref(), Some("Ring twice"));
}

#[test]
fn every_move_is_in_the_audit_log() {
    let app = TestApp::start();
    let admin = app.admin();
    let (_, order) = ordered(&app);
    let moved = admin.move_order(&order.id, OrderStatus::Confirmed);
    admin.move_order(&order.id, OrderStatus::Delivered).expect(400);
    type Row = (String, String, Option<String>, Option<String>, String);
    let rows: Vec<Row> = app.database.query(|connection| {
        audit_log::table
            .filter(audit_log::entity_id.eq(&order.id))
            .select((
                audit_log::actor_id,
                audit_log::action,
                audit_log::before,
                audit_log::after,
                audit_log::request_id,
            ))
            .load(connection)
    });
    let text = |text: &str| Some(format!("\"{text}\""));
    let request_id = moved.header("x-request-id").unwrap().to_owned();
    let expected =
        (admin.id().to_owned(), "order.status".to_owned(), text("PENDING"), text("CONFIRMED"), request_id);
    assert_eq!(rows, [expected]);
}

#[test]
fn administrators_and_the_customer_who_cancel_at_the_same_time_return_stock_and_money_once() {
    let app = TestApp::builder(Content::Demo).set("DATABASE_POOL_SIZE", 10).alone().start();
    let admin = app.admin();
    let id = app.product_id("YOGA-MAT-PRO");
    for round in 0..20 {
        let (customer, order) = paid(&app);
        let replies = at_once(6, |index| match index {
            0 | 1 => customer.post_nothing(&paths::orders::cancel(&order.id)),
            2 | 3 => admin.move_order(&order.id, OrderStatus::Cancelled),
            _ => admin.move_order(&order.id, OrderStatus::Refunded),
        });
        let succeeded = replies.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(succeeded, 1, "{round}: {replies:?}");
        assert_eq!(app.database.payment_statuses(&order.id), ["REFUNDED"]);
        assert_eq!(app.database.stock(&id), 100);
    }
    app.database.assert_ledger_explains_stock();
    app.database.assert_money_is_right();
}

#[test]
fn an_administrator_who_confirms_an_order_while_it_is_paid_and_cancelled_leaves_no_money_over() {
    let app = TestApp::builder(Content::Demo).set("DATABASE_POOL_SIZE", 10).alone().start();
    let admin = app.admin();
    for round in 0..30 {
        let (customer, order) = ordered(&app);
        at_once(5, |index| match index {
            0 if round % 2 == 0 => customer.post_nothing(&paths::orders::cancel(&order.id)),
            0 | 1 => admin.move_order(&order.id, OrderStatus::Confirmed),
            2 => admin.move_order(&order.id, OrderStatus::Shipped),
            _ => customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED)),
        });
        let statuses = app.database.payment_statuses(&order.id);
        assert!(statuses.len() <= 1, "{round}: {statuses:?}");
        assert!(statuses.iter().all(|status| status == "SUCCEEDED" || status == "REFUNDED"), "{statuses:?}");
        app.database.assert_money_is_right();
    }
    app.database.assert_ledger_explains_stock();
}
