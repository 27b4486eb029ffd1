//! `POST /api/auth/refresh`

use backend::db::schema::sessions;
use chrono::NaiveDate;
use diesel::prelude::*;
use shared_types::{
    ErrorCode,
    auth::{Refreshed, UserProfile},
    paths,
};

use crate::support::{Reply, TestApp, at_once, shapes::assert_fields};

fn refresh(app: &TestApp, cookie: &str) -> Reply {
    let cookie = format!("other=1; refresh_token={cookie}; more=2");
    app.anon().request("POST", paths::auth::REFRESH).header("cookie", &cookie).send()
}

fn assert_refused(reply: &Reply) {
    reply.refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
}

#[test]
fn a_refresh_token_is_exchanged_for_an_access_token_and_the_next_refresh_token() {
    let app = TestApp::start();
    let john = app.john();
    let mut cookie = john.refresh_token.clone().unwrap();
    for _ in 0..3 {
        let reply = refresh(&app, &cookie);
        assert_fields(&reply.value(200), &["token"]);
        let Refreshed { token } = reply.data(200);
        let me: UserProfile = app.anon().with_token(&token).get(paths::auth::ME).data(200);
        assert_eq!(me.user.id, john.id());
        let (next, attributes) = reply.refresh_cookie().unwrap();
        assert_ne!(next, cookie);
        assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Strict"), "{attributes}");
        cookie = next;
    }
}

#[test]
fn without_a_refresh_token_or_with_a_foreign_one_nothing_is_given() {
    let app = TestApp::start();
    assert_refused(&app.anon().post_nothing(paths::auth::REFRESH));
    for cookie in ["", "nonsense", &"x".repeat(5_000)] {
        assert_refused(&refresh(&app, cookie));
    }
    let john = app.john();
    assert_refused(&refresh(&app, &john.token.unwrap()));
}

#[test]
fn using_a_refresh_token_twice_ends_its_session_and_no_other() {
    let app = TestApp::start();
    let (stolen, elsewhere) = (app.john(), app.john());
    let first = stolen.refresh_token.clone().unwrap();
    let reply = refresh(&app, &first);
    let Refreshed { token } = reply.data(200);
    let (second, _) = reply.refresh_cookie().unwrap();

    assert_refused(&refresh(&app, &first));
    assert_refused(&refresh(&app, &second));
    stolen.assert_signed_out();
    stolen.with_token(&token).assert_signed_out();
    elsewhere.get(paths::auth::ME).expect(200);
    refresh(&app, elsewhere.refresh_token.as_ref().unwrap()).expect(200);
}

#[test]
fn of_five_who_use_one_refresh_token_at_the_same_time_one_succeeds() {
    let app = TestApp::start();
    let cookie = app.john().refresh_token.unwrap();
    let replies = at_once(5, |_| refresh(&app, &cookie));
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_refused(reply);
    }
}

#[test]
fn a_session_that_has_ended_gives_nothing() {
    let app = TestApp::start();
    let (signed_out, disabled, expired) = (app.john(), app.login("jane@example.com"), app.customer());
    signed_out.post_nothing(paths::auth::LOGOUT).expect(200);
    app.database.set_active(disabled.id(), false);
    app.database.query(|connection| {
        let past = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
        diesel::update(sessions::table.filter(sessions::user_id.eq(expired.id())))
            .set(sessions::expires_at.eq(past))
            .execute(connection)
    });
    for actor in [signed_out, disabled, expired] {
        assert_refused(&refresh(&app, actor.refresh_token.as_ref().unwrap()));
        actor.assert_signed_out();
    }
}
