//! Headers that every answer carries, and the id of its request.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use shared_types::{ErrorCode, paths};

use crate::support::{Reply, TestApp, http, order_of};

const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// One answer of every kind. Each has been checked for the headers that all of them have: see `Reply::checked`.
fn one_of_each_kind(app: &TestApp) -> Vec<(u16, Reply)> {
    let (anon, customer) = (app.anon(), app.customer());
    let order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    let preflight = anon
        .request("OPTIONS", paths::orders::ORDERS)
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST");
    vec![
        (200, anon.get(paths::system::HEALTH)),
        (200, anon.get(paths::catalog::PRODUCTS)),
        (201, customer.post(paths::orders::ORDERS, &order)),
        (204, preflight.send()),
        (301, anon.get("/api/docs")),
        (400, anon.request("POST", paths::auth::LOGIN).body("application/json", "{").send()),
        (401, anon.get(paths::auth::ME)),
        (404, anon.get("/nothing")),
        (404, anon.get(&paths::catalog::product("nothing"))),
        (
            413,
            anon.request("POST", paths::auth::LOGIN).body("application/json", vec![b' '; 1_048_577]).send(),
        ),
        (415, anon.request("POST", paths::auth::LOGIN).body("text/plain", "{}").send()),
        (422, anon.get("/api/catalog/products?page=0")),
    ]
}

#[test]
fn security_headers_are_on_every_kind_of_answer() {
    let app =
        TestApp::builder(crate::support::Content::Demo).set("CORS_ORIGINS", "https://shop.example").start();
    for (status, reply) in one_of_each_kind(&app) {
        reply.expect(status);
        assert_eq!(reply.header("content-security-policy"), Some(API_POLICY), "{reply}");
    }
}

#[test]
fn answers_about_a_person_are_stored_by_nobody() {
    let app = TestApp::start();
    let customer = app.customer();
    for path in [paths::auth::ME, paths::orders::ORDERS, "/api/orders/nothing"] {
        assert_eq!(customer.get(path).header("cache-control"), Some("private, no-store"), "{path}");
    }
}

#[test]
fn a_plain_request_id_is_taken_over_and_any_other_is_replaced() {
    let app = TestApp::start();
    let ask = |id: &str| app.anon().request("GET", "/nothing").header("x-request-id", id).send();
    let taken_over = ask("0198c1a2-from_a-proxy");
    assert_eq!(taken_over.header("x-request-id"), Some("0198c1a2-from_a-proxy"));
    assert_eq!(taken_over.error().error.request_id, "0198c1a2-from_a-proxy");
    for id in ["short", "has spaces in it", "<script>alert(1)</script>", &"x".repeat(65)] {
        assert_ne!(ask(id).header("x-request-id"), Some(id));
    }
    let (one, two) = (app.anon().get("/nothing"), app.anon().get("/nothing"));
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
}

#[test]
fn a_refusal_without_credentials_says_how_to_give_them() {
    let app = TestApp::start();
    let reply = app.anon().get(paths::auth::ME);
    reply.refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
    assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
}

#[test]
fn what_is_broken_here_is_not_described_to_the_client() {
    let app = TestApp::start();
    let john = app.john();
    let rename = |from: &str, to: &str| {
        app.database.connect().batch_execute(&format!("ALTER TABLE {from} RENAME TO {to}")).unwrap();
    };
    rename("orders", "away");
    let token = [("authorization".to_owned(), format!("Bearer {}", john.token.clone().unwrap()))];
    let reply = http::exchange(app.port, "GET", paths::orders::ORDERS, &token, None).unwrap();
    let request_id = reply.headers.iter().find(|(name, _)| name == "x-request-id").unwrap().1.clone();
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    let (code, message) = ("INTERNAL_ERROR", "An unexpected error occurred");
    let error = json!({"code": code, "message": message, "requestId": request_id});
    assert_eq!((reply.status, body), (500, json!({"success": false, "error": error})));
    rename("away", "orders");
    john.get(paths::orders::ORDERS).expect(200);
}
