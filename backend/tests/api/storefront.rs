//! The storefront's files, when the server serves them.

use std::fs;

use shared_types::ErrorCode;

use crate::support::{Content, TestApp};

const PAGE: &str = "<!doctype html><title>Alder</title><script>start()</script><script type=\"module\" src=\"/a.js\"></script>";

/// A server with a small storefront.
fn app() -> TestApp {
    let folder = format!("{}/storefront-{}", env!("CARGO_TARGET_TMPDIR"), uuid::Uuid::new_v4());
    fs::create_dir_all(format!("{folder}/images")).unwrap();
    fs::write(format!("{folder}/index.html"), PAGE).unwrap();
    fs::write(format!("{folder}/main-0123456789abcdef.css"), "a { color: red }").unwrap();
    fs::write(format!("{folder}/main-0123456789abcdef.css.br"), "as brotli").unwrap();
    fs::write(format!("{folder}/images/lamp.svg"), "<svg/>").unwrap();
    let app = TestApp::builder(Content::Demo).set("SPA_DIR", &folder).start();
    // Files are read once, at start.
    fs::remove_dir_all(folder).unwrap();
    app
}

#[test]
fn every_address_of_the_application_is_its_page() {
    let app = app();
    for path in
        ["/", "/index.html", "/products", "/products/iphone-15-pro", "/orders/1/pay?x=1", "/%F0%9F%A6%80"]
    {
        let reply = app.anon().get(path);
        assert_eq!(reply.expect(200).text(), PAGE, "{path}");
        assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(reply.header("cache-control"), Some("no-cache"));
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.contains("'sha256-") && !policy.contains("'unsafe-inline'"), "{policy}");
    }
}

#[test]
fn files_are_sent_with_their_type_and_their_age() {
    let app = app();
    let style = app.anon().get("/main-0123456789abcdef.css");
    assert_eq!(style.expect(200).text(), "a { color: red }");
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(style.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let picture = app.anon().get("/images/lamp.svg");
    assert_eq!(picture.expect(200).header("content-type"), Some("image/svg+xml"));
}

#[test]
fn a_compressed_file_goes_to_those_who_can_read_it() {
    let app = app();
    let ask = |coding: &str| {
        app.anon().request("GET", "/main-0123456789abcdef.css").header("accept-encoding", coding).send()
    };
    let brotli = ask("gzip, br");
    assert_eq!((brotli.header("content-encoding"), brotli.text().as_str()), (Some("br"), "as brotli"));
    let plain = ask("identity");
    assert_eq!((plain.header("content-encoding"), plain.text().as_str()), (None, "a { color: red }"));
    assert!(plain.headers("vary").join(",").to_lowercase().contains("accept-encoding"));
}

#[test]
fn what_the_browser_has_already_is_not_sent_again() {
    let app = app();
    let first = app.anon().get("/");
    let etag = first.header("etag").unwrap().to_owned();
    let ask = |tag: &str| app.anon().request("GET", "/").header("if-none-match", tag).send();
    for tag in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}")] {
        let again = ask(&tag);
        assert!(again.expect(304).bytes().is_empty(), "{tag}");
        assert_eq!(again.header("etag"), Some(etag.as_str()));
    }
    ask("\"other\"").expect(200);
}

#[test]
fn a_file_that_is_not_there_is_not_found_and_the_api_stays_the_api() {
    let app = app();
    for path in
        ["/nothing.js", "/images/nothing.svg", "/../Cargo.toml", "/..%2f..%2fCargo.toml", "/api/nothing"]
    {
        app.anon().get(path).refused(404, ErrorCode::NotFound, "Not found");
    }
    app.anon().request("POST", "/products").send().expect(404);
    app.anon().request("HEAD", "/").send().expect(200);
}
