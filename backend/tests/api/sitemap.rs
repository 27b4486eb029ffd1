//! The sitemap and the rules for crawlers.

use shared_types::catalog::ProductStatus;

use crate::support::{Content, TestApp};

fn locations(xml: &str) -> Vec<&str> {
    xml.split("<loc>").skip(1).filter_map(|rest| rest.split("</loc>").next()).collect()
}

#[test]
fn it_lists_what_shoppers_may_see_and_nothing_else() {
    let app = TestApp::builder(Content::Demo).set("PUBLIC_URL", "https://shop.example/").start();
    let reply = app.anon().get("/sitemap.xml");
    let xml = reply.expect(200).text();
    assert_eq!(reply.header("content-type"), Some("application/xml; charset=utf-8"));
    assert_eq!(reply.header("cache-control"), Some("public, max-age=600"));
    let found = locations(&xml);
    // Three pages that lead to the others, nine active categories, sixteen active products.
    assert_eq!(found.len(), 3 + 9 + 16, "{xml}");
    for path in ["/", "/products", "/categories", "/categories/laptops", "/products/iphone-15-pro"] {
        assert!(
            found.contains(&format!("https://shop.example{path}").as_str()),
            "{path} is missing in {xml}"
        );
    }
    for hidden in ["unreleased-gadget", "old-phone-model"] {
        assert!(!xml.contains(hidden), "{hidden} is a draft or archived");
    }
    assert_eq!(xml.matches("<lastmod>").count(), 9 + 16);
}

#[test]
fn without_a_configured_address_the_host_that_was_asked_counts() {
    let app = TestApp::start();
    let xml = app.anon().get("/sitemap.xml").expect(200).text();
    // The host that the tests' requests name.
    let asked = "http://localhost/";
    assert!(locations(&xml).iter().all(|address| address.starts_with(asked)), "{xml}");
}

#[test]
fn the_database_is_asked_once_in_a_while() {
    let app = TestApp::start();
    let before = app.anon().get("/sitemap.xml").expect(200).text();
    let phone = app.database.product_id("IPHONE-15-PRO");
    app.database.set_product_status(&phone, ProductStatus::Archived);
    assert_eq!(app.anon().get("/sitemap.xml").expect(200).text(), before);
    let after = app.restart().anon().get("/sitemap.xml").expect(200).text();
    assert!(before.contains("iphone-15-pro") && !after.contains("iphone-15-pro"));
}

#[test]
fn crawlers_are_told_what_is_not_for_them_and_where_the_rest_is() {
    let app = TestApp::builder(Content::Tables).set("PUBLIC_URL", "https://shop.example/").start();
    let reply = app.anon().get("/robots.txt");
    let text = reply.expect(200).text();
    assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
    for line in [
        "Disallow: /account",
        "Disallow: /api/",
        "Allow: /api/catalog/",
        "Sitemap: https://shop.example/sitemap.xml",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in {text}");
    }
}

#[test]
fn answers_of_the_api_are_not_listed_by_themselves() {
    let app = TestApp::start();
    assert_eq!(app.anon().get("/api/catalog/products").header("x-robots-tag"), Some("noindex"));
    assert_eq!(app.anon().get("/api/nothing").header("x-robots-tag"), Some("noindex"));
    assert_eq!(app.anon().get("/sitemap.xml").header("x-robots-tag"), None);
}
