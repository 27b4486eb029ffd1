//! Cross-origin requests.

use shared_types::paths;

use crate::support::{Content, Reply, TestApp};

const ALLOWED: [&str; 4] =
    ["https://shop.example", "http://localhost:3000", "https://www.shop.it", "https://a.b.shop.it"];
const DISALLOWED: [&str; 10] = [
    "https://evil.example",
    "http://shop.example",
    "https://shop.example:8443",
    "https://sub.shop.example",
    "https://evilshop.it",
    "https://shop.it",
    "http://www.shop.it",
    "https://www.shop.it.evil.example",
    "https://evil.example/.shop.it",
    "null",
];

fn app() -> TestApp {
    let origins = "https://shop.example, http://localhost:3000,*.shop.it";
    TestApp::builder(Content::Demo).set("CORS_ORIGINS", origins).start()
}

fn get(app: &TestApp, origin: &str) -> Reply {
    app.anon().request("GET", paths::catalog::CATEGORIES).header("origin", origin).send()
}

fn preflight(app: &TestApp, origin: &str) -> Reply {
    app.anon()
        .request("OPTIONS", paths::orders::ORDERS)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type,idempotency-key")
        .send()
}

fn assert_no_cors_headers(reply: &Reply) {
    for name in ["origin", "credentials", "methods", "headers", "max-age"] {
        assert_eq!(reply.header(&format!("access-control-allow-{name}")), None, "{reply}");
    }
    assert_eq!(reply.header("access-control-expose-headers"), None, "{reply}");
}

#[test]
fn an_allowed_origin_is_named_in_the_answer() {
    let app = app();
    for origin in ALLOWED {
        let reply = get(&app, origin);
        reply.expect(200);
        assert_eq!(reply.header("access-control-allow-origin"), Some(origin));
        assert_eq!(reply.header("access-control-allow-credentials"), Some("true"));
        let exposed = reply.header("access-control-expose-headers").unwrap_or_default().to_lowercase();
        assert!(exposed.contains("x-request-id") && exposed.contains("idempotent-replayed"), "{exposed}");
    }
}

#[test]
fn an_allowed_origin_may_read_refusals_too() {
    let app = app();
    let reply = app.anon().request("GET", paths::auth::ME).header("origin", ALLOWED[0]).send();
    reply.expect(401);
    assert_eq!(reply.header("access-control-allow-origin"), Some(ALLOWED[0]));
}

#[test]
fn a_preflight_of_an_allowed_origin_is_answered_with_204() {
    let app = app();
    for origin in ALLOWED {
        let reply = preflight(&app, origin);
        reply.expect(204);
        assert_eq!(reply.header("access-control-allow-origin"), Some(origin));
        assert_eq!(reply.header("access-control-allow-credentials"), Some("true"));
        let methods = reply.header("access-control-allow-methods").unwrap_or_default();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            assert!(methods.contains(method), "{methods}");
        }
        let headers = reply.header("access-control-allow-headers").unwrap_or_default();
        for header in ["authorization", "content-type", "idempotency-key", "if-match"] {
            assert!(headers.contains(header), "{headers}");
        }
    }
}

#[test]
fn any_other_origin_gets_an_ordinary_answer_without_cors_headers() {
    let app = app();
    for origin in DISALLOWED {
        let reply = get(&app, origin);
        reply.expect(200);
        assert_no_cors_headers(&reply);
        let refused = preflight(&app, origin);
        refused.expect(404);
        assert_no_cors_headers(&refused);
    }
}

#[test]
fn without_configuration_no_origin_is_allowed() {
    let app = TestApp::start();
    for origin in ALLOWED {
        assert_no_cors_headers(&get(&app, origin));
    }
}

#[test]
fn caches_are_told_that_the_answer_depends_on_the_origin() {
    let app = app();
    for origin in [ALLOWED[0], DISALLOWED[0]] {
        let vary = get(&app, origin).headers("vary").join(",").to_lowercase();
        assert_eq!(vary.matches("origin").count(), 1, "{vary}");
    }
    assert!(app.anon().get(paths::catalog::CATEGORIES).headers("vary").join(",").contains("Origin"));
}
