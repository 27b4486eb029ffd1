//! `PATCH /api/auth/me`, `POST /api/auth/change-password`

use serde_json::json;
use shared_types::{
    ErrorCode,
    auth::{LoggedIn, ProfileUpdated, UserProfile},
    paths,
};

use crate::support::{Actor, Content, PASSWORD, Reply, TestApp, at_once, shapes::assert_fields};

fn patch(actor: &Actor, body: &serde_json::Value) -> Reply {
    actor.request("PATCH", paths::auth::ME).json(body).send()
}

fn sign_in(app: &TestApp, email: &str, password: &str) -> Reply {
    app.anon().post(paths::auth::LOGIN, &json!({"email": email, "password": password}))
}

#[test]
fn names_change_one_at_a_time_and_nothing_else_does() {
    let app = TestApp::start();
    let john = app.john();
    let before: UserProfile = john.get(paths::auth::ME).data(200);
    let reply = patch(&john, &json!({"firstName": " Jack ", "role": "ADMIN", "isActive": false}));
    assert_fields(&reply.value(200), &["id", "email", "firstName", "lastName", "role", "updatedAt"]);
    let changed: ProfileUpdated = reply.data(200);
    assert_eq!(changed.user.first_name.as_deref(), Some("Jack"));
    assert_eq!(changed.user.last_name, before.user.last_name);
    let after: UserProfile = john.get(paths::auth::ME).data(200);
    assert_eq!((after.user.first_name.as_deref(), after.user.role), (Some("Jack"), before.user.role));
    assert!(after.updated_at > before.updated_at);
    assert_eq!(after.user.created_at, before.user.created_at);
}

#[test]
fn changing_nothing_is_no_change() {
    let app = TestApp::start();
    let john = app.john();
    let before: UserProfile = john.get(paths::auth::ME).data(200);
    for body in [json!({}), json!({"email": "JOHN@example.com"})] {
        let same: ProfileUpdated = patch(&john, &body).data(200);
        assert_eq!(same.updated_at, before.updated_at);
        assert_eq!(same.user.email, "john@example.com");
    }
}

#[test]
fn a_name_that_is_empty_or_null_is_refused() {
    let app = TestApp::start();
    let john = app.john();
    for (field, value) in
        [("firstName", json!("")), ("lastName", json!(null)), ("firstName", json!("x".repeat(101)))]
    {
        assert_eq!(patch(&john, &json!({field: value})).invalid_paths(), [field]);
    }
    let me: UserProfile = john.get(paths::auth::ME).data(200);
    assert_eq!((me.user.first_name.as_deref(), me.user.last_name.as_deref()), (Some("John"), Some("Doe")));
}

#[test]
fn a_new_address_needs_the_password() {
    let app = TestApp::start();
    let john = app.john();
    let without = patch(&john, &json!({"email": "new@example.com", "firstName": "Jack"}));
    without.invalid_at("currentPassword", "Current password is required");
    let wrong = patch(&john, &json!({"email": "new@example.com", "currentPassword": "not the password"}));
    wrong.refused(400, ErrorCode::BadRequest, "Current password is incorrect");
    let me: UserProfile = john.get(paths::auth::ME).data(200);
    assert_eq!((me.user.email.as_str(), me.user.first_name.as_deref()), ("john@example.com", Some("John")));

    let right = patch(&john, &json!({"email": " New@Example.com ", "currentPassword": PASSWORD}));
    let changed: ProfileUpdated = right.data(200);
    assert_eq!(changed.user.email, "new@example.com");
    sign_in(&app, "new@example.com", PASSWORD).expect(200);
    sign_in(&app, "john@example.com", PASSWORD).expect(401);
}

#[test]
fn somebody_elses_address_is_in_use() {
    let app = TestApp::start();
    let reply = patch(&app.john(), &json!({"email": "Jane@example.com", "currentPassword": PASSWORD}));
    reply.refused(409, ErrorCode::Conflict, "Email is already in use");
    sign_in(&app, "john@example.com", PASSWORD).expect(200);
}

