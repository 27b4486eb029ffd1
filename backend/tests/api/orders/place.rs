//! `POST /api/orders`: what succeeds.

use serde_json::{Value, json};
use shared_types::{
    ErrorCode, Money,
    orders::{OrderDetail, OrderStatus, OrderWithItems},
    paths,
};

use crate::support::{
    TestApp, address, order_of,
    shapes::{ORDER, ORDER_ITEM, assert_fields, assert_fields_and, assert_moment},
};

/// Subtotal, tax, shipping and total, in cents.
fn cents(placed: &OrderWithItems) -> [i64; 4] {
    let order = &placed.order;
    [order.subtotal, order.tax, order.shipping_amount, order.total_amount].map(Money::minor)
}

#[test]
fn a_new_order_has_the_fields_of_the_contract() {
    let app = TestApp::start();
    let customer = app.customer();
    let order =
        customer.post(paths::orders::ORDERS, &order_of(&[(&app.product_id("YOGA-MAT-PRO"), 2)])).value(201);
    assert_fields_and(&order, ORDER, &["items"]);
    assert_moment(&order["createdAt"]);
    assert_eq!(order["updatedAt"], order["createdAt"]);
    assert_eq!((&order["status"], &order["userId"]), (&json!("PENDING"), &json!(customer.id())));
    assert_eq!((&order["currency"], &order["discountAmount"]), (&json!("USD"), &json!("0.00")));
    for name in ["notes", "paidAt", "shippedAt", "deliveredAt", "cancelledAt"] {
        assert!(order[name].is_null(), "{name}");
    }
    let item = &order["items"][0];
    assert_fields(item, ORDER_ITEM);
    assert_fields(&item["product"], &["id", "name", "imageUrl"]);
    assert_eq!((&item["orderId"], &item["productId"]), (&order["id"], &item["product"]["id"]));
    let texts = ["sku", "name", "unitPrice", "subtotal"].map(|name| item[name].as_str().unwrap());
    assert_eq!(texts, ["YOGA-MAT-PRO", "Yoga Mat Pro", "59.99", "119.98"]);
    assert_eq!(item["quantity"], 2);
}

#[test]
fn an_order_number_has_its_shape_and_its_moment() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let parts: Vec<_> = order.order_number.split('-').collect();
    assert_eq!((parts.len(), parts[0], parts[2].len()), (3, "ORD", 6), "{}", order.order_number);
    assert!(parts[2].bytes().all(|byte| b"0123456789ABCDEF".contains(&byte)), "{}", order.order_number);
    assert_eq!(parts[1], parts[1].to_uppercase());
    let placed_at = chrono::DateTime::parse_from_rfc3339(order.created_at.as_str()).unwrap();
    let named = i64::from_str_radix(parts[1], 36).unwrap();
    assert!((placed_at.timestamp_millis() - named).abs() < 5_000);
}

#[test]
fn amounts_are_exact_to_the_cent() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = |sku: &str| app.product_id(sku);
    let (tee, mat, book, plants) =
        (id("MENS-CLASSIC-TEE"), id("YOGA-MAT-PRO"), id("BOOK-CLEAN-CODE"), id("INDOOR-PLANT-SET"));
    for (lines, expected) in [
        // 10 % of 29.99 is 2.999, which rounds up; goods below 50.00 cost shipping.
        (vec![(tee.as_str(), 1)], [2_999, 300, 999, 4_298]),
        // 10 % of 44.99 is 4.499, which rounds up.
        (vec![(book.as_str(), 1)], [4_499, 450, 999, 5_948]),
        // One cent below free shipping.
        (vec![(plants.as_str(), 1)], [4_999, 500, 999, 6_498]),
        (vec![(mat.as_str(), 1)], [5_999, 600, 0, 6_599]),
        // Tax is rounded once, on the sum.
        (vec![(tee.as_str(), 3), (book.as_str(), 2), (mat.as_str(), 10)], [77_985, 7_799, 0, 85_784]),
        (vec![(tee.as_str(), 100)], [299_900, 29_990, 0, 329_890]),
    ] {
        assert_eq!(cents(&customer.order(&lines)), expected, "{lines:?}");
    }
    app.database.set_price(&tee, 5_000);
    assert_eq!(cents(&customer.order(&[(&tee, 1)])), [5_000, 500, 0, 5_500]);
    // Half a cent rounds up, less than half rounds down.
    for (price, tax) in [(5, 1), (4, 0), (15, 2), (14, 1)] {
        app.database.set_price(&tee, price);
        assert_eq!(cents(&customer.order(&[(&tee, 1)])), [price, tax, 999, price + tax + 999]);
    }
}

