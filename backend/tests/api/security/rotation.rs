//! Changing the secret that signs tokens: `JWT_SECRET` signs, `JWT_SECRET_PREVIOUS` is believed as well.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use shared_types::{ErrorCode, auth::Refreshed, paths};

use super::forged::{claims, sign};
use crate::support::{
    Actor, Content, TestApp, TestDatabase,
    app::JWT_SECRET,
    binary::ServerProcess,
    database::redis_url,
    turn::Turn,
    visitor::{Visitor, fresh_email},
};

const NEXT: &str = "the-next-secret-of-the-tests-9876543210fedcba";

/// The same application with other secrets.
fn with_secrets(app: TestApp, present: &str, previous: &str) -> TestApp {
    app.restart_with(&[("JWT_SECRET", present), ("JWT_SECRET_PREVIOUS", previous)])
}

fn at(actor: &Actor, app: &TestApp) -> Actor {
    Actor { port: app.port, ..actor.clone() }
}

/// Whether this secret signed the actor's token.
fn is_signed_by(actor: &Actor, secret: &str) -> bool {
    let (key, token) = (DecodingKey::from_secret(secret.as_bytes()), actor.token.as_ref().unwrap());
    jsonwebtoken::decode::<Value>(token, &key, &Validation::new(Algorithm::HS256)).is_ok()
}

#[test]
fn while_the_secret_changes_tokens_of_both_are_believed_and_the_present_one_signs() {
    let app = TestApp::start();
    let before = app.john();
    assert!(is_signed_by(&before, JWT_SECRET));

    let app = with_secrets(app, NEXT, JWT_SECRET);
    at(&before, &app).get(paths::auth::ME).expect(200);
    let after = app.john();
    after.get(paths::auth::ME).expect(200);
    assert!(is_signed_by(&after, NEXT) && !is_signed_by(&after, JWT_SECRET));
    let cookie = format!("refresh_token={}", before.refresh_token.clone().unwrap());
    let renewed = app.anon().request("POST", paths::auth::REFRESH).header("cookie", &cookie).send();
    let renewed = app.anon().with_token(&renewed.data::<Refreshed>(200).token);
    assert!(is_signed_by(&renewed, NEXT));

    // Once nobody can hold a token of the old secret any more, it is taken away.
    let app = with_secrets(app, NEXT, "");
    at(&before, &app).assert_signed_out();
    at(&after, &app).get(paths::auth::ME).expect(200);
}

#[test]
fn replicas_that_have_not_changed_yet_believe_the_next_secret() {
    let app = TestApp::start();
    let changed = with_secrets(app, NEXT, JWT_SECRET);
    let early = changed.john();
    let not_changed = with_secrets(changed, JWT_SECRET, NEXT);
    at(&early, &not_changed).get(paths::auth::ME).expect(200);
    assert!(is_signed_by(&not_changed.john(), JWT_SECRET));
}

#[test]
fn a_second_secret_changes_nothing_else_about_what_is_believed() {
    let app = with_secrets(TestApp::start(), NEXT, JWT_SECRET);
    let john = app.john();
    let said = claims(&john);
    let mut expired = said.clone();
    expired["exp"] = json!(said["iat"].as_u64().unwrap() - 1);
    for secret in [NEXT, JWT_SECRET] {
        john.with_token(&sign(Algorithm::HS256, &said, secret)).get(paths::auth::ME).expect(200);
        john.with_token(&sign(Algorithm::HS256, &expired, secret)).assert_signed_out();
        john.with_token(&sign(Algorithm::HS512, &said, secret)).assert_signed_out();
    }
    for secret in ["", "a-third-secret-0123456789abcdef0123456789", &format!("{NEXT}{JWT_SECRET}")] {
        john.with_token(&sign(Algorithm::HS256, &said, secret)).assert_signed_out();
    }
}

#[test]
fn nobody_may_guess_anew_because_the_secret_changes() {
    let Some(redis) = redis_url() else {
        return;
    };
    // On a busy machine Redis may answer too late, and a server then counts by itself.
    let _turn = Turn::alone();
    let database = TestDatabase::with(Content::Demo);
    let server = |present: &str, previous: &str| {
        let settings = [
            ("ENABLE_RATE_LIMITING", "true"),
            ("TRUSTED_PROXY_HOPS", "1"),
            ("REDIS_URL", redis.as_str()),
            ("JWT_SECRET", present),
            ("JWT_SECRET_PREVIOUS", previous),
        ];
        ServerProcess::start(&database, &settings)
    };
    let email = fresh_email();
    let guess = |server: &ServerProcess| Visitor::at(server.port).login(&email, "wrong");
    // Before, while and after the secret changes: each a server that the others' counts reach.
    let servers = [server(JWT_SECRET, ""), server(JWT_SECRET, NEXT), server(NEXT, JWT_SECRET)];
    for server in [&servers[0], &servers[1], &servers[1], &servers[2], &servers[2]] {
        guess(server).expect(401);
    }
    for server in &servers {
        let quarter = "Rate limit exceeded, retry in 15 minutes";
        guess(server).refused(429, ErrorCode::RateLimited, quarter);
    }
}
