//! `POST /api/auth/register`

use serde_json::json;
use shared_types::{
    ErrorCode,
    auth::{Registered, Role, UserProfile},
    paths,
};

use crate::support::{
    Content, PASSWORD, TestApp, at_once,
    shapes::{USER_PUBLIC, assert_fields, assert_moment},
};

const TAKEN: &str = "User with this email already exists";

#[test]
fn registering_opens_a_customers_account_and_signs_in() {
    let app = TestApp::start();
    let body =
        json!({"email": "ada@example.com", "password": PASSWORD, "firstName": "Ada", "lastName": "Lovelace"});
    let reply = app.anon().post(paths::auth::REGISTER, &body);
    let data = reply.value(201);
    assert_fields(&data, &["user", "token"]);
    assert_fields(&data["user"], USER_PUBLIC);
    assert_moment(&data["user"]["createdAt"]);
    let Registered { user, token } = reply.data(201);
    assert_eq!((user.email.as_str(), user.role), ("ada@example.com", Role::Customer));
    assert_eq!((user.first_name.as_deref(), user.last_name.as_deref()), (Some("Ada"), Some("Lovelace")));
    let me: UserProfile = app.anon().with_token(&token).get(paths::auth::ME).data(200);
    assert_eq!(me.user, user);
}

#[test]
fn names_may_be_left_out_and_are_then_null() {
    let app = TestApp::start();
    let body = json!({"email": "nameless@example.com", "password": PASSWORD});
    let data = app.anon().post(paths::auth::REGISTER, &body).value(201);
    assert_fields(&data["user"], USER_PUBLIC);
    assert!(data["user"]["firstName"].is_null() && data["user"]["lastName"].is_null());
}

#[test]
fn nobody_becomes_an_administrator_by_asking() {
    let app = TestApp::start();
    let body = json!({
        "email": "mallory@example.com", "password": PASSWORD, "role": "ADMIN", "isActive": false, "id": "mine",
    });
    let Registered { user, token } = app.anon().post(paths::auth::REGISTER, &body).data(201);
    assert_eq!(user.role, Role::Customer);
    assert_ne!(user.id, "mine");
    let me: UserProfile = app.anon().with_token(&token).get(paths::auth::ME).data(200);
    assert_eq!(me.user.role, Role::Customer);
}

#[test]
fn an_address_is_trimmed_lower_cased_and_taken_in_any_spelling() {
    let app = TestApp::start();
    let body = json!({"email": "  Grace.Hopper@Example.COM ", "password": PASSWORD});
    let Registered { user, .. } = app.anon().post(paths::auth::REGISTER, &body).data(201);
    assert_eq!(user.email, "grace.hopper@example.com");
    for email in ["grace.hopper@example.com", "GRACE.HOPPER@EXAMPLE.COM", " Grace.Hopper@example.com"] {
        let again = json!({"email": email, "password": "another password"});
        app.anon().post(paths::auth::REGISTER, &again).refused(409, ErrorCode::Conflict, TAKEN);
    }
    app.login("grace.hopper@example.com");
}

#[test]
fn of_ten_who_want_one_address_at_the_same_time_one_gets_it() {
    let app = TestApp::builder(Content::Tables).set("DATABASE_POOL_SIZE", 10).start();
    let body = json!({"email": "popular@example.com", "password": PASSWORD});
    let replies = at_once(10, |_| app.anon().post(paths::auth::REGISTER, &body));
    let (won, lost): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 201);
    assert_eq!((won.len(), lost.len()), (1, 9));
    for reply in lost {
        reply.refused(409, ErrorCode::Conflict, TAKEN);
        assert_eq!(reply.refresh_cookie(), None);
    }
}

#[test]
fn a_field_that_is_wrong_is_named_with_the_reason() {
    let app = TestApp::start();
    let register = |email: &str, password: &str| {
        app.anon().post(paths::auth::REGISTER, &json!({"email": email, "password": password}))
    };
    for email in ["", "ada", "ada@", "@example.com", "ada@localhost", "a b@example.com", "a@b@example.com"] {
        register(email, PASSWORD).invalid_at("email", "Invalid email address");
    }
    for password in ["", "1234567", "äöüäöüä"] {
        register("ada@example.com", password)
            .invalid_at("password", "Password must be at least 8 characters");
    }
    register("ada@example.com", &"x".repeat(73)).invalid_at("password", "Password must be at most 72 bytes");
    let reply = app.anon().post(paths::auth::REGISTER, &json!({}));
    assert_eq!(reply.invalid_paths(), ["email", "password"]);
    let empty = json!({"email": "ada@example.com", "password": PASSWORD, "firstName": "", "lastName": "  "});
    assert_eq!(app.anon().post(paths::auth::REGISTER, &empty).invalid_paths(), ["firstName", "lastName"]);
}

#[test]
fn passwords_of_8_characters_and_of_72_bytes_work_to_their_last_byte() {
    let app = TestApp::start();
    for (email, password) in
        [("short@example.com", "12345678".to_owned()), ("long@example.com", "x".repeat(72))]
    {
        app.anon().post(paths::auth::REGISTER, &json!({"email": email, "password": password})).expect(201);
        app.anon().post(paths::auth::LOGIN, &json!({"email": email, "password": password})).expect(200);
        let almost = format!("{}y", &password[..password.len() - 1]);
        app.anon().post(paths::auth::LOGIN, &json!({"email": email, "password": almost})).expect(401);
    }
}

#[test]
fn the_refresh_token_is_out_of_reach_of_scripts_and_other_sites() {
    let app = TestApp::start();
    let body = json!({"email": "cookie@example.com", "password": PASSWORD});
    let reply = app.anon().post(paths::auth::REGISTER, &body);
    let (value, attributes) = reply.refresh_cookie().unwrap();
    assert!(value.len() >= 40, "{value}");
    assert!(!reply.text().contains(&value));
    let mut attributes: Vec<_> = attributes.split("; ").collect();
    attributes.sort_unstable();
    assert_eq!(attributes, ["HttpOnly", "Max-Age=2592000", "Path=/api/auth", "SameSite=Strict"]);
}

#[test]
fn in_production_the_refresh_token_travels_over_tls_only() {
    let app = TestApp::builder(Content::Demo).set("APP_ENV", "production").start();
    let body = json!({"email": "john@example.com", "password": PASSWORD});
    let (_, attributes) = app.anon().post(paths::auth::LOGIN, &body).refresh_cookie().unwrap();
    for attribute in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/api/auth"] {
        assert!(attributes.split("; ").any(|found| found == attribute), "{attribute} in {attributes}");
    }
}
