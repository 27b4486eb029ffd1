//! `POST /api/orders`: what is refused, and that a refusal leaves no trace.

use serde_json::{Value, json};
use shared_types::{ErrorCode, paths};

use crate::support::{Actor, Reply, TestApp, order_of};

/// The orders of the demo shop.
const DEMO_ORDERS: i64 = 3;

fn place(actor: &Actor, lines: &[(&str, u32)]) -> Reply {
    actor.post(paths::orders::ORDERS, &order_of(lines))
}

/// Places an order after a change to its JSON.
fn place_changed(app: &TestApp, change: impl FnOnce(&mut Value)) -> Reply {
    let mut order = serde_json::to_value(order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)])).unwrap();
    change(&mut order);
    app.customer().post(paths::orders::ORDERS, &order)
}

#[test]
fn somebody_unknown_cannot_order() {
    let app = TestApp::start();
    let reply = place(&app.anon(), &[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    reply.refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
    assert_eq!(app.database.order_count(), DEMO_ORDERS);
}

#[test]
fn a_product_that_is_not_sold_cannot_be_ordered() {
    let app = TestApp::start();
    let customer = app.customer();
    let [mat, draft, archived] =
        ["YOGA-MAT-PRO", "UNRELEASED-GADGET", "OLD-PHONE-MODEL"].map(|sku| app.product_id(sku));
    app.database.set_stock(&draft, 5);
    app.database.set_stock(&archived, 5);
    for id in ["nothing", &draft, &archived] {
        for lines in [vec![(id, 1)], vec![(mat.as_str(), 1), (id, 1)]] {
            let reply = place(&customer, &lines);
            reply.refused(400, ErrorCode::BadRequest, "One or more products are not available");
        }
    }
    assert_eq!((app.database.stock(&mat), app.database.order_count()), (100, DEMO_ORDERS));
    app.database.assert_ledger_explains_stock();
}

#[test]
fn ordering_more_than_the_stock_is_refused_and_reserves_nothing() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("MACBOOK-PRO-16");
    let message = "Insufficient stock for MacBook Pro 16\". Available: 20";
    place(&customer, &[(&id, 21)]).refused(400, ErrorCode::BadRequest, message);
    place(&customer, &[(&id, 999)]).refused(400, ErrorCode::BadRequest, message);
    assert_eq!((app.database.stock(&id), app.database.order_count()), (20, DEMO_ORDERS));
    place(&customer, &[(&id, 20)]).expect(201);
    let message = "Insufficient stock for MacBook Pro 16\". Available: 0";
    place(&customer, &[(&id, 1)]).refused(400, ErrorCode::BadRequest, message);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn lines_that_are_too_many_only_together_are_refused() {
    let app = TestApp::start();
    let id = app.product_id("MACBOOK-PRO-16");
    let message = "Insufficient stock for MacBook Pro 16\". Available: 20";
    place(&app.customer(), &[(&id, 11), (&id, 10)]).refused(400, ErrorCode::BadRequest, message);
    assert_eq!(app.database.stock(&id), 20);
}

#[test]
fn one_short_product_keeps_the_others_on_the_shelf() {
    let app = TestApp::start();
    let customer = app.customer();
    let skus = ["IPHONE-15-PRO", "MACBOOK-PRO-16", "YOGA-MAT-PRO"];
    let ids = skus.map(|sku| app.product_id(sku));
    // Whichever of them is taken first.
    for short in 0..3 {
        let lines: Vec<_> = ids
            .iter()
            .enumerate()
            .map(|(index, id)| (id.as_str(), if index == short { 500 } else { 2 }))
            .collect();
        place(&customer, &lines).expect(400);
    }
    assert_eq!(ids.map(|id| app.database.stock(&id)), [50, 20, 100]);
    assert_eq!(app.database.order_count(), DEMO_ORDERS);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn a_refused_order_can_be_placed_once_there_is_stock() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("MACBOOK-PRO-16");
    place(&customer, &[(&id, 21)]).expect(400);
    app.database.set_stock(&id, 21);
    place(&customer, &[(&id, 21)]).expect(201);
}

#[test]
fn a_line_has_one_to_999_units() {
    let app = TestApp::start();
    for units in [json!(0), json!(-1), json!(1_000), json!(1.5), json!("1"), json!(null), json!(1e300)] {
        let reply = place_changed(&app, |order| order["items"][0]["quantity"] = units.clone());
        assert_eq!(reply.invalid_paths(), ["items.0.quantity"], "{units}");
    }
    let tee = app.product_id("MENS-CLASSIC-TEE");
    app.database.set_stock(&tee, 999);
    place(&app.customer(), &[(&tee, 999)]).expect(201);
}

#[test]
fn an_order_has_one_to_a_hundred_lines() {
    let app = TestApp::start();
    place_changed(&app, |order| order["items"] = json!([]))
        .invalid_at("items", "At least one item is required");
    place_changed(&app, |order| drop(order.as_object_mut().unwrap().remove("items")))
        .invalid_at("items", "At least one item is required");
    place_changed(&app, |order| order["items"] = json!({"0": 1})).invalid_at("items", "Expected a list");
    let lines = |order: &mut Value, count: usize| {
        order["items"] = Value::from(vec![order["items"][0].clone(); count])
    };
    place_changed(&app, |order| lines(order, 101)).invalid_at("items", "At most 100 are allowed");
    place_changed(&app, |order| lines(order, 100)).expect(201);
    let reply = place_changed(&app, |order| order["items"][0]["productId"] = json!(" "));
    reply.invalid_at("items.0.productId", "Product ID is required");
}

#[test]
fn every_part_of_an_address_that_is_required_is_named_when_it_is_missing() {
    let app = TestApp::start();
    let required = ["firstName", "lastName", "address1", "city", "state", "postalCode", "country"];
    for (address, other) in [("shippingAddress", "billingAddress"), ("billingAddress", "shippingAddress")] {
        for field in required {
            for empty in [json!(""), json!("   "), json!(null), json!(5)] {
                let reply = place_changed(&app, |order| {
                    order["billingAddress"] = order["shippingAddress"].clone();
                    order[address][field] = empty;
                });
                assert_eq!(reply.invalid_paths(), [format!("{address}.{field}")], "{other} is right");
            }
        }
    }
    let reply = place_changed(&app, |order| drop(order.as_object_mut().unwrap().remove("shippingAddress")));
    assert_eq!(reply.invalid_paths().len(), required.len());
}

#[test]
fn a_country_has_two_to_a_hundred_characters() {
    let app = TestApp::start();
    for (country, status) in [("G", 422), ("GB", 201), (&"x".repeat(100), 201), (&"x".repeat(101), 422)] {
        place_changed(&app, |order| order["shippingAddress"]["country"] = json!(country)).expect(status);
    }
}

#[test]
fn notes_beyond_a_thousand_characters_are_refused() {
    let app = TestApp::start();
    let reply = place_changed(&app, |order| order["notes"] = json!("x".repeat(1_001)));
    reply.invalid_at("notes", "Must be at most 1000 characters");
}

#[test]
fn an_expected_total_is_an_amount_with_two_decimals() {
    let app = TestApp::start();
    for total in [json!(1.999), json!("1e3"), json!(""), json!(true), json!(-1), json!("free")] {
        let reply = place_changed(&app, |order| order["expectedTotal"] = total.clone());
        assert_eq!(reply.invalid_paths(), ["expectedTotal"], "{total}");
    }
}
