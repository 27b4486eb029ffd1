//! That the search for secrets in what the servers log and refuse (`support/leaks.rs`) finds them.

use shared_types::{
    auth::Registered,
    paths,
    payments::{CARD_APPROVED, CARD_DECLINED},
};
use uuid::Uuid;

use crate::support::{
    Content, PASSWORD, TestApp, TestDatabase,
    app::{JWT_SECRET, WEBHOOK_SECRET},
    binary::{self, ServerProcess},
    leaks::{self, PLANTED, shown_by},
    wait_until,
};

#[test]
fn every_kind_of_secret_is_seen_in_a_line() {
    let app = TestApp::start();
    let body = serde_json::json!({"email": "seen@example.com", "password": "correct horse battery"});
    let reply = app.anon().post(paths::auth::REGISTER, &body);
    let (refresh_token, _) = reply.refresh_cookie().unwrap();
    let token = reply.data::<Registered>(201).token;
    let hash = app.database.password_hash(app.login_with("seen@example.com", "correct horse battery").id());
    for secret in [
        JWT_SECRET,
        WEBHOOK_SECRET,
        PASSWORD,
        "correct horse battery",
        &refresh_token,
        &token,
        &format!("Bearer {token}"),
        "refresh_token=x",
        &hash,
        "seen@example.com",
        "Some.Body+tag@sub.shop.co.uk",
        CARD_APPROVED.number,
        CARD_DECLINED.number,
        "4242 4242 4242 4242",
    ] {
        for line in [
            secret.to_owned(),
            format!("WARN event=\"x\" field={secret} more"),
            format!("{{\"a\":\"{secret}\"}}"),
        ] {
            assert!(shown_by(&line).is_some(), "not seen: {line}");
        }
    }
}

#[test]
fn ordinary_lines_show_nothing() {
    for line in [
        "",
        r#"{"timestamp":"2026-11-22T23:53:26.123456Z","level":"INFO","duration_ms":0.083,"status":200,"target":"backend"}"#,
        "listening host=\"127.0.0.1\" port=40000 database=postgres://shop@127.0.0.1:5432/alder_test_1",
        "postgres://shop@database/shop is out of reach",
        "session=01980000-0000-7000-8000-000000000000 user=0198c1a2-7e4f-7000-8000-abcdef012345",
        "card ending in 4242, order ORD-1ABCDEFG-00FF00, 1700000000 and 4242424242424241",
        "Applied: 20260202000000, 20260203000000 at 1700000000007",
        "the refresh token was used again; password changed",
    ] {
        assert_eq!(shown_by(line), None, "{line}");
    }
}

/// A name that is logged as the id of a request, and that the search takes for a secret.
fn planted() -> String {
    let name = format!("{PLANTED}{}", Uuid::new_v4().simple());
    leaks::hide(&name);
    name
}

fn found(name: &str) {
    let mut seen = Vec::new();
    wait_until("what was planted is found", || {
        seen.extend(leaks::planted(name));
        !seen.is_empty()
    });
    assert!(seen[0].contains(name) && seen[0].starts_with("a password or a secret"), "{seen:?}");
}

#[test]
fn what_is_planted_in_the_log_of_a_server_is_found() {
    let app = TestApp::start();
    let name = planted();
    app.anon().request("GET", paths::catalog::CATEGORIES).header("x-request-id", &name).send().expect(200);
    found(&name);
}

#[test]
fn what_is_planted_in_a_refusal_is_found() {
    let app = TestApp::start();
    let name = planted();
    app.anon().request("GET", "/nothing").header("x-request-id", &name).send().expect(404);
    wait_until("it is found in the answer", || {
        leaks::planted(&name).iter().any(|found| found.contains("a refusal"))
    });
}

#[test]
fn what_is_planted_in_the_log_of_a_process_is_found() {
    let database = TestDatabase::with(Content::Demo);
    let server = ServerProcess::start(&database, &[]);
    let name = planted();
    server.anon().request("GET", paths::catalog::CATEGORIES).header("x-request-id", &name).send().expect(200);
    found(&name);
}

#[test]
fn what_is_planted_in_the_output_of_a_command_is_found() {
    let name = planted();
    binary::run(&[&name], &[]);
    found(&name);
}
