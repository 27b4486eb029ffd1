//! How many requests a client may send. Clients are told apart by what a trusted proxy says of them.

use serde_json::json;
use shared_types::{ErrorCode, paths};

use crate::support::{
    Actor, Content, PASSWORD, Reply, TestApp,
    actor::Request,
    app::Builder,
    visitor::{Visitor, fresh_email, limited},
    wait_until,
};

const MINUTE: &str = "Rate limit exceeded, retry in 1 minute";
const QUARTER: &str = "Rate limit exceeded, retry in 15 minutes";
const HOUR: &str = "Rate limit exceeded, retry in 1 hour";

fn small(max: u32) -> Builder {
    limited().set("RATE_LIMIT_MAX", max)
}

fn assert_over(reply: &Reply, message: &str, limit: &str, longest: u64) {
    reply.refused(429, ErrorCode::RateLimited, message);
    assert_eq!(standing(reply), (Some(limit), Some("0")));
    let [wait, reset] = ["retry-after", "x-ratelimit-reset"].map(|name| seconds(reply, name));
    assert!(wait == reset && (1..=longest).contains(&wait), "{wait} {reset}");
}

fn standing(reply: &Reply) -> (Option<&str>, Option<&str>) {
    (reply.header("x-ratelimit-limit"), reply.header("x-ratelimit-remaining"))
}

fn seconds(reply: &Reply, name: &str) -> u64 {
    reply.header(name).unwrap_or_else(|| panic!("{name} of {reply}")).parse().unwrap()
}

#[test]
fn the_hundred_and_first_request_within_a_minute_is_refused() {
    let app = limited().start();
    let (client, other) = (Visitor::new(&app), Visitor::new(&app));
    for number in 1..=100_u32 {
        let reply = client.get(paths::catalog::CATEGORIES);
        reply.expect(200);
        let left = (100 - number).to_string();
        assert_eq!(standing(&reply), (Some("100"), Some(left.as_str())));
        assert!((1..=60).contains(&seconds(&reply, "x-ratelimit-reset")));
    }
    assert_over(&client.get(paths::catalog::CATEGORIES), MINUTE, "100", 60);
    assert_over(&client.get(paths::catalog::PRODUCTS), MINUTE, "100", 60);
    other.get(paths::catalog::CATEGORIES).expect(200);
}

#[test]
fn the_sixth_sign_in_within_a_quarter_of_an_hour_is_refused_even_with_the_right_password() {
    let app = limited().start();
    let client = Visitor::new(&app);
    let passwords = ["wrong", PASSWORD, "wrong", "wrong", PASSWORD];
    for (index, password) in passwords.into_iter().enumerate() {
        // Five accounts, so that only the address has been counted five times.
        let email = app.register_fresh();
        let reply = client.login(&email, password);
        reply.expect(if password == PASSWORD { 200 } else { 401 });
        let left = (4 - index).to_string();
        assert_eq!(standing(&reply), (Some("5"), Some(left.as_str())));
    }
    assert_over(&client.login(&app.register_fresh(), PASSWORD), QUARTER, "5", 900);
    Visitor::new(&app).login(&app.register_fresh(), PASSWORD).expect(200);
}

#[test]
fn an_account_is_counted_whoever_tries_and_whether_or_not_it_exists() {
    let app = limited().start();
    let known = app.register_fresh();
    for email in [known, fresh_email()] {
        for _ in 0..5 {
            Visitor::new(&app).login(&email.to_uppercase(), "wrong").expect(401);
        }
        let refused = Visitor::new(&app).login(&email, PASSWORD);
        assert_over(&refused, QUARTER, "5", 900);
        assert_eq!(refused.refresh_cookie(), None);
    }
    Visitor::new(&app).login(&app.register_fresh(), PASSWORD).expect(200);
}

#[test]
fn the_fourth_registration_within_an_hour_is_refused() {
    let app = limited().start();
    let client = Visitor::new(&app);
    for left in ["2", "1", "0"] {
        let reply = client.register();
        reply.expect(201);
        assert_eq!(standing(&reply), (Some("3"), Some(left)));
    }
    assert_over(&client.register(), HOUR, "3", 3_600);
    Visitor::new(&app).register().expect(201);
}

#[test]
fn a_request_with_a_limit_of_its_own_counts_against_that_one_only() {
    let app = small(2).start();
    let client = Visitor::new(&app);
    client.login(&fresh_email(), "wrong").expect(401);
    client.register().expect(201);
    client.get(paths::catalog::CATEGORIES).expect(200);
    client.get(paths::catalog::CATEGORIES).expect(200);
    client.get(paths::catalog::CATEGORIES).expect(429);
    client.register().expect(201);
}

