//! `PATCH /api/orders/{key}/status`: which status may follow which.

use shared_types::{
    ErrorCode,
    orders::{OrderDetail, OrderStatus, OrderWithItems},
    paths,
};

use crate::support::{
    TestApp,
    shapes::{ORDER, ORDER_ITEM, assert_fields, assert_fields_and},
};

/// The table of the contract, copied by hand: the code must not be its own judge.
const ALLOWED: [(&str, &[&str]); 7] = [
    ("PENDING", &["CONFIRMED", "PROCESSING", "SHIPPED", "CANCELLED"]),
    ("CONFIRMED", &["PROCESSING", "SHIPPED", "CANCELLED", "REFUNDED"]),
    ("PROCESSING", &["SHIPPED", "CANCELLED", "REFUNDED"]),
    ("SHIPPED", &["DELIVERED", "REFUNDED"]),
    ("DELIVERED", &["REFUNDED"]),
    ("CANCELLED", &[]),
    ("REFUNDED", &[]),
];

#[test]
fn exactly_the_transitions_of_the_table_are_allowed() {
    let app = TestApp::start();
    let (admin, customer) = (app.admin(), app.customer());
    let id = app.product_id("MENS-CLASSIC-TEE");
    let mut tried = 0;
    for (from, allowed) in ALLOWED {
        for to in OrderStatus::ALL {
            let order = customer.order(&[(&id, 2)]).order;
            app.database.set_order_status(&order.id, OrderStatus::parse(from).unwrap());
            let before = app.database.stock(&id);
            let reply = admin.move_order(&order.id, *to);
            if allowed.contains(&to.as_str()) {
                let moved: OrderWithItems = reply.data(200);
                assert_eq!((moved.order.status, moved.order.id.as_str()), (*to, order.id.as_str()));
                let returned = if matches!(to.as_str(), "CANCELLED" | "REFUNDED") { 2 } else { 0 };
                assert_eq!(app.database.stock(&id), before + returned, "{from} → {to}");
            } else {
                let message = format!("Cannot change order status from {from} to {to}");
                reply.refused(400, ErrorCode::BadRequest, &message);
                assert_eq!(app.database.order_status(&order.id).as_str(), from);
                assert_eq!(app.database.stock(&id), before, "{from} → {to}");
            }
            tried += 1;
        }
    }
    assert_eq!(tried, 49);
}

#[test]
fn the_answer_is_the_order_with_its_items() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    let reply = app.admin().move_order(&order.order.order_number, OrderStatus::Processing);
    let data = reply.value(200);
    assert_fields_and(&data, ORDER, &["items"]);
    assert_fields(&data["items"][0], ORDER_ITEM);
    let moved: OrderWithItems = reply.data(200);
    assert_eq!(moved.items, order.items);
}

#[test]
fn every_step_says_when_it_was_first_taken() {
    let app = TestApp::start();
    let (admin, customer) = (app.admin(), app.customer());
    let id = app.product_id("YOGA-MAT-PRO");
    let order = customer.order(&[(&id, 1)]).order;
    let step = |status| admin.move_order(&order.id, status).data::<OrderWithItems>(200).order;
    let confirmed = step(OrderStatus::Confirmed);
    assert!(confirmed.paid_at.as_ref().is_some_and(|moment| *moment >= order.created_at));
    assert_eq!(
        (&confirmed.shipped_at, &confirmed.delivered_at, &confirmed.cancelled_at),
        (&None, &None, &None)
    );
    let processing = step(OrderStatus::Processing);
    assert_eq!((&processing.paid_at, &processing.shipped_at), (&confirmed.paid_at, &None));
    let shipped = step(OrderStatus::Shipped);
    assert!(shipped.shipped_at >= confirmed.paid_at && shipped.delivered_at.is_none());
    let delivered = step(OrderStatus::Delivered);
    assert!(delivered.delivered_at >= shipped.shipped_at);
    let refunded = step(OrderStatus::Refunded);
    assert_eq!((&refunded.paid_at, &refunded.shipped_at), (&confirmed.paid_at, &shipped.shipped_at));
    assert_eq!((&refunded.delivered_at, &refunded.cancelled_at), (&delivered.delivered_at, &None));
    assert!(refunded.updated_at >= delivered.updated_at);

    let cancelled = customer.order(&[(&id, 1)]).order;
    let cancelled: OrderWithItems = admin.move_order(&cancelled.id, OrderStatus::Cancelled).data(200);
    assert!(cancelled.order.cancelled_at.is_some() && cancelled.order.paid_at.is_none());
}

#[test]
fn a_moment_that_is_known_already_is_kept() {
    let app = TestApp::start();
    let admin = app.admin();
    // Delivered in the demo shop, long ago; moved back behind the application's back.
    let before: OrderDetail = admin.get(&paths::orders::order("ORD-2024-0001")).data(200);
    assert!(before.order.shipped_at.is_some());
    app.database.set_order_status(&before.order.id, OrderStatus::Pending);
    for status in [OrderStatus::Confirmed, OrderStatus::Shipped, OrderStatus::Delivered] {
        admin.move_order("ORD-2024-0001", status).expect(200);
    }
    let after: OrderDetail = admin.get(&paths::orders::order("ORD-2024-0001")).data(200);
    assert_eq!(after.order.paid_at, before.order.paid_at);
    assert_eq!(after.order.shipped_at, before.order.shipped_at);
    assert_eq!(after.order.delivered_at, before.order.delivered_at);
}

#[test]
fn only_administrators_move_orders_on() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let reply = customer.move_order(&order.id, OrderStatus::Confirmed);
    reply.refused(403, ErrorCode::Forbidden, "Admin access required");
    let reply = app.anon().move_order(&order.id, OrderStatus::Confirmed);
    reply.refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
    assert_eq!(app.database.order_status(&order.id), OrderStatus::Pending);
    let reply = app.admin().move_order("nothing", OrderStatus::Confirmed);
    reply.refused(404, ErrorCode::NotFound, "Order not found");
}

#[test]
fn a_status_that_means_nothing_and_notes_that_are_too_long_are_refused() {
    let app = TestApp::start();
    let admin = app.admin();
    let path = paths::orders::status("ORD-2024-0003");
    let patch = |body: serde_json::Value| admin.patch(&path, &body);
    for status in [serde_json::json!("GONE"), serde_json::json!("confirmed"), serde_json::json!(null)] {
        let expected =
            "Expected one of PENDING, CONFIRMED, PROCESSING, SHIPPED, DELIVERED, CANCELLED, REFUNDED";
        patch(serde_json::json!({"status": status})).invalid_at("status", expected);
    }
    patch(serde_json::json!({})).expect(422);
    let long = serde_json::json!({"status": "CONFIRMED", "notes": "x".repeat(1001)});
    patch(long).invalid_at("notes", "Must be at most 1000 characters");
    patch(serde_json::json!({"status": "CONFIRMED", "notes": null})).invalid_at("notes", "Expected a text");
    patch(serde_json::json!({"status": "CONFIRMED", "notes": "é".repeat(1000)})).expect(200);
}
