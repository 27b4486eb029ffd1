//! What browsers are told with every answer, and what they are given of the server's files. `Reply::checked` looks at the
//! headers that are always the same.

use std::fs;

use serde_json::json;
use shared_types::paths;

use crate::support::{
    Content, Reply, TestApp, http,
    reply::ALWAYS,
    visitor::{Visitor, limited},
};

/// A server with a storefront, in whose folder's parent there is a file that is nobody's.
fn with_storefront(builder: crate::support::app::Builder) -> TestApp {
    let parent = format!("{}/policies-{}", env!("CARGO_TARGET_TMPDIR"), uuid::Uuid::new_v4());
    fs::create_dir_all(format!("{parent}/dist/images")).unwrap();
    fs::write(format!("{parent}/secret.txt"), SECRET).unwrap();
    fs::write(format!("{parent}/dist/index.html"), "<!doctype html><script>start()</script>").unwrap();
    fs::write(format!("{parent}/dist/images/lamp.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>")
        .unwrap();
    fs::write(format!("{parent}/dist/data.json"), "{}").unwrap();
    let app = builder.set("SPA_DIR", format!("{parent}/dist")).start();
    // The file that is nobody's stays for as long as it may be asked for.
    fs::remove_dir_all(format!("{parent}/dist")).unwrap();
    app
}

const SECRET: &str = "a file that is not the storefront's";

fn demo() -> crate::support::app::Builder {
    TestApp::builder(Content::Demo)
}

/// The sources that a policy allows for something.
fn sources<'p>(policy: &'p str, directive: &str) -> Option<Vec<&'p str>> {
    policy.split(';').find_map(|part| {
        let mut words = part.split_whitespace();
        (words.next() == Some(directive)).then(|| words.collect())
    })
}

/// Fails the test unless the policy lets nothing run, load or frame that is not this server's, and nothing inline.
fn assert_strict(reply: &Reply) {
    let policies = reply.headers("content-security-policy");
    assert_eq!(policies.len(), 1, "{reply}");
    let policy = policies[0];
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    assert!(!policy.contains("http:") && !policy.contains("https:") && !policy.contains('*'), "{policy}");
    let default = sources(policy, "default-src").unwrap();
    assert!(default == ["'none'"] || default == ["'self'"], "{policy}");
    let script = sources(policy, "script-src").unwrap_or(default.clone());
    let is_own = |source: &&str| {
        matches!(*source, "'none'" | "'self'" | "'wasm-unsafe-eval'") || source.starts_with("'sha256-")
    };
    assert!(script.iter().all(is_own), "{policy}");
    assert_eq!(sources(policy, "object-src").unwrap_or(default), ["'none'"], "{policy}");
    for directive in ["frame-ancestors", "base-uri"] {
        assert_eq!(sources(policy, directive), Some(vec!["'none'"]), "{policy}");
    }
    assert!(matches!(sources(policy, "form-action").as_deref(), Some(["'none'"] | ["'self'"])), "{policy}");
    for (name, value) in ALWAYS {
        assert_eq!(reply.headers(name), [value], "{name} of {reply}");
    }
    for name in ["server", "x-powered-by", "via"] {
        assert_eq!(reply.header(name), None, "{reply}");
    }
}

#[test]
fn every_kind_of_answer_says_what_browsers_may_do_with_it() {
    let app = with_storefront(demo().set("CORS_ORIGINS", "https://shop.example"));
    let (anon, john) = (app.anon(), app.john());
    let tag = anon.get("/").header("etag").unwrap().to_owned();
    let read = anon.get(paths::catalog::CATEGORIES).header("etag").unwrap().to_owned();
    let preflight = anon
        .request("OPTIONS", paths::orders::ORDERS)
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST");
    let post = |kind: &str, body: &[u8]| anon.request("POST", paths::auth::LOGIN).body(kind, body).send();
    for (status, reply) in [
        (200, anon.get("/")),
        (200, anon.get("/products/anything")),
        (200, anon.get("/images/lamp.svg")),
        (200, anon.get("/data.json")),
        (304, anon.request("GET", "/").header("if-none-match", &tag).send()),
        (404, anon.get("/images/nothing.svg")),
        (404, anon.request("POST", "/products").send()),
        (200, anon.get("/sitemap.xml")),
        (200, anon.get("/robots.txt")),
        (200, anon.get(paths::system::HEALTH)),
        (200, anon.get(paths::catalog::CATEGORIES)),
        (200, anon.request("HEAD", paths::catalog::CATEGORIES).send()),
        (304, anon.request("GET", paths::catalog::CATEGORIES).header("if-none-match", &read).send()),
        (204, preflight.send()),
        (404, anon.request("OPTIONS", paths::orders::ORDERS).header("origin", "https://evil.example").send()),
        (301, anon.get("/api/docs")),
        (200, anon.get("/api/docs/")),
        (200, anon.get("/api/docs/index.html")),
        (200, anon.get("/api/docs/swagger-ui.css")),
        (200, anon.get("/api/docs/swagger-ui-bundle.js")),
        (200, anon.get("/api/docs/json")),
        (404, anon.get("/api/docs/nothing.js")),
        (404, anon.get("/api/docs/../../secret.txt")),
        (400, post("application/json", b"{")),
        (401, anon.get(paths::auth::ME)),
        (403, john.get(paths::orders::ALL)),
        (404, anon.get("/api/nothing")),
        (404, anon.request("PUT", paths::catalog::PRODUCTS).send()),
        (404, anon.request("TRACE", "/").send()),
        (413, post("application/json", &vec![b' '; 1_048_577])),
        (415, post("text/plain", b"{}")),
        (422, post("application/json", b"{}")),
    ] {
        assert_strict(reply.expect(status));
    }
}

