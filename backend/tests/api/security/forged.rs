//! Tokens that must not be believed.

use backend::db::schema::{refresh_tokens, sessions, users};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use diesel::prelude::*;
use hmac::{Hmac, Mac};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use sha2::Sha256;
use shared_types::{auth::Role, paths};

use crate::support::{Actor, TestApp, app::JWT_SECRET};

/// What a token says.
pub fn claims(actor: &Actor) -> Value {
    let payload = actor.token.as_ref().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64.decode(payload).unwrap()).unwrap()
}

/// Claims in a token of this algorithm.
pub fn sign(algorithm: Algorithm, claims: &Value, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::new(algorithm), claims, &key).unwrap()
}

/// A token whose header says what it likes, with an HMAC-SHA256 under this secret.
fn sign_as(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let signed = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
    let mac = Hmac::<Sha256>::new_from_slice(secret).unwrap().chain_update(&signed);
    format!("{signed}.{}", BASE64.encode(mac.finalize().into_bytes()))
}

/// An actor whose claims are this one's with some of them changed, signed as the server signs.
pub fn resigned(actor: &Actor, changes: &[(&str, Value)]) -> Actor {
    let mut claims = claims(actor);
    for (name, value) in changes {
        claims[*name] = value.clone();
    }
    actor.with_token(&sign(Algorithm::HS256, &claims, JWT_SECRET))
}

/// Everything that must be treated like no token at all, by what is wrong with it. The actor's own token is good.
pub fn tokens(app: &TestApp, actor: &Actor) -> Vec<(&'static str, Actor)> {
    let genuine = actor.token.clone().unwrap();
    let (head, signature) = genuine.rsplit_once('.').unwrap();
    let said = claims(actor);
    let mut elevated = said.clone();
    elevated["role"] = json!("ADMIN");
    let with_header =
        |header: Value| format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(said.to_string()));
    let none = with_header(json!({"alg": "none", "typ": "JWT"}));
    let forged = |token: String| actor.with_token(&token);
    vec![
        ("expired", resigned(actor, &[("exp", json!(said["iat"].as_u64().unwrap() - 1))])),
        (
            "signed with another key",
            forged(sign(Algorithm::HS256, &said, "another-secret-0123456789abcdef01234567")),
        ),
        ("signed with no key", forged(sign_as(&json!({"alg": "HS256", "typ": "JWT"}), &said, b""))),
        ("without algorithm or signature", forged(format!("{none}."))),
        ("without algorithm", forged(format!("{none}.{signature}"))),
        ("of another algorithm", forged(sign(Algorithm::HS512, &said, JWT_SECRET))),
        (
            "named RS256, signed by HMAC",
            forged(sign_as(&json!({"alg": "RS256"}), &said, JWT_SECRET.as_bytes())),
        ),
        (
            "with a key of its own",
            forged(sign_as(
                &json!({"alg": "HS256", "jwk": {"kty": "oct", "k": ""}, "kid": "/dev/null"}),
                &said,
                b"",
            )),
        ),
        (
            "changed",
            forged(format!(
                "{}.{}.{signature}",
                head.split('.').next().unwrap(),
                BASE64.encode(elevated.to_string())
            )),
        ),
        ("of somebody who signed out", signed_out(app, actor)),
        ("of a session that was deleted", deleted(app, actor)),
        ("of a disabled account", disabled(app, actor)),
    ]
}

/// Another account with the same role.
fn alike(app: &TestApp, actor: &Actor) -> Actor {
    let twin = app.customer();
    let role = actor.user.as_ref().unwrap().role;
    set_role(app, &twin, role);
    twin
}

/// Gives an account a role behind the application's back.
pub fn set_role(app: &TestApp, actor: &Actor, role: Role) {
    app.database.query(|connection| {
        diesel::update(users::table.find(actor.id())).set(users::role.eq(role.as_str())).execute(connection)
    });
}

fn signed_out(app: &TestApp, actor: &Actor) -> Actor {
    let there = app.login(actor.email());
    there.post_nothing(paths::auth::LOGOUT).expect(200);
    there
}

fn deleted(app: &TestApp, actor: &Actor) -> Actor {
    let there = app.login(actor.email());
    let session = claims(&there)["sid"].as_str().unwrap().to_owned();
    app.database.query(|connection| {
        diesel::delete(refresh_tokens::table.filter(refresh_tokens::session_id.eq(&session)))
            .execute(connection)?;
        diesel::delete(sessions::table.find(&session)).execute(connection)
    });
    there
}

fn disabled(app: &TestApp, actor: &Actor) -> Actor {
    let twin = alike(app, actor);
    app.database.set_active(twin.id(), false);
    twin
}
