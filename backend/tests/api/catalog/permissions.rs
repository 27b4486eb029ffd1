//! Who may change the catalogue, and what is checked first.

use serde_json::{Value, json};
use shared_types::{ErrorCode, paths};

use super::{category_path, product_path, product_request, trail_length};
use crate::support::TestApp;

/// Every route for administrators with a request that would succeed.
fn requests(app: &TestApp) -> Vec<(&'static str, String, Option<Value>)> {
    let (books, mat) = (category_path(app, "books"), product_path(app, "YOGA-MAT-PRO"));
    let stock = format!("{mat}/stock");
    app.admin().post(paths::catalog::CATEGORIES, &json!({"name": "Empty", "slug": "empty"})).expect(201);
    vec![
        ("POST", paths::catalog::CATEGORIES.to_owned(), Some(json!({"name": "N", "slug": "n"}))),
        ("PATCH", books, Some(json!({"name": "Reading"}))),
        ("DELETE", category_path(app, "empty"), None),
        ("POST", paths::catalog::PRODUCTS.to_owned(), Some(product_request(app, "p"))),
        ("PATCH", mat.clone(), Some(json!({"name": "Mat"}))),
        ("POST", stock.clone(), Some(json!({"delta": 1}))),
        ("GET", stock, None),
        ("GET", paths::catalog::LOW_STOCK.to_owned(), None),
        ("GET", paths::AUDIT.to_owned(), None),
        ("DELETE", mat, None),
    ]
}

#[test]
fn only_administrators_change_the_catalogue() {
    let app = TestApp::start();
    let (anon, customer, admin) = (app.anon(), app.customer(), app.admin());
    let requests = requests(&app);
    let before = trail_length(&app);
    for (method, path, body) in &requests {
        let ask = |actor: &crate::support::Actor| {
            let request = actor.request(method, path);
            body.iter().fold(request, |request, body| request.json(body)).send()
        };
        ask(&anon).refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
        ask(&anon.with_token("nonsense")).refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
        ask(&customer).refused(403, ErrorCode::Forbidden, "Admin access required");
    }
    assert_eq!(trail_length(&app), before);
    for (method, path, body) in &requests {
        let request = admin.request(method, path);
        let reply = body.iter().fold(request, |request, body| request.json(body)).send();
        assert!(matches!(reply.status, 200 | 201), "{reply}");
    }
}

#[test]
fn permission_is_checked_after_parsing_and_before_fields_and_existence() {
    let app = TestApp::start();
    let customer = app.customer();
    let writes = [
        ("POST", paths::catalog::CATEGORIES.to_owned()),
        ("PATCH", paths::catalog::category("nothing")),
        ("POST", paths::catalog::PRODUCTS.to_owned()),
        ("PATCH", paths::catalog::product("nothing")),
        ("POST", paths::catalog::stock("nothing")),
    ];
    for (method, path) in &writes {
        for actor in [app.anon(), customer.clone(), app.admin()] {
            let broken = actor.request(method, path).body("application/json", "{").send();
            broken.refused(400, ErrorCode::BadRequest, "Request body is not valid JSON");
            actor.request(method, path).body("text/plain", "{}").send().expect(415);
            let large = vec![b' '; 1_048_577];
            actor.request(method, path).body("application/json", large).send().expect(413);
        }
        let wrong = json!({"name": 7, "delta": 0});
        app.anon().request(method, path).json(&wrong).send().expect(401);
        customer.request(method, path).json(&wrong).send().expect(403);
        app.admin().request(method, path).json(&wrong).send().expect(422);
    }
    for path in [paths::catalog::category("nothing"), paths::catalog::product("nothing")] {
        app.anon().request("DELETE", &path).send().expect(401);
        customer.request("DELETE", &path).send().expect(403);
        app.admin().request("DELETE", &path).send().expect(404);
    }
    for path in [paths::catalog::LOW_STOCK, paths::AUDIT] {
        customer.get(&format!("{path}?page=0")).expect(403);
        app.admin().get(&format!("{path}?page=0")).expect(422);
    }
}

#[test]
fn an_administrator_who_was_disabled_changes_nothing_any_more() {
    let app = TestApp::start();
    let admin = app.admin();
    app.database.set_active(admin.id(), false);
    let body = json!({"name": "N", "slug": "n"});
    admin.post(paths::catalog::CATEGORIES, &body).refused(
        401,
        ErrorCode::Unauthorized,
        "Invalid or expired token",
    );
}

#[test]
fn a_body_of_a_whole_mebibyte_is_read_and_refused_by_its_fields() {
    let app = TestApp::start();
    let start = r#"{"name": "N", "slug": "n", "description": ""#;
    let body = format!("{start}{}\"}}", "x".repeat(1_048_576 - start.len() - 2));
    assert_eq!(body.len(), 1_048_576);
    let reply = app.admin().request("POST", paths::catalog::CATEGORIES).body("application/json", body).send();
    reply.invalid_at("description", "Must be at most 10000 characters");
}
