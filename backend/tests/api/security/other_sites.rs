//! What pages of other sites can make a browser do: read answers (CORS), and send requests with the shop's cookie (CSRF).

use shared_types::{ErrorCode, auth::Refreshed, paths};

use crate::support::{Content, PASSWORD, Reply, TestApp};

const ALLOWED: &str = "https://admin.shop.example";

fn app() -> TestApp {
    TestApp::builder(Content::Demo)
        .set("PUBLIC_URL", "https://shop.example")
        .set("CORS_ORIGINS", format!("{ALLOWED},*.partner.example"))
        .start()
}

#[test]
fn an_origin_that_only_looks_like_an_allowed_one_is_told_nothing() {
    let app = app();
    let ask =
        |origin: &str| app.anon().request("GET", paths::catalog::CATEGORIES).header("origin", origin).send();
    for origin in [ALLOWED, "https://a.partner.example", "https://a.b.partner.example"] {
        assert_eq!(ask(origin).header("access-control-allow-origin"), Some(origin));
    }
    for origin in [
        "https://evil-partner.example",
        "https://evilpartner.example",
        "https://partner.example",
        "https://.partner.example",
        "https://a.partner.example.evil.example",
        "https://a.partner.example:8443",
        "https://user@a.partner.example",
        "https://evil.example/a.partner.example",
        "https://evil.example?.partner.example",
        "https://evil.example#.partner.example",
        "https://evil.example\\.partner.example",
        "https://evil.example%2f.partner.example",
        "https://evil.example .partner.example",
        "https://a.partner.example/",
        "http://a.partner.example",
        "https://admin.shop.example.evil.example",
        "https://admin.shop.exampleevil.example",
        "https://evil-admin.shop.example",
        "https://admin.shop.example:443",
        "https://admin.shop.example, https://evil.example",
        "http://admin.shop.example",
        "null",
        "*",
        "",
    ] {
        let reply = ask(origin);
        reply.expect(200);
        let told: Vec<_> =
            reply.all_headers().into_iter().filter(|(name, _)| name.starts_with("access-control")).collect();
        assert_eq!(told, [], "{origin}");
    }
}

#[test]
fn scripts_of_an_allowed_origin_may_read_every_header_that_the_api_sends() {
    // Those that a script may read anyway (Fetch, section 3.3.2), that tell the browser itself something, or that are the
    // connection's.
    const KNOWN: [&str; 22] = [
        "cache-control",
        "content-length",
        "content-type",
        "content-encoding",
        "vary",
        "date",
        "connection",
        "set-cookie",
        "transfer-encoding",
        "content-security-policy",
        "strict-transport-security",
        "x-content-type-options",
        "x-frame-options",
        "referrer-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "permissions-policy",
        "x-robots-tag",
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "access-control-expose-headers",
        "allow",
    ];
    let app = TestApp::builder(Content::Demo)
        .set("CORS_ORIGINS", ALLOWED)
        .set("ENABLE_RATE_LIMITING", true)
        .set("TRUSTED_PROXY_HOPS", 1)
        .set("RATE_LIMIT_BYPASS_TOKEN", "open sesame")
        .start();
    let free = |request: crate::support::actor::Request| request.header("x-load-test-bypass", "open sesame");
    let login = |email: &str| {
        let body = serde_json::json!({"email": email, "password": PASSWORD});
        let reply = free(app.anon().request("POST", paths::auth::LOGIN).json(&body)).send();
        app.anon().with_token(reply.value(200)["token"].as_str().unwrap())
    };
    let (admin, john) = (login("admin@example.com"), login("john@example.com"));
    let order = crate::support::order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    let keyed = || {
        let request = john.request("POST", paths::orders::ORDERS).header(paths::IDEMPOTENCY_KEY, "a-key");
        request.json(&order)
    };
    let category = serde_json::json!({"name": "New", "slug": "new"});
    let requests = [
        admin.request("POST", paths::catalog::CATEGORIES).json(&category),
        app.anon().request("GET", paths::catalog::PRODUCTS),
        app.anon().request("GET", paths::auth::ME),
        app.anon().request("GET", "/api/docs"),
        keyed(),
        keyed(),
    ];
    let replies: Vec<Reply> = requests
        .map(|request| request.header("origin", ALLOWED).header("x-forwarded-for", "192.0.2.77").send())
        .into();
    assert!(replies[0].expect(201).header("location").is_some());
    let exposed = replies[0].header("access-control-expose-headers").unwrap().to_owned();
    let exposed: Vec<_> = exposed.split(", ").collect();
    for (name, _) in replies.iter().flat_map(Reply::all_headers) {
        assert!(
            exposed.contains(&name.as_str()) || KNOWN.contains(&name.as_str()),
            "{name} is hidden from scripts"
        );
    }
    let sent: Vec<String> = replies.iter().flat_map(Reply::all_headers).map(|(name, _)| name).collect();
    for name in exposed.iter().filter(|name| **name != "retry-after") {
        assert!(sent.iter().any(|sent| sent == name), "{name} is exposed and never sent");
    }
}

