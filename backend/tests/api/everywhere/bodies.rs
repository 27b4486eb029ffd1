//! Request bodies: size, type, syntax, and which fields are wrong.

use std::io::Write;

use serde_json::{Value, json};
use shared_types::{ErrorCode, paths};

use crate::support::{PASSWORD, Reply, TestApp, http, order_of};

/// Signs in with a body of exactly this size; the padding is an unknown field.
fn login_of_size(app: &TestApp, size: usize) -> Reply {
    let start = json!({"email": "john@example.com", "password": PASSWORD}).to_string();
    let open = format!("{}, \"padding\": \"", start.strip_suffix('}').unwrap());
    let padding = "x".repeat(size - open.len() - 2);
    let body = format!("{open}{padding}\"}}");
    assert_eq!(body.len(), size);
    app.anon().request("POST", paths::auth::LOGIN).body("application/json", body).send()
}

#[test]
fn a_body_of_one_mebibyte_is_read_and_one_byte_more_is_too_large() {
    let app = TestApp::start();
    login_of_size(&app, 1_048_576).expect(200);
    let message = "Request body is larger than 1 MiB";
    login_of_size(&app, 1_048_577).refused(413, ErrorCode::PayloadTooLarge, message);
}

#[test]
fn a_body_that_does_not_announce_its_size_is_limited_as_well() {
    let app = TestApp::start();
    let headers = [("content-type", "application/json"), ("transfer-encoding", "chunked")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut stream = http::connect(app.port).unwrap();
    stream.write_all(http::head("POST", paths::auth::LOGIN, &headers).as_bytes()).unwrap();
    let chunk = format!("{:x}\r\n{}\r\n", 65_536, " ".repeat(65_536));
    for _ in 0..17 {
        // The server may have answered and hung up already.
        if stream.write_all(chunk.as_bytes()).is_err() {
            break;
        }
    }
    let _ = stream.write_all(b"0\r\n\r\n");
    let reply = Reply::checked(http::read_reply(stream).unwrap(), "a chunked POST".to_owned());
    reply.refused(413, ErrorCode::PayloadTooLarge, "Request body is larger than 1 MiB");
}

#[test]
fn only_json_is_read() {
    let app = TestApp::start();
    let body = json!({"email": "john@example.com", "password": PASSWORD}).to_string();
    let ask = |content_type: &str| {
        app.anon().request("POST", paths::auth::LOGIN).body(content_type, body.as_bytes()).send()
    };
    for content_type in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
        ask(content_type).expect(200);
    }
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        ask(content_type).refused(
            415,
            ErrorCode::UnsupportedMediaType,
            "Content-Type must be application/json",
        );
    }
}

#[test]
fn text_that_is_not_json_is_refused() {
    let app = TestApp::start();
    let deep = "[".repeat(100_000);
    let deep_object = format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000));
    let lone_surrogate = r#"{"email": "\ud800"}"#;
    for body in ["{", "{\"email\": }", "{'email': 1}", "nope", "{} {}", &deep, &deep_object, lone_surrogate] {
        let reply = app.anon().request("POST", paths::auth::LOGIN).body("application/json", body).send();
        reply.refused(400, ErrorCode::BadRequest, "Request body is not valid JSON");
    }
    let not_utf8 = b"{\"email\": \"\xff\xfe\"}".to_vec();
    let reply = app.anon().request("POST", paths::auth::LOGIN).body("application/json", not_utf8).send();
    reply.refused(400, ErrorCode::BadRequest, "Request body is not valid JSON");
}

#[test]
fn a_missing_body_and_one_that_is_no_object_are_reported_at_the_empty_path() {
    let app = TestApp::start();
    let customer = app.customer();
    for path in [paths::auth::REGISTER, paths::auth::LOGIN, paths::cart::QUOTE, paths::orders::ORDERS] {
        customer.post_nothing(path).invalid_at("", "Request body is required");
        customer
            .request("POST", path)
            .body("application/json", "")
            .send()
            .invalid_at("", "Request body is required");
        for body in [json!(null), json!([]), json!("text"), json!(1), json!(true)] {
            customer.post(path, &body).invalid_at("", "Expected an object");
        }
    }
}

#[test]
fn a_post_that_needs_no_body_accepts_an_empty_one_of_any_type() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let cancel = paths::orders::cancel(&order.id);
    customer.request("POST", &cancel).body("text/plain", "").send().expect(200);
    customer
        .request("POST", paths::auth::LOGOUT)
        .body("application/x-www-form-urlencoded", "")
        .send()
        .expect(200);
}

#[test]
fn null_is_not_the_same_as_leaving_a_field_out() {
    let app = TestApp::start();
    let register =
        json!({"email": "null@example.com", "password": PASSWORD, "firstName": null, "lastName": null});
    let reply = app.anon().post(paths::auth::REGISTER, &register);
    assert_eq!(reply.invalid_paths(), ["firstName", "lastName"]);

    let id = app.product_id("YOGA-MAT-PRO");
    for field in ["billingAddress", "notes", "expectedTotal"] {
        let mut order = serde_json::to_value(order_of(&[(&id, 1)])).unwrap();
        order[field] = Value::Null;
        assert_eq!(app.customer().post(paths::orders::ORDERS, &order).invalid_paths(), [field]);
    }
    for field in ["address2", "phone"] {
        let mut order = serde_json::to_value(order_of(&[(&id, 1)])).unwrap();
        order["shippingAddress"][field] = Value::Null;
        let path = format!("shippingAddress.{field}");
        assert_eq!(app.customer().post(paths::orders::ORDERS, &order).invalid_paths(), [path]);
    }
}

#[test]
fn every_field_of_the_wrong_type_is_reported_at_its_path() {
    let app = TestApp::start();
    let body = json!({
        "items": [
            {"productId": 7, "quantity": 1},
            {"productId": "p", "quantity": "2"},
            "not an object",
            {"productId": "p", "quantity": true},
        ],
        "shippingAddress": {"firstName": 1, "lastName": [], "address1": {}, "city": null, "state": "", "country": "X"},
        "billingAddress": "here",
        "notes": 5,
        "expectedTotal": "12.345",
    });
    let reply = app.customer().post(paths::orders::ORDERS, &body);
    let expected = [
        "billingAddress",
        "expectedTotal",
        "items.0.productId",
        "items.1.quantity",
        "items.2",
        "items.3.quantity",
        "notes",
        "shippingAddress.address1",
        "shippingAddress.city",
        "shippingAddress.country",
        "shippingAddress.firstName",
        "shippingAddress.lastName",
        "shippingAddress.postalCode",
        "shippingAddress.state",
    ];
    assert_eq!(reply.invalid_paths(), expected);
    let errors = reply.invalid();
    assert_eq!(errors.first("items.1.quantity"), Some("Expected a whole number"));
    assert_eq!(errors.first("items.2"), Some("Expected an object"));
}
