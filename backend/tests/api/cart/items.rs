//! `GET`, `PUT`, `DELETE /api/cart` and `PUT`, `DELETE /api/cart/items/{productId}`

use backend::db::schema::users;
use diesel::prelude::*;
use serde_json::{Value, json};
use shared_types::{
    ErrorCode, Money,
    cart::{Cart, LineProblem, Quote},
    paths,
};

use super::{items, units};
use crate::support::{
    TestApp,
    shapes::{assert_fields, assert_moment},
};

const CART: &[&str] = &["lines", "subtotal", "tax", "shipping", "total", "currency", "updatedAt"];

#[test]
fn a_cart_that_was_never_used_is_empty() {
    let app = TestApp::start();
    let data = app.customer().get(paths::cart::CART).value(200);
    assert_fields(&data, CART);
    assert_eq!((&data["lines"], &data["updatedAt"]), (&json!([]), &Value::Null));
    assert_eq!(["subtotal", "tax", "shipping", "total"].map(|name| data[name].clone()), ["0.00"; 4]);
}

#[test]
fn a_cart_has_the_lines_and_totals_of_a_quote() {
    let app = TestApp::start();
    let customer = app.customer();
    let [mat, tee] = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE"].map(|sku| app.product_id(sku));
    let lines = [(tee.as_str(), 2), (mat.as_str(), 1), (tee.as_str(), 3)];
    let put = customer.put_cart(&lines);
    assert_fields(&put.value(200), CART);
    assert_moment(&put.value(200)["updatedAt"]);
    let cart: Cart = put.data(200);
    assert_eq!(units(&cart), [(tee.as_str(), 5), (mat.as_str(), 1)]);
    let quoted: Quote = app.anon().post(paths::cart::QUOTE, &items(&lines)).data(200);
    assert_eq!(cart.quote, quoted);
    assert_eq!(customer.cart(), cart);
}

#[test]
fn filling_a_cart_anew_replaces_what_was_in_it() {
    let app = TestApp::start();
    let customer = app.customer();
    let [mat, tee] = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE"].map(|sku| app.product_id(sku));
    customer.put_cart(&[(&mat, 1)]).expect(200);
    let cart: Cart = customer.put_cart(&[(&tee, 2)]).data(200);
    assert_eq!(units(&cart), [(tee.as_str(), 2)]);
    let same: Cart = customer.put_cart(&[(&tee, 2)]).data(200);
    assert_eq!(same.updated_at, cart.updated_at, "what does not differ is no change");
    let empty: Cart = customer.put_cart(&[]).data(200);
    assert_eq!(units(&empty), []);
}

#[test]
fn lines_of_one_product_become_one_of_at_most_999() {
    let app = TestApp::start();
    let tee = app.product_id("MENS-CLASSIC-TEE");
    let cart: Cart = app.customer().put_cart(&[(&tee, 999), (&tee, 999)]).data(200);
    assert_eq!(units(&cart), [(tee.as_str(), 999)]);
}

#[test]
fn single_products_are_put_in_changed_and_taken_out() {
    let app = TestApp::start();
    let customer = app.customer();
    let [mat, tee] = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE"].map(|sku| app.product_id(sku));
    customer.put_item(&mat, 1).expect(200);
    customer.put_item(&tee, 2).expect(200);
    let changed: Cart = customer.put_item(&mat, 7).data(200);
    assert_eq!(units(&changed), [(mat.as_str(), 7), (tee.as_str(), 2)]);
    assert_eq!(changed.quote.totals.subtotal, Money::from_minor(7 * 5_999 + 2 * 2_999));
    let left: Cart = customer.remove_item(&mat).data(200);
    assert_eq!(units(&left), [(tee.as_str(), 2)]);
    // It is out already: a client that repeats itself is not told off.
    let again: Cart = customer.remove_item(&mat).data(200);
    assert_eq!(again, left);
    assert_eq!(units(&customer.remove_item("nothing").data(200)), [(tee.as_str(), 2)]);
}

