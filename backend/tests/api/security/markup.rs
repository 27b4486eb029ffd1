//! Text that shoppers and administrators write is text wherever it comes out again, and addresses lead nowhere else.

use serde_json::json;
use shared_types::paths;

use crate::support::{Content, Reply, TestApp, order_of};

/// Breaks out of text, of attributes, of scripts, of JSON in HTML, of XML.
const HOSTILE: &str =
    "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;]]>\u{2028}{{7*7}}";

/// A body in which a browser finds no markup: what it is is said, and it is not guessed.
fn assert_is_data(reply: &Reply) {
    assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"), "{reply}");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{reply}");
    assert!(reply.header("content-security-policy").unwrap().starts_with("default-src 'none'"), "{reply}");
}

#[test]
fn what_people_write_comes_back_as_data_and_unchanged() {
    let app = TestApp::start();
    let admin = app.admin();
    let category = json!({"name": HOSTILE, "slug": "hostile", "description": HOSTILE});
    let category = admin.post(paths::catalog::CATEGORIES, &category).value(201);
    let product = json!({
        "categoryId": category["id"], "sku": "HOSTILE", "name": HOSTILE, "slug": "hostile", "description": HOSTILE,
        "price": "1.00", "stock": 5, "status": "ACTIVE", "metadata": {"note": HOSTILE},
    });
    let product = admin.post(paths::catalog::PRODUCTS, &product).value(201);
    let john = app.john();
    john.patch(paths::auth::ME, &json!({"firstName": HOSTILE})).expect(200);
    let mut order = order_of(&[(product["id"].as_str().unwrap(), 1)]);
    order.notes = Some(HOSTILE.to_owned());
    order.shipping_address.city = HOSTILE.to_owned();
    let order = john.post(paths::orders::ORDERS, &order).value(201);
    for (actor, path, field) in [
        (&john, paths::catalog::product("hostile"), "/data/name"),
        (&john, paths::catalog::category("hostile"), "/data/description"),
        (&john, "/api/search?q=script".to_owned(), "/products/0/name"),
        (&john, "/api/search/suggest?q=script".to_owned(), "/data/products/0/name"),
        (&john, paths::auth::ME.to_owned(), "/data/firstName"),
        (&john, paths::orders::order(order["id"].as_str().unwrap()), "/data/shippingAddress/city"),
        (&admin, paths::orders::order(order["id"].as_str().unwrap()), "/data/user/firstName"),
        (&admin, paths::orders::ALL.to_owned(), "/data/0/notes"),
    ] {
        let reply = actor.get(&path);
        assert_is_data(reply.expect(200));
        assert_eq!(reply.json().pointer(field), Some(&json!(HOSTILE)), "{field} of {path}");
    }
}

#[test]
fn the_sitemap_holds_no_markup_but_its_own() {
    let app = TestApp::builder(Content::Demo).set("PUBLIC_URL", "https://shop.example").start();
    let admin = app.admin();
    // Everything that breaks out of XML and may be in a slug.
    let slug = "\"><script>alert(1)<!--&amp;']]>";
    admin.post(paths::catalog::CATEGORIES, &json!({"name": HOSTILE, "slug": slug})).expect(201);
    let reply = app.anon().get("/sitemap.xml");
    let xml = reply.expect(200).text();
    assert_eq!(reply.header("content-type"), Some("application/xml; charset=utf-8"));
    assert!(xml.contains("%3Cscript%3E"), "the category is there: {xml}");
    for (at, _) in xml.match_indices('<') {
        let tag = &xml[at..];
        let own = [
            "<?xml ",
            "<urlset ",
            "</urlset>",
            "<url>",
            "</url>",
            "<loc>",
            "</loc>",
            "<lastmod>",
            "</lastmod>",
        ];
        assert!(own.iter().any(|own| tag.starts_with(own)), "{}", &tag[..tag.len().min(40)]);
    }
    assert!(!xml.contains('&') && !xml.contains('\''), "{xml}");
}

#[test]
fn nobody_writes_into_the_sitemap_by_naming_a_host() {
    let app = TestApp::start();
    for host in ["<script>", "a&b", "shop.example/x", "shop.example\"", "user@shop.example", "a b", ""] {
        let head = format!("GET /sitemap.xml HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let reply = crate::support::http::send_raw(app.port, head.as_bytes()).unwrap();
        assert_eq!(reply.status, 400, "{host:?}");
        assert!(!String::from_utf8_lossy(&reply.body).contains(host) || host.is_empty(), "{host:?}");
    }
}

#[test]
fn pictures_have_addresses_that_run_nothing() {
    let app = TestApp::start();
    let admin = app.admin();
    let patch = |url: &str| {
        admin.patch(&paths::catalog::product(&app.product_id("YOGA-MAT-PRO")), &json!({"imageUrl": url}))
    };
    for url in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//http://x",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:image/svg+xml;base64,AAAA",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x.png",
        "/\\evil.example/x.png",
        "https://evil.example/\"onerror=alert(1)",
        "",
    ] {
        assert_eq!(patch(url).invalid_paths(), ["imageUrl"], "{url}");
    }
    for url in ["https://images.example/a.png?x=1&y=2", "/images/a.svg"] {
        assert_eq!(patch(url).value(200)["imageUrl"], url);
    }
}

#[test]
fn no_address_leads_to_another_site() {
    let app = TestApp::start();
    for path in [
        "//evil.example",
        "//evil.example/..",
        "/\\evil.example",
        "/%5cevil.example",
        "/%2f%2fevil.example",
        "///evil.example//",
        "/api/docs//evil.example",
        "/api/docs/..//evil.example",
        "/api/docs?url=https://evil.example",
        "/api/docs%2f%2fevil.example",
        "/api//evil.example/",
        "http://evil.example/api/docs",
        "/?redirect=https://evil.example",
        "/auth/login?redirect=//evil.example",
    ] {
        for host in ["localhost", "evil.example"] {
            let head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
            let reply = crate::support::http::send_raw(app.port, head.as_bytes()).unwrap();
            let to = reply.headers.iter().find(|(name, _)| name == "location").map(|(_, to)| to.as_str());
            // The one redirect there is stays here, whoever is said to be asked.
            assert!(matches!(to, None | Some("/api/docs/")), "{path}: {to:?}");
        }
    }
}

#[test]
fn a_refusal_does_not_repeat_what_was_asked() {
    let app = TestApp::start();
    let mark = "zebra-crossing";
    let customer = app.customer();
    for reply in [
        customer.get(&format!("/{mark}")),
        customer.get(&format!("/api/catalog/products/{mark}")),
        customer.get(&format!("/api/catalog/products?page={mark}")),
        customer.get(&format!("/api/orders?status={mark}")),
        app.anon().post(paths::auth::LOGIN, &json!({"email": mark, "password": mark})),
        app.anon().post(
            paths::auth::REGISTER,
            &json!({"email": format!("{mark}@x"), "password": PASSWORD_TOO_LONG}),
        ),
        app.anon().with_token(mark).get(paths::auth::ME),
        customer
            .post(&paths::orders::pay(mark), &json!({"method": mark, "card": {"number": mark, "cvc": mark}})),
    ] {
        assert!(reply.status >= 400 && !reply.text().contains(mark), "{reply}");
        assert_is_data(&reply);
    }
}

const PASSWORD_TOO_LONG: &str =
    "zebra-crossing-zebra-crossing-zebra-crossing-zebra-crossing-zebra-crossing-zebra";
