//! `POST /api/auth/logout`

use shared_types::{ErrorCode, paths};

use crate::support::TestApp;

#[test]
fn signing_out_ends_this_session_at_once_and_no_other() {
    let app = TestApp::start();
    let (here, there) = (app.john(), app.john());
    here.get(paths::auth::ME).expect(200);
    let reply = here.post_nothing(paths::auth::LOGOUT);
    reply.says("Logged out successfully");
    here.assert_signed_out();
    there.get(paths::auth::ME).expect(200);
}

#[test]
fn signing_out_takes_the_refresh_token_away() {
    let app = TestApp::start();
    let (value, attributes) = app.john().post_nothing(paths::auth::LOGOUT).refresh_cookie().unwrap();
    assert_eq!(value, "");
    assert!(attributes.contains("Max-Age=0") && attributes.contains("Path=/api/auth"), "{attributes}");
}

#[test]
fn only_somebody_who_is_signed_in_can_sign_out() {
    let app = TestApp::start();
    let john = app.john();
    john.post_nothing(paths::auth::LOGOUT).expect(200);
    for actor in [app.anon(), john] {
        let reply = actor.post_nothing(paths::auth::LOGOUT);
        reply.refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
    }
}