#[test]
fn two_fields_changed_at_the_same_time_are_both_kept() {
    let app = TestApp::start();
    let john = app.john();
    at_once(2, |index| {
        let body = if index == 0 { json!({"firstName": "Jack"}) } else { json!({"lastName": "Roe"}) };
        patch(&john, &body).expect(200);
    });
    let me: UserProfile = john.get(paths::auth::ME).data(200);
    assert_eq!((me.user.first_name.as_deref(), me.user.last_name.as_deref()), (Some("Jack"), Some("Roe")));
}

#[test]
fn only_somebody_who_is_signed_in_has_an_account_to_change() {
    let app = TestApp::start();
    patch(&app.anon(), &json!({"firstName": ""})).refused(
        401,
        ErrorCode::Unauthorized,
        "Invalid or expired token",
    );
    let body = json!({"currentPassword": PASSWORD, "newPassword": "another password"});
    let reply = app.anon().post(paths::auth::CHANGE_PASSWORD, &body);
    reply.refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
}

#[test]
fn a_new_password_replaces_the_old_one_and_ends_the_other_sessions_at_once() {
    let app = TestApp::start();
    let (here, there) = (app.john(), app.john());
    let body = json!({"currentPassword": PASSWORD, "newPassword": "another password"});
    here.post(paths::auth::CHANGE_PASSWORD, &body).says("Password changed successfully");
    here.get(paths::auth::ME).expect(200);
    there.assert_signed_out();
    let cookie = format!("refresh_token={}", there.refresh_token.clone().unwrap());
    app.anon().request("POST", paths::auth::REFRESH).header("cookie", &cookie).send().expect(401);
    sign_in(&app, "john@example.com", PASSWORD).expect(401);
    sign_in(&app, "john@example.com", "another password").expect(200);
}

#[test]
fn a_sign_in_with_the_old_password_does_not_outlive_the_change_it_raced_with() {
    let app = TestApp::builder(Content::Demo).set("DATABASE_POOL_SIZE", 10).alone().start();
    let mut passwords = [PASSWORD, "another password"];
    for _ in 0..6 {
        let [old, new] = passwords;
        let here: LoggedIn = sign_in(&app, "john@example.com", old).data(200);
        let here = app.anon().with_token(&here.token);
        let replies = at_once(9, |index| {
            if index == 0 {
                let body = json!({"currentPassword": old, "newPassword": new});
                here.post(paths::auth::CHANGE_PASSWORD, &body)
            } else {
                sign_in(&app, "john@example.com", old)
            }
        });
        replies[0].expect(200);
        for reply in replies[1..].iter().filter(|reply| reply.status == 200) {
            app.anon().with_token(&reply.data::<LoggedIn>(200).token).assert_signed_out();
        }
        here.get(paths::auth::ME).expect(200);
        passwords.reverse();
    }
}

#[test]
fn a_new_password_is_refused_without_the_right_old_one() {
    let app = TestApp::start();
    let (here, there) = (app.john(), app.john());
    let wrong = json!({"currentPassword": "not the password", "newPassword": "another password"});
    let reply = here.post(paths::auth::CHANGE_PASSWORD, &wrong);
    reply.refused(400, ErrorCode::BadRequest, "Current password is incorrect");
    there.get(paths::auth::ME).expect(200);
    sign_in(&app, "john@example.com", PASSWORD).expect(200);
}

#[test]
fn a_new_password_has_the_rules_of_the_first_one() {
    let app = TestApp::start();
    let john = app.john();
    let reply = john.post(paths::auth::CHANGE_PASSWORD, &json!({"newPassword": "short"}));
    let errors = reply.invalid();
    assert_eq!(errors.first("currentPassword"), Some("Current password is required"));
    assert_eq!(errors.first("newPassword"), Some("New password must be at least 8 characters"));
    let long = json!({"currentPassword": PASSWORD, "newPassword": "x".repeat(73)});
    assert_eq!(john.post(paths::auth::CHANGE_PASSWORD, &long).invalid_paths(), ["newPassword"]);
    sign_in(&app, "john@example.com", PASSWORD).expect(200);
}
