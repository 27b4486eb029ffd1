//! `POST /api/auth/login`

use serde_json::json;
use shared_types::{ErrorCode, auth::Role, paths};

use crate::support::{
    PASSWORD, Reply, TestApp,
    shapes::{USER_SUMMARY, assert_fields},
};

fn login(app: &TestApp, email: &str, password: &str) -> Reply {
    app.anon().post(paths::auth::LOGIN, &json!({"email": email, "password": password}))
}

#[test]
fn the_right_password_signs_in() {
    let app = TestApp::start();
    let data = login(&app, "john@example.com", PASSWORD).value(200);
    assert_fields(&data, &["user", "token"]);
    assert_fields(&data["user"], USER_SUMMARY);
    assert_eq!((&data["user"]["firstName"], &data["user"]["role"]), (&json!("John"), &json!("CUSTOMER")));
    app.anon().with_token(data["token"].as_str().unwrap()).get(paths::auth::ME).expect(200);
}

#[test]
fn an_administrator_is_one_after_signing_in() {
    let app = TestApp::start();
    assert_eq!(app.admin().user.unwrap().role, Role::Admin);
}

#[test]
fn the_address_may_be_spelled_in_any_case() {
    let app = TestApp::start();
    assert_eq!(login(&app, "  JOHN@Example.com ", PASSWORD).value(200)["user"]["email"], "john@example.com");
}

#[test]
fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let app = TestApp::start();
    let wrong = login(&app, "john@example.com", "password124");
    let unknown = login(&app, "nobody@example.com", PASSWORD);
    for reply in [&wrong, &unknown] {
        reply.refused(401, ErrorCode::Unauthorized, "Invalid email or password");
        assert_eq!(reply.refresh_cookie(), None);
    }
}

#[test]
fn passwords_are_compared_exactly() {
    let app = TestApp::start();
    for password in ["PASSWORD123", " password123", "password123 ", "password12", "password1234"] {
        login(&app, "john@example.com", password).expect(401);
    }
}

#[test]
fn a_disabled_account_is_told_so_only_after_the_right_password() {
    let app = TestApp::start();
    let john = app.john();
    app.database.set_active(john.id(), false);
    let wrong = login(&app, "john@example.com", "not the password");
    wrong.refused(401, ErrorCode::Unauthorized, "Invalid email or password");
    let right = login(&app, "john@example.com", PASSWORD);
    right.refused(401, ErrorCode::Unauthorized, "Account is disabled");
    assert_eq!(right.refresh_cookie(), None);
    app.database.set_active(john.id(), true);
    login(&app, "john@example.com", PASSWORD).expect(200);
}

#[test]
fn credentials_that_cannot_be_anybodys_are_named() {
    let app = TestApp::start();
    login(&app, "john@example.com", "").invalid_at("password", "Password is required");
    login(&app, "john", PASSWORD).invalid_at("email", "Invalid email address");
    let nothing = app.anon().post(paths::auth::LOGIN, &json!({})).invalid();
    assert_eq!(nothing.first("email"), Some("Invalid email address"));
    assert_eq!(nothing.first("password"), Some("Password is required"));
}
