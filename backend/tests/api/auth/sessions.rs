//! `/api/auth/sessions`

use serde_json::json;
use shared_types::{ErrorCode, auth::SessionInfo, paths};

use crate::support::{Actor, PASSWORD, Reply, TestApp, shapes::assert_fields};

fn sessions(actor: &Actor) -> Vec<SessionInfo> {
    actor.get(paths::auth::SESSIONS).data(200)
}

fn end(actor: &Actor, path: &str) -> Reply {
    actor.request("DELETE", path).send()
}

fn current(actor: &Actor) -> String {
    sessions(actor).into_iter().find(|session| session.is_current).unwrap().id
}

#[test]
fn everybody_sees_their_own_devices_and_which_one_is_this() {
    let app = TestApp::start();
    let (here, _there, _jane) = (app.john(), app.john(), app.login("jane@example.com"));
    let login = json!({"email": "john@example.com", "password": PASSWORD});
    let phone =
        app.anon().request("POST", paths::auth::LOGIN).header("user-agent", "A phone").json(&login).send();
    phone.expect(200);
    let list = here.get(paths::auth::SESSIONS).value(200);
    assert_fields(&list[0], &["id", "device", "address", "createdAt", "lastUsedAt", "isCurrent"]);
    let list = sessions(&here);
    assert_eq!(list.len(), 3);
    assert_eq!(list.iter().filter(|session| session.is_current).count(), 1);
    assert_eq!(list.iter().filter(|session| session.device.as_deref() == Some("A phone")).count(), 1);
    assert!(list.iter().all(|session| session.address.as_deref() == Some("127.0.0.1")));
}

#[test]
fn ending_a_session_signs_that_device_out_at_once_and_no_other() {
    let app = TestApp::start();
    let (here, there) = (app.john(), app.john());
    let path = paths::auth::session(&current(&there));
    end(&here, &path).says("Session ended");
    there.assert_signed_out();
    assert_eq!(sessions(&here).len(), 1);
    end(&here, &path).refused(404, ErrorCode::NotFound, "Session not found");
}

#[test]
fn nobody_ends_somebody_elses_session() {
    let app = TestApp::start();
    let (john, jane) = (app.john(), app.login("jane@example.com"));
    let path = paths::auth::session(&current(&jane));
    end(&john, &path).refused(404, ErrorCode::NotFound, "Session not found");
    end(&app.anon(), &path).expect(401);
    jane.get(paths::auth::ME).expect(200);
}

#[test]
fn ending_all_other_sessions_leaves_this_one_and_other_people_alone() {
    let app = TestApp::start();
    let (here, there, elsewhere) = (app.john(), app.john(), app.john());
    let jane = app.login("jane@example.com");
    end(&here, paths::auth::SESSIONS).says("Other sessions ended");
    there.assert_signed_out();
    elsewhere.assert_signed_out();
    here.get(paths::auth::ME).expect(200);
    jane.get(paths::auth::ME).expect(200);
    end(&app.anon(), paths::auth::SESSIONS).expect(401);
}
