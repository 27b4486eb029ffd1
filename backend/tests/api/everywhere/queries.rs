//! Query strings: repeated, unknown and out of range.

use serde_json::Value;
use shared_types::paths;

use crate::support::TestApp;

#[test]
fn a_repeated_parameter_is_refused_by_its_name() {
    let app = TestApp::start();
    let customer = app.customer();
    customer.get("/api/catalog/products?page=1&page=1").invalid_at("page", "Must be given once");
    customer
        .get("/api/catalog/products?featured=true&page=1&featured=false")
        .invalid_at("featured", "Must be given once");
    customer.get("/api/catalog/products?page=1&p%61ge=2").invalid_at("page", "Must be given once");
    customer.get("/api/orders?status=PENDING&status=PENDING").invalid_at("status", "Must be given once");
}

#[test]
fn an_unknown_parameter_is_ignored() {
    let app = TestApp::start();
    let plain = app.anon().get(paths::catalog::PRODUCTS);
    let more = app.anon().get("/api/catalog/products?utm_source=mail&isActive=false&=&&x");
    assert_eq!(plain.page::<Value>(), more.page::<Value>());
}

#[test]
fn pages_are_whole_numbers_from_one_to_a_thousand_million() {
    let app = TestApp::start();
    let customer = app.customer();
    for path in [paths::catalog::PRODUCTS, paths::orders::ORDERS] {
        let last = customer.get(&format!("{path}?page=1000000000&limit=50"));
        assert_eq!(last.page::<Value>().data, Vec::<Value>::new());
        for page in
            ["0", "-1", "1.5", "", "one", "1e3", "0x1", "1000000001", "99999999999999999999999999", "%00"]
        {
            assert_eq!(customer.get(&format!("{path}?page={page}")).invalid_paths(), ["page"], "{page}");
        }
    }
}

#[test]
fn a_page_has_at_least_one_row_and_at_most_its_limit() {
    let app = TestApp::start();
    let customer = app.customer();
    for (path, most) in [(paths::catalog::PRODUCTS, 100), (paths::orders::ORDERS, 50)] {
        for limit in [1, most] {
            assert_eq!(customer.get(&format!("{path}?limit={limit}")).page::<Value>().meta.limit, limit);
        }
        for limit in [0, most + 1, -5] {
            assert_eq!(customer.get(&format!("{path}?limit={limit}")).invalid_paths(), ["limit"]);
        }
    }
}

#[test]
fn the_wrong_kind_of_word_is_refused_and_the_right_ones_are_listed() {
    let app = TestApp::start();
    let reply =
        app.anon().get("/api/catalog/products?sortBy=stock&sortOrder=up&featured=yes&inStock=1&status=GONE");
    let errors = reply.invalid();
    assert_eq!(errors.first("sortBy"), Some("Expected one of name, price, createdAt"));
    assert_eq!(errors.first("sortOrder"), Some("Expected one of asc, desc"));
    assert_eq!(errors.first("featured"), Some("Expected true or false"));
    assert_eq!(errors.first("inStock"), Some("Expected true or false"));
    assert_eq!(errors.first("status"), Some("Expected one of DRAFT, ACTIVE, ARCHIVED"));
    let reply = app.anon().get("/api/catalog/products?minPrice=-0.01&maxPrice=1.001");
    assert_eq!(reply.invalid_paths(), ["maxPrice", "minPrice"]);
}
