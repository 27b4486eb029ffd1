//! Finding out who has an account, and with which password.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shared_types::{ErrorCode, auth::Registered, paths};

use crate::support::{
    Actor, Content, PASSWORD, Reply, TestApp,
    visitor::{Visitor, fresh_email, limited},
};

const QUARTER: &str = "Rate limit exceeded, retry in 15 minutes";

/// Somebody with a token and an address of their own.
fn signed_in(app: &TestApp) -> (Visitor, String) {
    let client = Visitor::new(app);
    let token = client.register().data::<Registered>(201).token;
    (client, format!("Bearer {token}"))
}

fn send(client: &Visitor, token: &str, method: &str, path: &str, body: &Value) -> Reply {
    client.request(method, path).header("authorization", token).json(body).send()
}

fn change(client: &Visitor, token: &str, current: &str) -> Reply {
    let body = json!({"currentPassword": current, "newPassword": PASSWORD});
    send(client, token, "POST", paths::auth::CHANGE_PASSWORD, &body)
}

#[test]
fn a_stolen_token_does_not_help_to_guess_the_password() {
    let app = limited().start();
    let (client, token) = signed_in(&app);
    // Two ways to try a password, from five addresses: one count.
    for attempt in 0..5 {
        let elsewhere = Visitor::new(&app);
        let reply = if attempt % 2 == 0 {
            change(&elsewhere, &token, "a wrong guess")
        } else {
            let body = json!({"email": fresh_email(), "currentPassword": "a wrong guess"});
            send(&elsewhere, &token, "PATCH", paths::auth::ME, &body)
        };
        reply.refused(400, ErrorCode::BadRequest, "Current password is incorrect");
    }
    change(&client, &token, PASSWORD).refused(429, ErrorCode::RateLimited, QUARTER);
    // What needs no password goes on, and so does everybody else.
    send(&client, &token, "PATCH", paths::auth::ME, &json!({"firstName": "Kim"})).expect(200);
    let (other, token) = signed_in(&app);
    change(&other, &token, PASSWORD).says("Password changed successfully");
}

#[test]
fn five_changes_that_need_the_password_are_allowed() {
    let app = limited().start();
    let (client, token) = signed_in(&app);
    for _ in 0..5 {
        change(&client, &token, PASSWORD).expect(200);
    }
    change(&client, &token, PASSWORD).expect(429);
}

#[test]
fn refused_sign_ins_are_alike_down_to_their_headers() {
    let app = TestApp::start();
    let disabled = app.customer();
    app.database.set_active(disabled.id(), false);
    let shape = |email: &str| {
        let reply = app.anon().post(paths::auth::LOGIN, &json!({"email": email, "password": "a wrong one"}));
        let mut body = reply.expect(401).json();
        body["error"]["requestId"].take();
        let mut headers = reply.all_headers();
        headers.retain(|(name, _)| name != "x-request-id" && name != "date");
        headers.sort();
        (body, headers)
    };
    let known = shape("john@example.com");
    assert_eq!(shape("nobody@example.com"), known);
    assert_eq!(shape(disabled.email()), known);
}

/// What a quarter of the attempts stay below; see `auth/timing.rs`.
fn lower_quartile(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 4].as_secs_f64()
}

#[test]
fn registering_takes_as_long_for_an_address_that_is_taken_as_for_one_that_is_not() {
    let app = TestApp::builder(Content::Demo).set("BCRYPT_SALT_ROUNDS", 8).alone().start();
    let register = |email: &str, status: u16| {
        let started = Instant::now();
        let body = json!({"email": email, "password": "another password"});
        app.anon().post(paths::auth::REGISTER, &body).expect(status);
        started.elapsed()
    };
    register(&fresh_email(), 201);
    let mut times = [const { Vec::new() }; 2];
    for _ in 0..24 {
        times[0].push(register("john@example.com", 409));
        times[1].push(register(&fresh_email(), 201));
    }
    let [taken, free] = times.map(lower_quartile);
    // Without hashing before looking, one that is taken takes a tenth of the time.
    assert!((0.5..2.0).contains(&(taken / free)), "{taken} {free}");
}

#[test]
fn what_is_somebody_elses_and_what_does_not_exist_are_answered_alike() {
    let app = TestApp::start();
    let (john, other) = (app.john(), app.customer());
    let order = john.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let answer = |actor: &Actor, key: &str| {
        let mut body = actor.get(&paths::orders::order(key)).expect(404).json();
        body["error"]["requestId"].take();
        body
    };
    let nothing = answer(&other, "01980000-0000-7000-8000-000000000000");
    assert_eq!(answer(&other, &order.id), nothing);
    assert_eq!(answer(&other, &order.order_number), nothing);
}
