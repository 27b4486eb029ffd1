//! Input that no honest client sends is refused like any other, never with a failure of ours: `Reply::checked` fails
//! the test on every 500.

use serde_json::json;
use shared_types::{ErrorCode, paths};

use crate::support::{TestApp, order_of, pay_with};

/// As they are written in an address.
const SEGMENTS: [&str; 18] = [
    "%00",
    "a%00b",
    "%ff",
    "%c0%af",
    "%ed%a0%80",
    "%F0%9F%A6%80",
    "%e2%80%ae",
    "%",
    "%zz",
    "%2e%2e%2f%2e%2e",
    "%2F",
    "..%5c",
    "%27%20OR%201=1--",
    "%0d%0aset-cookie:%20x=1",
    "%25%30%30",
    "_%25_",
    "null",
    "%7B%22$ne%22:1%7D",
];

#[test]
fn odd_addresses_name_nothing() {
    let app = TestApp::start();
    let customer = app.customer();
    let long = "a".repeat(6_000);
    for segment in SEGMENTS.into_iter().chain([long.as_str()]) {
        for path in [
            format!("/api/catalog/products/{segment}"),
            format!("/api/catalog/categories/{segment}"),
            format!("/api/orders/{segment}"),
            format!("/{segment}"),
        ] {
            let reply = customer.get(&path);
            assert!(matches!(reply.status, 400 | 404), "{reply}");
            assert_eq!(reply.header("set-cookie"), None, "{reply}");
        }
        customer.post_nothing(&format!("/api/orders/{segment}/cancel")).expect(404);
        let pay = pay_with(shared_types::payments::CARD_APPROVED);
        customer.post(&format!("/api/orders/{segment}/pay"), &pay).expect(404);
    }
    customer.get("/api/orders/../../etc/passwd").expect(404);
}

#[test]
fn odd_query_strings_are_read_as_text_or_refused() {
    let app = TestApp::start();
    let customer = app.customer();
    for segment in SEGMENTS {
        for path in
            ["/api/catalog/products?category=", "/api/catalog/products?categoryId=", "/api/catalog/products?"]
        {
            let reply = customer.get(&format!("{path}{segment}"));
            assert!(matches!(reply.status, 200 | 422), "{reply}");
        }
        customer.get(&format!("/api/orders?status={segment}")).expect(422);
        customer.get(&format!("/api/catalog/products?minPrice={segment}")).expect(422);
    }
}

#[test]
fn the_character_no_database_stores_is_refused_wherever_text_is_read() {
    let app = TestApp::start();
    let (anon, customer) = (app.anon(), app.customer());
    let nul = "a\0b";
    let register = json!({"email": nul, "password": "pass\0word", "firstName": nul, "lastName": nul});
    let reply = anon.post(paths::auth::REGISTER, &register);
    assert_eq!(reply.invalid_paths(), ["email", "firstName", "lastName", "password"]);
    anon.post(paths::auth::LOGIN, &json!({"email": "john@example.com", "password": "pass\0word"}))
        .expect(422);
    let items = json!({"items": [{"productId": nul, "quantity": 1}]});
    anon.post(paths::cart::QUOTE, &items).expect(422);

    let mut order = order_of(&[(nul, 1)]);
    order.notes = Some(nul.to_owned());
    order.shipping_address.address2 = Some(nul.to_owned());
    order.shipping_address.city = nul.to_owned();
    let reply = customer.post(paths::orders::ORDERS, &order);
    let expected = ["items.0.productId", "notes", "shippingAddress.address2", "shippingAddress.city"];
    assert_eq!(reply.invalid_paths(), expected);
}

#[test]
fn text_of_any_script_is_stored_and_read_back_as_it_was() {
    let app = TestApp::start();
    let odd = "Zoë 🦀 李 \u{202e}abc\u{1}\u{fffd} '\"; DROP TABLE users; -- % _ \\";
    let body = json!({"email": "odd@example.com", "password": "pässwörd🦀", "firstName": odd});
    let reply = app.anon().post(paths::auth::REGISTER, &body);
    assert_eq!(reply.value(201)["user"]["firstName"], odd);
    let login = json!({"email": "odd@example.com", "password": "pässwörd🦀"});
    assert_eq!(app.anon().post(paths::auth::LOGIN, &login).value(200)["user"]["firstName"], odd);

    let customer = app.customer();
    let mut order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    order.notes = Some(odd.to_owned());
    order.shipping_address.city = odd.to_owned();
    let placed = customer.post(paths::orders::ORDERS, &order).value(201);
    let read = customer.get(&paths::orders::order(placed["id"].as_str().unwrap())).value(200);
    assert_eq!((&read["notes"], &read["shippingAddress"]["city"]), (&json!(odd), &json!(odd)));
}

#[test]
fn odd_headers_do_no_harm() {
    let app = TestApp::start();
    let customer = app.customer();
    for (name, value) in [
        ("accept", "text/html"),
        ("accept-encoding", "identity;q=0"),
        ("accept-encoding", "nonsense, *;q=0"),
        ("accept-encoding", "gzip;q=5, ;;;"),
        ("cookie", "refresh_token=\u{fffd}; ====; a"),
        ("user-agent", "\u{1f980}"),
        ("x-request-id", "\u{1f980}"),
        ("origin", "\u{1f980}"),
        ("range", "bytes=0-10"),
        ("if-none-match", "*"),
        ("expect", "the unexpected"),
    ] {
        let reply = customer.request("GET", paths::auth::ME).header(name, value).send();
        reply.expect(200);
        assert!(!reply.bytes().is_empty(), "{name}: {value}");
        let login = json!({"email": "john@example.com", "password": "password123"});
        let reply = app.anon().request("POST", paths::auth::LOGIN).header(name, value).json(&login).send();
        assert!(reply.status == 200 || name == "expect", "{reply}");
    }
    let reply = app.anon().request("GET", paths::auth::ME).header("authorization", "Bearer \u{1f980}").send();
    reply.refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
}