#[test]
fn when_the_window_ends_the_full_allowance_is_back() {
    let app = small(2).set("RATE_LIMIT_TIME_WINDOW", 1_000).start();
    let client = Visitor::new(&app);
    let ask = || client.get(paths::catalog::CATEGORIES);
    assert_eq!([ask(), ask()].map(|reply| reply.status), [200, 200]);
    assert_over(&ask(), "Rate limit exceeded, retry in 1 second", "2", 1);
    wait_until("the window has ended", || ask().status == 200);
    assert_eq!(standing(&ask()), (Some("2"), Some("0")));
}

#[test]
fn everything_under_the_api_is_counted_whatever_it_answers() {
    let app = small(6).start();
    let client = Visitor::new(&app);
    client.get("/api/no/such/thing").expect(404);
    client.get(paths::auth::ME).expect(401);
    client.get(paths::system::DOCS).expect(200);
    client.request("HEAD", paths::catalog::CATEGORIES).send().expect(200);
    client.get("/%61pi/catalog/categories").expect(200);
    client.request("GET", paths::auth::LOGIN).send();
    client.get(paths::catalog::CATEGORIES).expect(429);
}

#[test]
fn probes_are_not_counted() {
    let app = small(1).start();
    let client = Visitor::new(&app);
    wait_until("the server is ready", || client.get(paths::system::READY).status == 200);
    for _ in 0..5 {
        for path in [paths::system::HEALTH, paths::system::READY] {
            let reply = client.get(path);
            assert_eq!(standing(reply.expect(200)), (None, None));
        }
    }
    client.get(paths::catalog::CATEGORIES).expect(200);
    client.get(paths::catalog::CATEGORIES).expect(429);
    client.get(paths::system::HEALTH).expect(200);
}

#[test]
fn no_other_spelling_of_an_address_escapes_its_limit() {
    let app = limited().start();
    let client = Visitor::new(&app);
    let body = json!({"email": "nobody@example.com"});
    let ask = |path: &str| client.request("POST", path).json(&body).send();
    for path in [
        "/api/auth/login",
        "/api/auth/login/",
        "/api/auth/log%69n",
        "/%61pi/auth/login",
        "/api/auth/login?x=1",
    ] {
        ask(path).expect(422);
    }
    for path in ["/api/auth/login", "/api/auth/login/", "/api/auth/l%6Fgin/?x=2"] {
        assert_over(&ask(path), QUARTER, "5", 900);
    }
}

#[test]
fn the_limit_comes_before_the_body_the_caller_and_the_fields() {
    let app = small(1).start();
    let client = Visitor::new(&app);
    let broken =
        || client.request("POST", paths::orders::ORDERS).body("application/json", b"{".to_vec()).send();
    broken().expect(400);
    assert_over(&broken(), MINUTE, "1", 60);
    assert_over(&client.get(paths::auth::ME), MINUTE, "1", 60);
}

#[test]
fn switched_off_nothing_is_counted() {
    let app = small(1).set("ENABLE_RATE_LIMITING", false).start();
    let client = Visitor::new(&app);
    for _ in 0..8 {
        assert_eq!(standing(client.get(paths::catalog::CATEGORIES).expect(200)), (None, None));
        client.login("john@example.com", "wrong").expect(401);
    }
}

fn with_token(client: &Visitor, method: &str, path: &str, token: &str) -> Request {
    client.request(method, path).header("x-load-test-bypass", token)
}

#[test]
fn the_bypass_token_skips_every_limit_and_no_other_text_does() {
    let app = small(1).set("RATE_LIMIT_BYPASS_TOKEN", "open sesame").start();
    let client = Visitor::new(&app);
    let email = app.register_fresh();
    for _ in 0..7 {
        let reply = with_token(&client, "GET", paths::catalog::CATEGORIES, "open sesame").send();
        assert_eq!(standing(reply.expect(200)), (None, None));
        let login = with_token(&client, "POST", paths::auth::LOGIN, "open sesame");
        login.json(&json!({"email": email, "password": "wrong"})).send().expect(401);
    }
    with_token(&client, "GET", paths::catalog::CATEGORIES, "open").send().expect(200);
    for guess in ["", "open sesam", "open sesame!", "OPEN SESAME"] {
        with_token(&client, "GET", paths::catalog::CATEGORIES, guess).send().expect(429);
    }
}

#[test]
fn without_a_bypass_token_nobody_is_exempt() {
    let app = small(1).start();
    let client = Visitor::new(&app);
    with_token(&client, "GET", paths::catalog::CATEGORIES, "").send().expect(200);
    with_token(&client, "GET", paths::catalog::CATEGORIES, "").send().expect(429);
}