#[test]
fn a_cart_is_emptied_in_one_go() {
    let app = TestApp::start();
    let customer = app.customer();
    customer.put_item(&app.product_id("YOGA-MAT-PRO"), 1).expect(200);
    for _ in 0..2 {
        let emptied: Cart = customer.request("DELETE", paths::cart::CART).send().data(200);
        assert_eq!(units(&emptied), []);
        assert_eq!(emptied.quote.totals.total, Money::ZERO);
    }
    assert_eq!(app.database.cart_item_count(), 0);
}

#[test]
fn everybody_has_a_cart_of_their_own() {
    let app = TestApp::start();
    let (john, jane) = (app.john(), app.login("jane@example.com"));
    let mat = app.product_id("YOGA-MAT-PRO");
    john.put_item(&mat, 3).expect(200);
    assert_eq!(units(&jane.cart()), []);
    jane.put_item(&mat, 1).expect(200);
    jane.request("DELETE", paths::cart::CART).send().expect(200);
    // The same person on another device.
    assert_eq!(units(&app.john().cart()), [(mat.as_str(), 3)]);
}

#[test]
fn only_somebody_who_is_signed_in_has_a_cart() {
    let app = TestApp::start();
    let item = paths::cart::item("nothing");
    for (method, path) in [
        ("GET", paths::cart::CART),
        ("PUT", paths::cart::CART),
        ("DELETE", paths::cart::CART),
        ("PUT", &item),
        ("DELETE", &item),
        ("POST", paths::cart::MERGE),
    ] {
        let reply = app.anon().request(method, path).send();
        reply.refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
    }
}

#[test]
fn what_is_not_sold_cannot_be_put_in() {
    let app = TestApp::start();
    let customer = app.customer();
    let mat = app.product_id("YOGA-MAT-PRO");
    customer.put_item(&mat, 1).expect(200);
    let [draft, archived] = ["UNRELEASED-GADGET", "OLD-PHONE-MODEL"].map(|sku| app.product_id(sku));
    for id in ["nothing", &draft, &archived] {
        customer.put_item(id, 1).refused(404, ErrorCode::NotFound, "Product not found");
        let refused = customer.put_cart(&[(&mat, 5), (id, 1)]);
        refused.refused(400, ErrorCode::BadRequest, "One or more products are not available");
    }
    assert_eq!(units(&customer.cart()), [(mat.as_str(), 1)]);
    customer.request("PUT", "/api/cart/items/%00").json(&json!({"quantity": 1})).send().expect(404);
}

#[test]
fn what_is_not_sold_any_more_stays_as_a_problem_outside_of_the_totals() {
    let app = TestApp::start();
    let customer = app.customer();
    let [mat, tee] = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE"].map(|sku| app.product_id(sku));
    customer.put_cart(&[(&mat, 2), (&tee, 2)]).expect(200);
    app.database.set_status(&mat, "ARCHIVED");
    let cart = customer.cart();
    let gone = &cart.quote.lines[0];
    assert_eq!(
        (gone.problem, gone.unit_price, gone.subtotal),
        (Some(LineProblem::Unavailable), None, Money::ZERO)
    );
    assert_eq!(cart.quote.totals.subtotal, Money::from_minor(2 * 2_999));
    // It can be kept, changed and taken out, but not be put in again.
    customer.put_cart(&[(&tee, 1), (&mat, 2)]).expect(200);
    customer.put_item(&mat, 1).expect(200);
    customer.remove_item(&mat).expect(200);
    customer.put_item(&mat, 1).expect(404);
    assert_eq!(units(&customer.cart()), [(tee.as_str(), 1)]);
}