/// A renewal with a good cookie and these headers.
fn refresh(app: &TestApp, headers: &[(&str, &str)]) -> Reply {
    let cookie = format!("refresh_token={}", app.john().refresh_token.unwrap());
    let request = app.anon().request("POST", paths::auth::REFRESH).header("cookie", &cookie);
    headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
}

#[test]
fn the_shops_own_pages_and_programs_renew_a_session() {
    let app = app();
    for headers in [
        &[][..],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "same-origin"), ("origin", "http://localhost:3000")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://shop.example")],
        &[("origin", "HTTPS://SHOP.EXAMPLE")],
        // Without TLS, on another machine, browsers don't say which site it is: the host that was asked is.
        &[("origin", "http://localhost")],
        &[("origin", ALLOWED)],
        &[("origin", ALLOWED), ("sec-fetch-site", "same-site")],
        &[("origin", ALLOWED), ("sec-fetch-site", "cross-site")],
    ] {
        refresh(&app, headers).data::<Refreshed>(200);
    }
}

#[test]
fn pages_of_anybody_else_do_not_and_the_session_is_not_touched() {
    let app = app();
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "same-site"), ("origin", "https://blog.shop.example")],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://shop.example")],
        &[("sec-fetch-site", "nonsense")],
        &[("sec-fetch-site", "")],
        &[("origin", "https://evil.example")],
        &[("origin", "https://shop.example.evil.example")],
        &[("origin", "https://evilshop.example")],
        &[("origin", "http://shop.example")],
        &[("origin", "http://localhost.evil.example")],
        &[("origin", "http://localhost:4000")],
        &[("origin", "localhost")],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", "\u{1f980}")],
        // A form without a script.
        &[("origin", "https://evil.example"), ("content-type", "application/x-www-form-urlencoded")],
    ] {
        let john = app.john();
        let cookie = format!("refresh_token={}", john.refresh_token.clone().unwrap());
        let request = app.anon().request("POST", paths::auth::REFRESH).header("cookie", &cookie);
        let reply = headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send();
        reply.refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
        assert_eq!(reply.header("set-cookie"), None, "{headers:?}");
        // The cookie was not used: it still works, for those it is for.
        app.anon().request("POST", paths::auth::REFRESH).header("cookie", &cookie).send().expect(200);
        john.get(paths::auth::ME).expect(200);
    }
}

#[test]
fn the_cookie_alone_does_nothing_but_renew() {
    let app = TestApp::start();
    let cookie = format!("refresh_token={}", app.john().refresh_token.unwrap());
    for (method, path) in [
        ("GET", paths::auth::ME),
        ("PATCH", paths::auth::ME),
        ("POST", paths::auth::LOGOUT),
        ("POST", paths::auth::CHANGE_PASSWORD),
        ("GET", paths::auth::SESSIONS),
        ("DELETE", paths::auth::SESSIONS),
        ("GET", paths::orders::ORDERS),
        ("POST", paths::orders::ORDERS),
    ] {
        app.anon().request(method, path).header("cookie", &cookie).send().expect(401);
    }
    // Reading is no renewal: an image or a link on another page changes nothing.
    app.anon().request("GET", paths::auth::REFRESH).header("cookie", &cookie).send().expect(404);
}

#[test]
fn a_form_cannot_sign_anybody_in_or_up() {
    let app = TestApp::start();
    let body = format!(r#"{{"email":"john@example.com","password":"{PASSWORD}"}}"#);
    for path in [paths::auth::LOGIN, paths::auth::REGISTER, paths::cart::QUOTE] {
        for kind in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""]
        {
            let reply = app.anon().request("POST", path).body(kind, body.clone()).send();
            reply.expect(415);
            assert_eq!(reply.header("set-cookie"), None);
        }
    }
    app.anon().request("POST", paths::auth::LOGIN).body("application/json", body).send().expect(200);
}
