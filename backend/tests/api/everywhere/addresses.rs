//! `HEAD`, trailing slashes, and addresses that do not exist.

use shared_types::{ErrorCode, paths};

use crate::support::{TestApp, order_of};

#[test]
fn every_get_answers_head_with_the_same_headers_and_no_body() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    for path in [
        paths::system::HEALTH,
        paths::system::READY,
        paths::auth::ME,
        paths::catalog::CATEGORIES,
        &paths::catalog::category("books"),
        paths::catalog::PRODUCTS,
        &paths::catalog::product("yoga-mat-pro"),
        paths::orders::ORDERS,
        &paths::orders::order(&order.id),
        paths::system::DOCS,
        "/api/docs/json",
        "/api/docs/yaml",
    ] {
        let (get, head) = (customer.get(path), customer.request("HEAD", path).send());
        get.expect(200);
        head.expect(200);
        assert!(!get.bytes().is_empty() && head.bytes().is_empty(), "{get}");
        for name in ["content-type", "content-length", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
    }
    customer.request("HEAD", &paths::catalog::product("nothing")).send().expect(404);
}

#[test]
fn every_get_that_is_described_answers_head_alike() {
    let app = TestApp::start();
    let document = serde_json::to_value(backend::openapi::document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let gets: Vec<_> =
        paths.iter().filter(|(_, methods)| methods.get("get").is_some()).map(|(path, _)| path).collect();
    assert!(gets.len() >= 9, "{gets:?}");
    for path in gets {
        let get = app.anon().get(path);
        let head = app.anon().request("HEAD", path).send();
        assert_eq!((head.status, head.bytes().len()), (get.status, 0), "{path}");
    }
}

#[test]
fn orders_answer_with_a_slash_at_the_end_too() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    let with_slash = format!("{}/", paths::orders::ORDERS);
    customer.post(&with_slash, &order).expect(201);
    customer.post(&with_slash, &order).expect(201);
    let listed = customer.get(&format!("{with_slash}?limit=1")).page::<serde_json::Value>();
    assert_eq!((listed.data.len(), listed.meta.total), (1, 2));
}

#[test]
fn an_address_that_does_not_exist_is_not_found() {
    let app = TestApp::start();
    let customer = app.customer();
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/nothing"),
        ("GET", "/api"),
        ("GET", "/api/"),
        ("GET", "/api/nothing"),
        ("GET", "/api/orders/a/b/c"),
        ("GET", "/api/ORDERS"),
        ("POST", "/health"),
        ("DELETE", "/api/orders"),
        ("PUT", "/api/catalog/products"),
        ("PROPFIND", "/api/catalog/products"),
    ] {
        let reply = customer.request(method, path).send();
        reply.refused(404, ErrorCode::NotFound, "Not found");
    }
}