#[test]
fn fewer_units_left_than_in_the_cart_are_a_problem_and_no_refusal() {
    let app = TestApp::start();
    let customer = app.customer();
    let mac = app.product_id("MACBOOK-PRO-16");
    let cart: Cart = customer.put_item(&mac, 21).data(200);
    assert_eq!(
        (cart.quote.lines[0].problem, cart.quote.lines[0].available),
        (Some(LineProblem::InsufficientStock), 20)
    );
    customer.order(&[(&mac, 20)]);
    assert_eq!(customer.cart().quote.lines[0].available, 0);
    assert_eq!(app.database.stock(&mac), 0);
}

#[test]
fn a_price_that_changes_changes_the_cart() {
    let app = TestApp::start();
    let customer = app.customer();
    let mat = app.product_id("YOGA-MAT-PRO");
    customer.put_item(&mat, 2).expect(200);
    app.database.set_price(&mat, 100);
    assert_eq!(customer.cart().quote.totals.subtotal, Money::from_minor(200));
}

#[test]
fn a_product_or_account_that_is_deleted_leaves_no_lines() {
    let app = TestApp::start();
    let customer = app.customer();
    let more = app.database.more_products(2);
    customer.put_cart(&[(&more[0], 1), (&more[1], 1)]).expect(200);
    app.database.delete_product(&more[0]);
    assert_eq!(units(&customer.cart()), [(more[1].as_str(), 1)]);
    app.database.query(|connection| diesel::delete(users::table.find(customer.id())).execute(connection));
    assert_eq!(app.database.cart_item_count(), 0);
}

#[test]
fn a_cart_holds_a_hundred_products_and_no_more() {
    let app = TestApp::start();
    let customer = app.customer();
    let ids = app.database.more_products(101);
    let hundred: Vec<_> = ids.iter().take(100).map(|id| (id.as_str(), 1)).collect();
    assert_eq!(units(&customer.put_cart(&hundred).data(200)), hundred);
    customer.put_item(&ids[100], 1).refused(400, ErrorCode::BadRequest, "A cart holds at most 100 products");
    customer.put_item(&ids[99], 2).expect(200);
    let many: Vec<_> = ids.iter().map(|id| (id.as_str(), 1)).collect();
    assert_eq!(customer.put_cart(&many).invalid_paths(), ["items"]);
    assert_eq!(app.database.cart_item_count(), 100);
}

#[test]
fn amounts_beyond_what_an_order_may_cost_are_refused_and_change_nothing() {
    let app = TestApp::start();
    let customer = app.customer();
    let mac = app.product_id("MACBOOK-PRO-16");
    customer.put_item(&mac, 1).expect(200);
    app.database.set_price(&mac, i64::MAX / 2);
    customer.put_item(&mac, 2).refused(400, ErrorCode::BadRequest, "The order is too large");
    app.database.set_price(&mac, 100);
    assert_eq!(units(&customer.cart()), [(mac.as_str(), 1)]);
}

#[test]
fn the_fields_are_checked() {
    let app = TestApp::start();
    let customer = app.customer();
    let mat = app.product_id("YOGA-MAT-PRO");
    let item = |body: &Value| customer.request("PUT", &paths::cart::item(&mat)).json(body).send();
    for units in [json!(0), json!(-1), json!(1000), json!(1.5), json!("1"), json!(null)] {
        assert_eq!(item(&json!({"quantity": units})).invalid_paths(), ["quantity"]);
        let body = json!({"items": [{"productId": mat, "quantity": units}]});
        let all = customer.request("PUT", paths::cart::CART).json(&body).send();
        assert_eq!(all.invalid_paths(), ["items.0.quantity"]);
        assert_eq!(customer.post(paths::cart::MERGE, &body).invalid_paths(), ["items.0.quantity"]);
    }
    item(&json!({})).invalid();
    customer
        .request("PUT", paths::cart::CART)
        .json(&json!({}))
        .send()
        .invalid_at("items", "Items are required");
    customer.request("PUT", paths::cart::CART).send().invalid_at("", "Request body is required");
    customer.post(paths::cart::MERGE, &json!({"items": {}})).invalid_at("items", "Expected a list");
    assert_eq!(units(&customer.cart()), []);
}