#[test]
fn a_browser_may_read_that_it_has_to_wait() {
    let origin = "https://shop.example";
    let app = small(1).set("CORS_ORIGINS", origin).start();
    let client = Visitor::new(&app);
    let ask = || client.request("GET", paths::catalog::CATEGORIES).header("origin", origin).send();
    ask().expect(200);
    let refused = ask();
    assert_over(&refused, MINUTE, "1", 60);
    assert_eq!(refused.header("access-control-allow-origin"), Some(origin));
    let exposed = refused.header("access-control-expose-headers").unwrap_or_default();
    for name in ["retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"] {
        assert!(exposed.contains(name), "{exposed}");
    }
    for _ in 0..3 {
        let preflight = client.request("OPTIONS", paths::orders::ORDERS).header("origin", origin);
        preflight.header("access-control-request-method", "POST").send().expect(204);
    }
}

#[test]
fn what_a_client_writes_left_of_the_trusted_entries_changes_nothing() {
    let app = small(1).set("TRUSTED_PROXY_HOPS", 2).start();
    let [client, proxy] = [Visitor::new(&app).address, Visitor::new(&app).address];
    let ask = |forwarded: String| {
        let request = app.anon().request("GET", paths::catalog::CATEGORIES);
        request.header("x-forwarded-for", &forwarded).send().status
    };
    assert_eq!(ask(format!("{client}, {proxy}")), 200);
    for spoofed in ["1.2.3.4", "5.6.7.8, 9.9.9.9", "nonsense", "::1"] {
        assert_eq!(ask(format!("{spoofed}, {client}, {proxy}")), 429);
    }
}

#[test]
fn without_trusted_proxies_the_connection_counts_and_the_header_does_not() {
    // Every client of this machine is the same one here, so the limit is beyond what the tests send.
    let app = small(100_000).set("TRUSTED_PROXY_HOPS", 0).start();
    let left = |address: &str| {
        let request = app.anon().request("GET", paths::catalog::CATEGORIES);
        let reply = request.header("x-forwarded-for", address).send();
        reply.header("x-ratelimit-remaining").unwrap().parse::<u32>().unwrap()
    };
    let first = left("203.0.113.1");
    assert!(left("203.0.113.2") < first);
}

#[test]
fn addresses_of_one_ipv6_subscriber_are_one_client() {
    let app = small(1).start();
    let network = uuid::Uuid::new_v4().as_fields().1;
    let ask = |subnet: &str, host: &str| {
        let address = format!("2001:db8:{network:x}:{subnet}::{host}");
        let request = app.anon().request("GET", paths::catalog::CATEGORIES);
        request.header("x-forwarded-for", &address).send().status
    };
    assert_eq!([ask("1", "1"), ask("1", "2"), ask("1", "ffff")], [200, 429, 429]);
    assert_eq!(ask("2", "1"), 200);
}

#[test]
fn the_session_list_shows_the_address_that_is_counted() {
    let app = limited().start();
    let client = Visitor::new(&app);
    let token =
        client.login(&app.register_fresh(), PASSWORD).value(200)["token"].as_str().unwrap().to_owned();
    let sessions = Actor::anon(app.port).with_token(&token).get(paths::auth::SESSIONS).value(200);
    let addresses: Vec<_> = sessions.as_array().unwrap().iter().map(|session| &session["address"]).collect();
    assert!(addresses.contains(&&json!(client.address)), "{addresses:?}");
}

#[test]
fn files_of_the_storefront_are_not_counted() {
    let folder = tempfolder();
    let app = small(1).set("SPA_DIR", &folder).start();
    let client = Visitor::new(&app);
    for path in ["/", "/products/x", "/index.html"] {
        assert_eq!(standing(client.get(path).expect(200)), (None, None));
    }
    std::fs::remove_dir_all(folder).unwrap();
}

fn tempfolder() -> String {
    let folder = std::env::temp_dir().join(format!("alder-limits-{}", backend::db::new_id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("index.html"), "<!doctype html><title>Shop</title>").unwrap();
    folder.display().to_string()
}

#[test]
fn nobody_is_limited_by_the_hundreds_of_others() {
    let app = TestApp::builder(Content::Demo)
        .set("ENABLE_RATE_LIMITING", true)
        .set("TRUSTED_PROXY_HOPS", 1)
        .set("RATE_LIMIT_MAX", 1)
        .start();
    for _ in 0..300 {
        Visitor::new(&app).get(paths::system::DOCS).expect(200);
    }
}
