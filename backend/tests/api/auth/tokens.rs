//! Access tokens: which are believed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use shared_types::paths;

use crate::support::{Actor, Content, TestApp, app::JWT_SECRET, wait_until};

/// What a token says.
fn claims(actor: &Actor) -> Value {
    let token = actor.token.as_ref().unwrap();
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

fn sign(algorithm: Algorithm, claims: &Value, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::new(algorithm), claims, &key).unwrap()
}

/// The actor's claims with some of them changed, signed as the server signs.
fn resigned(actor: &Actor, changes: &[(&str, Value)]) -> Actor {
    let mut claims = claims(actor);
    for (name, value) in changes {
        claims[*name] = value.clone();
    }
    actor.with_token(&sign(Algorithm::HS256, &claims, JWT_SECRET))
}

#[test]
fn a_token_names_account_role_and_session_and_lives_fifteen_minutes() {
    let app = TestApp::start();
    let john = app.john();
    let claims = claims(&john);
    crate::support::shapes::assert_fields(&claims, &["sub", "role", "sid", "iat", "exp"]);
    assert_eq!((claims["sub"].as_str(), claims["role"].as_str()), (Some(john.id()), Some("CUSTOMER")));
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 900);
    // The tests' own signature is as good as the server's, so that what is refused below is refused for its reason.
    resigned(&john, &[]).get(paths::auth::ME).expect(200);
}

#[test]
fn a_token_signed_with_another_secret_is_refused() {
    let app = TestApp::start();
    let john = app.john();
    john.with_token(&sign(Algorithm::HS256, &claims(&john), "another-secret-0123456789abcdef0123456789"))
        .assert_signed_out();
}

#[test]
fn a_token_with_another_algorithm_is_refused() {
    let app = TestApp::start();
    let john = app.john();
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        john.with_token(&sign(algorithm, &claims(&john), JWT_SECRET)).assert_signed_out();
    }
    let payload = URL_SAFE_NO_PAD.encode(claims(&john).to_string());
    let signature = john.token.as_ref().unwrap().rsplit('.').next().unwrap().to_owned();
    for header in [json!({"alg": "none"}), json!({"alg": "None", "typ": "JWT"}), json!({"typ": "JWT"})] {
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        for signature in ["", &signature] {
            john.with_token(&format!("{header}.{payload}.{signature}")).assert_signed_out();
        }
    }
}

#[test]
fn a_token_that_was_changed_is_refused() {
    let app = TestApp::start();
    let (john, admin) = (app.john(), app.admin());
    let token = john.token.clone().unwrap();
    let parts: Vec<_> = token.split('.').collect();
    let mut changed = claims(&john);
    changed["sub"] = json!(admin.id());
    let payload = URL_SAFE_NO_PAD.encode(changed.to_string());
    for forged in [
        format!("{}.{payload}.{}", parts[0], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        token.chars().rev().collect(),
        format!("{token}x"),
        String::new(),
        "...".to_owned(),
    ] {
        john.with_token(&forged).assert_signed_out();
    }
}

#[test]
fn a_token_that_has_expired_or_never_would_is_refused() {
    let app = TestApp::start();
    let john = app.john();
    let now = claims(&john)["iat"].as_u64().unwrap();
    resigned(&john, &[("exp", json!(now - 1))]).assert_signed_out();
    resigned(&john, &[("exp", json!(now + 60))]).get(paths::auth::ME).expect(200);
    let mut eternal = claims(&john);
    eternal.as_object_mut().unwrap().remove("exp");
    john.with_token(&sign(Algorithm::HS256, &eternal, JWT_SECRET)).assert_signed_out();
}

#[test]
fn a_token_stops_working_when_its_configured_time_is_over() {
    let app = TestApp::builder(Content::Demo).set("JWT_EXPIRES_IN", "1s").start();
    let john = app.john();
    john.get(paths::auth::ME).expect(200);
    wait_until("the token expires", || john.get(paths::auth::ME).status == 401);
}

#[test]
fn a_token_of_a_session_that_is_not_the_accounts_is_refused() {
    let app = TestApp::start();
    let (john, jane) = (app.john(), app.login("jane@example.com"));
    resigned(&john, &[("sid", json!("01980000-0000-7000-8000-000000000000"))]).assert_signed_out();
    resigned(&john, &[("sid", claims(&jane)["sid"].clone())]).assert_signed_out();
    resigned(&john, &[("sub", json!("01980000-0000-7000-8000-000000000000"))]).assert_signed_out();
    resigned(&john, &[("sub", json!(jane.id())), ("sid", claims(&jane)["sid"].clone())])
        .get(paths::auth::ME)
        .expect(200);
}

#[test]
fn a_token_of_a_session_that_was_deleted_is_refused() {
    use backend::db::schema::{refresh_tokens, sessions};
    use diesel::prelude::*;

    let app = TestApp::start();
    let john = app.john();
    app.database.query(|connection| {
        diesel::delete(refresh_tokens::table).execute(connection)?;
        diesel::delete(sessions::table.filter(sessions::user_id.eq(john.id()))).execute(connection)
    });
    john.assert_signed_out();
}

#[test]
fn the_scheme_may_be_spelled_in_any_case_and_must_be_bearer() {
    let app = TestApp::start();
    let john = app.john();
    let token = john.token.clone().unwrap();
    let ask =
        |value: String| app.anon().request("GET", paths::auth::ME).header("authorization", &value).send();
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        ask(format!("{scheme} {token}")).expect(200);
    }
    for value in [
        format!("Basic {token}"),
        format!("Token {token}"),
        token.clone(),
        "Bearer".to_owned(),
        format!("Bearer{token}"),
    ] {
        ask(value).expect(401);
    }
}

#[test]
fn where_a_token_is_optional_a_bad_one_counts_as_none() {
    let app = TestApp::start();
    let forged = app.anon().with_token("nonsense");
    forged.get(paths::catalog::PRODUCTS).expect(200);
    forged.get(&paths::catalog::product("yoga-mat-pro")).expect(200);
    forged.get(&paths::catalog::product("unreleased-gadget")).expect(404);
    let expired = resigned(&app.admin(), &[("exp", json!(1))]);
    expired.get(&paths::catalog::product("unreleased-gadget")).expect(404);
    app.admin().get(&paths::catalog::product("unreleased-gadget")).expect(200);
}
