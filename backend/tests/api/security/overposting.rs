//! Fields that a request may not set are ignored, wherever they are put.

use serde_json::{Value, json};
use shared_types::{auth::Role, paths};

use crate::support::{Actor, PASSWORD, TestApp, order_of, pay_with, visitor::fresh_email};

/// What nobody sets by a request, in the spelling of the API and of the tables.
fn forbidden() -> Value {
    json!({
        "id": "mine", "role": "ADMIN", "isActive": false, "is_active": false, "userId": "mine", "user_id": "mine",
        "createdAt": "2000-01-01T00:00:00.000Z", "created_at": "2000-01-01T00:00:00.000Z", "status": "DELIVERED",
        "paidAt": "2000-01-01T00:00:00.000Z", "orderNumber": "ORD-1", "subtotal": "0.01", "tax": "0.00",
        "shippingAmount": "0.00", "discountAmount": "99.00", "totalAmount": "0.01", "total": "0.01", "currency": "XXX",
        "unitPrice": "0.01", "price": "0.01", "passwordHash": "x", "password_hash": "x", "sid": "mine",
        "__proto__": {"role": "ADMIN"}, "user": {"role": "ADMIN"}, "amount": "0.01",
    })
}

/// The body with the fields in it, and in every object in it. What the body says itself stays.
fn with_forbidden(body: &Value) -> Value {
    match body {
        Value::Object(fields) => {
            let mut all = forbidden().as_object().unwrap().clone();
            all.extend(fields.iter().map(|(name, value)| (name.clone(), with_forbidden(value))));
            Value::Object(all)
        }
        Value::Array(items) => items.iter().map(with_forbidden).collect(),
        other => other.clone(),
    }
}

fn me(actor: &Actor) -> Value {
    let mut me = actor.get(paths::auth::ME).value(200);
    me["updatedAt"].take();
    me
}

#[test]
fn an_account_gets_no_rights_by_asking_for_them() {
    let app = TestApp::start();
    let body = with_forbidden(&json!({"email": fresh_email(), "password": PASSWORD}));
    let made = app.anon().post(paths::auth::REGISTER, &body).value(201);
    assert_eq!(made["user"]["role"], "CUSTOMER");
    assert_ne!(made["user"]["id"], "mine");
    assert!(made["user"]["createdAt"].as_str() > Some("2020"));

    let john = app.john();
    let before = me(&john);
    john.patch(paths::auth::ME, &with_forbidden(&json!({"lastName": "Doe"}))).expect(200);
    assert_eq!(me(&john), before);
    let change = with_forbidden(&json!({"currentPassword": PASSWORD, "newPassword": PASSWORD}));
    john.post(paths::auth::CHANGE_PASSWORD, &change).expect(200);
    assert_eq!((me(&john), app.john().user.unwrap().role), (before, Role::Customer));
    john.get(paths::auth::USERS).expect(403);
}

#[test]
fn an_order_costs_what_it_costs_and_is_the_callers() {
    let app = TestApp::start();
    let (john, mat) = (app.john(), app.product_id("YOGA-MAT-PRO"));
    let plain = serde_json::to_value(order_of(&[(&mat, 2)])).unwrap();
    let honest = john.post(paths::orders::ORDERS, &plain).value(201);
    let order = john.post(paths::orders::ORDERS, &with_forbidden(&plain)).value(201);
    for field in [
        "userId",
        "status",
        "subtotal",
        "tax",
        "shippingAmount",
        "discountAmount",
        "totalAmount",
        "currency",
        "paidAt",
    ] {
        assert_eq!(order[field], honest[field], "{field}");
    }
    assert_eq!(order["items"][0]["unitPrice"], honest["items"][0]["unitPrice"]);
    assert!(order["id"] != "mine" && order["orderNumber"] != "ORD-1");

    let id = order["id"].as_str().unwrap();
    let pay = with_forbidden(&pay_with(shared_types::payments::CARD_APPROVED));
    let paid = john.post(&paths::orders::pay(id), &pay).value(200);
    assert_eq!((&paid["status"], &paid["totalAmount"]), (&json!("CONFIRMED"), &honest["totalAmount"]));
    let charges = app.database.charges(id);
    assert_eq!(charges.len(), 1);
    app.database.assert_money_is_right();
}

#[test]
fn a_cart_takes_its_prices_from_the_shop() {
    let app = TestApp::start();
    let (john, mat) = (app.john(), app.product_id("YOGA-MAT-PRO"));
    let items = json!({"items": [{"productId": mat, "quantity": 3}]});
    let honest = app.anon().post(paths::cart::QUOTE, &items).value(200);
    assert_eq!(app.anon().post(paths::cart::QUOTE, &with_forbidden(&items)).value(200), honest);
    let cart = john.request("PUT", paths::cart::CART).json(&with_forbidden(&items)).send().value(200);
    assert_eq!(cart["total"], honest["total"]);
    assert!(
        app.login("jane@example.com").get(paths::cart::CART).value(200)["lines"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn even_administrators_do_not_choose_ids_and_moments() {
    let app = TestApp::start();
    let admin = app.admin();
    let mut body = with_forbidden(&json!({"name": "New", "slug": "new"}));
    let made = admin.post(paths::catalog::CATEGORIES, &body).value(201);
    assert!(made["id"] != "mine" && made["createdAt"].as_str() > Some("2020"), "{made}");
    body["slug"] = json!("new-product");
    body["sku"] = json!("NEW");
    body["categoryId"] = made["id"].clone();
    body["status"] = json!("ACTIVE");
    let product = admin.post(paths::catalog::PRODUCTS, &body).value(201);
    assert!(product["id"] != "mine" && product["createdAt"].as_str() > Some("2020"), "{product}");

    let jane = app.login("jane@example.com");
    let before = me(&jane);
    let mut change = forbidden();
    change
        .as_object_mut()
        .unwrap()
        .extend([("role".to_owned(), json!("CUSTOMER")), ("isActive".to_owned(), json!(true))]);
    admin.patch(&paths::auth::user(jane.id()), &change).expect(200);
    assert_eq!(me(&jane), before);
    app.login("jane@example.com");
}