#[test]
fn an_order_holds_its_stock_until_the_last_unit() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("MACBOOK-PRO-16");
    customer.order(&[(&id, 19)]);
    assert_eq!(app.database.stock(&id), 1);
    customer.order(&[(&id, 1)]);
    assert_eq!(app.database.stock(&id), 0);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn lines_of_one_product_become_one_item() {
    let app = TestApp::start();
    let [mat, tee] = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE"].map(|sku| app.product_id(sku));
    let placed = app.customer().order(&[(&mat, 1), (&tee, 2), (&mat, 3)]);
    let items: Vec<_> = placed.items.iter().map(|row| (row.item.name.as_str(), row.item.quantity)).collect();
    assert_eq!(items, [("Men's Classic Tee", 2), ("Yoga Mat Pro", 4)]);
    assert_eq!(app.database.stock(&mat), 96);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn an_item_keeps_the_name_and_price_it_was_sold_at() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("YOGA-MAT-PRO");
    let placed = customer.order(&[(&id, 1)]);
    app.database.set_price(&id, 99);
    app.database.query(|connection| {
        use backend::db::schema::products;
        use diesel::prelude::*;
        diesel::update(products::table.find(&id)).set(products::name.eq("Mat")).execute(connection)
    });
    let read: OrderDetail = customer.get(&paths::orders::order(&placed.order.id)).data(200);
    let row = &read.items[0];
    assert_eq!((row.item.name.as_str(), row.item.unit_price.minor()), ("Yoga Mat Pro", 5_999));
    assert_eq!(row.product.name, "Mat");
    assert_eq!(read.order, placed.order);
}

#[test]
fn the_billing_address_is_the_shipping_address_unless_it_is_given() {
    let app = TestApp::start();
    let customer = app.customer();
    let mut order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    let placed = customer.post(paths::orders::ORDERS, &order).value(201);
    assert_eq!(placed["shippingAddress"], serde_json::to_value(address()).unwrap());
    assert_eq!(placed["billingAddress"], placed["shippingAddress"]);

    let mut billing = address();
    billing.city = "Paris".to_owned();
    billing.address2 = Some("c/o Charles".to_owned());
    billing.phone = Some("+33 1 23 45 67 89".to_owned());
    order.billing_address = Some(billing.clone());
    let placed: OrderWithItems = customer.post(paths::orders::ORDERS, &order).data(201);
    assert_eq!((placed.order.billing_address, placed.order.shipping_address), (billing, address()));
}

#[test]
fn notes_of_a_thousand_characters_are_kept_and_blank_ones_are_not() {
    let app = TestApp::start();
    let customer = app.customer();
    let mut order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    let mut notes = |text: &str| {
        order.notes = Some(text.to_owned());
        customer.post(paths::orders::ORDERS, &order).value(201)["notes"].clone()
    };
    assert_eq!(notes("Ring twice"), json!("Ring twice"));
    let long = "ö".repeat(1_000);
    assert_eq!(notes(&long), json!(long));
    assert_eq!(notes("   "), Value::Null);
}

#[test]
fn the_total_the_shopper_saw_may_be_sent_as_a_number_or_as_text() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("MENS-CLASSIC-TEE");
    for expected in [json!(42.98), json!("42.98")] {
        let mut order = serde_json::to_value(order_of(&[(&id, 1)])).unwrap();
        order["expectedTotal"] = expected;
        customer.post(paths::orders::ORDERS, &order).expect(201);
    }
}

#[test]
fn a_total_that_differs_from_what_the_shopper_saw_is_refused_and_reserves_nothing() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("MENS-CLASSIC-TEE");
    for expected in [json!(42.97), json!("42.99"), json!(0), json!(29.99)] {
        let mut order = serde_json::to_value(order_of(&[(&id, 1)])).unwrap();
        order["expectedTotal"] = expected;
        let reply = customer.post(paths::orders::ORDERS, &order);
        reply.refused(409, ErrorCode::Conflict, "The total has changed to 42.98. Please review your order.");
    }
    assert_eq!((app.database.stock(&id), app.database.order_count()), (200, 3));
    app.database.assert_ledger_explains_stock();
}

#[test]
fn unknown_fields_of_an_order_change_nothing() {
    let app = TestApp::start();
    let mut order = serde_json::to_value(order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)])).unwrap();
    for (name, value) in
        [("status", json!("DELIVERED")), ("userId", json!("me")), ("totalAmount", json!("0.01"))]
    {
        order[name] = value;
    }
    order["items"][0]["unitPrice"] = json!("0.01");
    let customer = app.customer();
    let placed: OrderWithItems = customer.post(paths::orders::ORDERS, &order).data(201);
    assert_eq!((placed.order.status, placed.order.user_id.as_str()), (OrderStatus::Pending, customer.id()));
    assert_eq!(placed.order.total_amount, Money::from_minor(6_599));
}