#[test]
fn a_refusal_over_the_limit_says_it_too() {
    let app = limited().set("RATE_LIMIT_MAX", 1).start();
    let client = Visitor::new(&app);
    client.get(paths::catalog::CATEGORIES).expect(200);
    assert_strict(client.get(paths::catalog::CATEGORIES).expect(429));
}

#[test]
fn what_is_no_request_is_answered_with_nothing_in_it() {
    let app = TestApp::start();
    let long = "x".repeat(200_000);
    for (request, statuses) in [
        ("GET /<script> HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n".to_owned(), [400, 400]),
        ("NONSENSE\r\n\r\n".to_owned(), [400, 400]),
        ("GET / HTTP/9.9\r\nhost: x\r\n\r\n".to_owned(), [400, 505]),
        (format!("GET / HTTP/1.1\r\nhost: x\r\nx: {long}\r\n\r\n"), [400, 431]),
        (format!("GET /{long} HTTP/1.1\r\nhost: x\r\n\r\n"), [400, 431]),
        (
            "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcde".to_owned(),
            [400, 400],
        ),
        ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n".to_owned(), [400, 400]),
        ("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: nonsense\r\n\r\n".to_owned(), [400, 400]),
    ] {
        let what = &request[..request.len().min(60)];
        let reply = http::send_raw(app.port, request.as_bytes()).unwrap();
        // The HTTP server answers these itself, before there is anything to add headers to: there must be nothing in them.
        assert!(statuses.contains(&reply.status), "{} for {what}", reply.status);
        assert_eq!(String::from_utf8_lossy(&reply.body), "", "{what}");
        assert!(reply.headers.iter().all(|(name, _)| name != "server"), "{what}");
    }
}

#[test]
fn no_spelling_of_an_address_leads_out_of_the_storefronts_folder() {
    let app = with_storefront(demo());
    for path in [
        "/secret.txt",
        "/../secret.txt",
        "/images/../../secret.txt",
        "/./../secret.txt",
        "//../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/images/%2e%2e/%2e%2e/secret.txt",
        "/%252e%252e%252fsecret.txt",
        "/..%255csecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/images\\..\\..\\secret.txt",
        "/..%c0%afsecret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/..%00/secret.txt",
        "/secret.txt%00.svg",
        "/images/lamp.svg/../../../secret.txt",
        "/....//secret.txt",
        "/..;/secret.txt",
        "/api/docs/../../secret.txt",
        "/api/docs/..%2f..%2fsecret.txt",
        "/api/docs/%2e%2e/%2e%2e/secret.txt",
        "/proc/self/environ.txt",
        "/C:%5cwindows%5cwin.ini",
    ] {
        let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let reply = http::send_raw(app.port, head.as_bytes()).unwrap();
        assert!(matches!(reply.status, 400 | 404), "{} for {path}", reply.status);
        assert!(!String::from_utf8_lossy(&reply.body).contains(SECRET), "{path}");
    }
    assert!(app.anon().get("/images/lamp.svg").expect(200).text().starts_with("<svg"));
}

#[test]
fn nothing_is_uploaded_and_nothing_is_exported_as_a_table() {
    let app = TestApp::start();
    let admin = app.admin();
    let form = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"../../x.html\"\r\n\r\n<script>\r\n--x--\r\n";
    for path in [paths::catalog::PRODUCTS, paths::catalog::CATEGORIES] {
        admin.request("POST", path).body("multipart/form-data; boundary=x", form).send().expect(415);
    }
    // A spreadsheet would run what a customer's name begins with; there is no such answer, whoever asks for one.
    app.john()
        .patch(paths::auth::ME, &json!({"firstName": "=HYPERLINK(\"https://evil.example\")"}))
        .expect(200);
    for path in [paths::auth::USERS, paths::orders::ALL, paths::AUDIT] {
        for kind in ["text/csv", "application/vnd.ms-excel", "*/*"] {
            let reply = admin.request("GET", path).header("accept", kind).send();
            assert_eq!(reply.expect(200).header("content-type"), Some("application/json; charset=utf-8"));
        }
        admin.get(&format!("{path}.csv")).expect(404);
    }
}
