//! `/api/auth/users`

use backend::db::schema::{audit_log, users};
use diesel::prelude::*;
use serde_json::{Value, json};
use shared_types::{
    ErrorCode, Page,
    auth::{Role, UserProfile},
    paths,
    users::UserAccount,
};

use crate::support::{Actor, Content, PASSWORD, Reply, TestApp, at_once, shapes};

const ACCOUNT: &[&str] =
    &["id", "email", "firstName", "lastName", "role", "createdAt", "updatedAt", "isActive"];

fn patch(actor: &Actor, id: &str, body: &Value) -> Reply {
    actor.request("PATCH", &paths::auth::user(id)).json(body).send()
}

fn set_role(app: &TestApp, id: &str, role: Role) {
    app.database.query(|connection| {
        diesel::update(users::table.find(id)).set(users::role.eq(role.as_str())).execute(connection)
    });
}

fn emails(reply: &Reply) -> Vec<String> {
    let page: Page<UserAccount> = reply.page();
    page.data.into_iter().map(|account| account.profile.user.email).collect()
}

type AuditRow = (Option<String>, String, String, Option<String>, Option<String>);

fn trail(app: &TestApp, user_id: &str) -> Vec<AuditRow> {
    app.database.query(|connection| {
        audit_log::table
            .filter(audit_log::entity.eq("user"))
            .filter(audit_log::entity_id.eq(user_id))
            .order(audit_log::id)
            .select((
                audit_log::actor_id.nullable(),
                audit_log::action,
                audit_log::request_id,
                audit_log::before,
                audit_log::after,
            ))
            .load(connection)
    })
}

#[test]
fn administrators_see_all_accounts_newest_first() {
    let app = TestApp::start();
    let (admin, newest) = (app.admin(), app.customer());
    let reply = admin.get(paths::auth::USERS);
    let page: Page<UserAccount> = reply.page();
    assert_eq!((page.meta.total, page.meta.limit, page.meta.total_pages), (4, 20, 1));
    assert_eq!(page.data[0].profile.user.email, newest.email());
    shapes::assert_fields(&reply.json()["data"][0], ACCOUNT);
    assert!(page.data.iter().all(|account| account.is_active));
    assert!(!reply.text().to_lowercase().contains("hash"));
}

#[test]
fn the_list_is_cut_into_pages() {
    let app = TestApp::start();
    let admin = app.admin();
    let all = emails(&admin.get(paths::auth::USERS));
    let cut: Vec<_> = (1..=3)
        .flat_map(|page| emails(&admin.get(&format!("/api/auth/users?limit=1&page={page}"))))
        .collect();
    assert_eq!(cut, all);
    let past: Page<UserAccount> = admin.get("/api/auth/users?page=9").page();
    assert_eq!((past.data.len(), past.meta.total), (0, 3));
    for wrong in ["page=0", "limit=0", "limit=101", "page=x"] {
        admin.get(&format!("/api/auth/users?{wrong}")).invalid();
    }
    assert_eq!(admin.get(&format!("/api/auth/users?q={}", "x".repeat(101))).invalid_paths(), ["q"]);
}

#[test]
fn accounts_are_found_by_a_part_of_the_address_or_of_a_name() {
    let app = TestApp::start();
    app.register("under_score@example.com");
    let find =
        |q: &str| emails(&app.admin().get(&paths::with_query(paths::auth::USERS, &[("q", q.to_owned())])));
    assert_eq!(find("JANE@"), ["jane@example.com"]);
    assert_eq!(find("doe"), ["john@example.com"]);
    assert_eq!(find("smi"), ["jane@example.com"]);
    assert_eq!(find("under_s"), ["under_score@example.com"]);
    assert_eq!(find("_"), ["under_score@example.com"]);
    for nobody in ["%", "\\", "nobody", "jo%hn", "'; --"] {
        assert_eq!(find(nobody), [""; 0], "{nobody}");
    }
    assert_eq!(find("").len(), 4);
}

#[test]
fn only_administrators_come_in() {
    let app = TestApp::start();
    let john = app.john();
    for actor in [&app.anon(), &john] {
        let (status, code, message) = match actor.token {
            None => (401, ErrorCode::Unauthorized, "Invalid or expired token"),
            Some(_) => (403, ErrorCode::Forbidden, "Admin access required"),
        };
        actor.get(paths::auth::USERS).refused(status, code, message);
        actor.get("/api/auth/users?page=0").refused(status, code, message);
        patch(actor, john.id(), &json!({"role": "ADMIN"})).refused(status, code, message);
        patch(actor, john.id(), &json!({"role": 7})).refused(status, code, message);
    }
    assert_eq!(app.john().user.unwrap().role, Role::Customer);
}

#[test]
fn disabling_an_account_works_at_once_and_ends_its_sessions_for_good() {
    let app = TestApp::start();
    let (admin, here, there) = (app.admin(), app.john(), app.john());
    let changed: UserAccount = patch(&admin, here.id(), &json!({"isActive": false})).data(200);
    assert!(!changed.is_active && changed.profile.updated_at > changed.profile.user.created_at);
    here.assert_signed_out();
    there.assert_signed_out();
    let login = json!({"email": "john@example.com", "password": PASSWORD});
    let refused = app.anon().post(paths::auth::LOGIN, &login);
    refused.refused(401, ErrorCode::Unauthorized, "Account is disabled");

    let changed: UserAccount = patch(&admin, here.id(), &json!({"isActive": true})).data(200);
    assert!(changed.is_active);
    // What was taken stays taken: nobody knows who holds the old sessions.
    here.assert_signed_out();
    let cookie = format!("refresh_token={}", there.refresh_token.clone().unwrap());
    app.anon().request("POST", paths::auth::REFRESH).header("cookie", &cookie).send().expect(401);
    app.john().get(paths::auth::ME).expect(200);
}

#[test]
fn a_session_opened_while_the_account_was_being_disabled_does_not_outlive_it() {
    let app = TestApp::builder(Content::Demo).set("DATABASE_POOL_SIZE", 10).alone().start();
    let (admin, john) = (app.admin(), app.john());
    for _ in 0..5 {
        let replies = at_once(6, |index| {
            if index == 3 {
                patch(&admin, john.id(), &json!({"isActive": false}))
            } else {
                let login = json!({"email": "john@example.com", "password": PASSWORD});
                app.anon().post(paths::auth::LOGIN, &login)
            }
        });
        patch(&admin, john.id(), &json!({"isActive": true})).expect(200);
        for reply in replies.iter().filter(|reply| reply.status == 200) {
            if let Some(token) = reply.json()["data"]["token"].as_str() {
                app.anon().with_token(token).assert_signed_out();
            }
        }
    }
}

#[test]
fn a_role_works_at_once_with_the_token_the_user_has_already() {
    let app = TestApp::start();
    let (admin, john) = (app.admin(), app.john());
    john.get(paths::auth::USERS).expect(403);
    let promoted: UserAccount = patch(&admin, john.id(), &json!({"role": "ADMIN"})).data(200);
    assert_eq!(promoted.profile.user.role, Role::Admin);
    john.get(paths::auth::USERS).expect(200);
    patch(&admin, john.id(), &json!({"role": "CUSTOMER"})).expect(200);
    john.get(paths::auth::USERS).expect(403);
    let me: UserProfile = john.get(paths::auth::ME).data(200);
    assert_eq!(me.user.role, Role::Customer);
}

#[test]
fn nobody_disables_or_demotes_themselves() {
    let app = TestApp::start();
    let admin = app.admin();
    for body in [json!({"isActive": false}), json!({"role": "CUSTOMER"})] {
        let refused = patch(&admin, admin.id(), &body);
        refused.refused(400, ErrorCode::BadRequest, "You cannot disable or demote yourself");
    }
    // What they are already is no change.
    patch(&admin, admin.id(), &json!({"isActive": true, "role": "ADMIN"})).expect(200);
    admin.get(paths::auth::USERS).expect(200);
    assert_eq!(trail(&app, admin.id()), []);
}

fn active_admins(app: &TestApp) -> usize {
    let found: i64 = app.database.query(|connection| {
        let admins = users::table.filter(users::role.eq("ADMIN")).filter(users::is_active.eq(true));
        admins.count().get_result(connection)
    });
    usize::try_from(found).unwrap()
}

#[test]
fn of_administrators_who_demote_or_disable_each_other_in_a_circle_one_is_left() {
    let app = TestApp::builder(Content::Demo).set("DATABASE_POOL_SIZE", 10).alone().start();
    let admins: Vec<Actor> = std::iter::once(app.admin()).chain((0..3).map(|_| app.customer())).collect();
    let demote = json!({"role": "CUSTOMER"});
    // Disabling comes last: it ends sessions, and this is about rights.
    for change in [&demote, &demote, &demote, &json!({"isActive": false})] {
        admins.iter().for_each(|admin| set_role(&app, admin.id(), Role::Admin));
        let replies = at_once(4, |index| patch(&admins[index], admins[(index + 1) % 4].id(), change));
        let done = replies.iter().filter(|reply| reply.status == 200).count();
        assert!(done < 4 && active_admins(&app) == 4 - done, "{replies:?}");
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            assert!(matches!(reply.status, 401 | 403), "{reply}");
        }
    }
}

#[test]
fn two_administrators_who_demote_each_other_never_both_succeed() {
    let app = TestApp::builder(Content::Demo).set("DATABASE_POOL_SIZE", 10).alone().start();
    let pair = [app.admin(), app.customer()];
    for _ in 0..30 {
        pair.iter().for_each(|admin| set_role(&app, admin.id(), Role::Admin));
        let replies =
            at_once(2, |index| patch(&pair[index], pair[1 - index].id(), &json!({"role": "CUSTOMER"})));
        let mut statuses: Vec<_> = replies.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403]);
        assert_eq!(active_admins(&app), 1);
    }
}

#[test]
fn every_change_leaves_a_row_that_says_who_did_it_and_no_more_of_a_person_than_that() {
    let app = TestApp::start();
    let (admin, john) = (app.admin(), app.john());
    let reply = patch(&admin, john.id(), &json!({"isActive": false}));
    reply.expect(200);
    patch(&admin, john.id(), &json!({"isActive": false})).expect(200);
    patch(&admin, john.id(), &json!({})).expect(200);
    let rows = trail(&app, john.id());
    assert_eq!(rows.len(), 1, "changing nothing is no change: {rows:?}");
    let (actor, action, request_id, before, after) = rows[0].clone();
    assert_eq!((actor.as_deref(), action.as_str()), (Some(admin.id()), "user.update"));
    assert_eq!(Some(request_id.as_str()), reply.header("x-request-id"));
    let read = |text: Option<String>| serde_json::from_str::<Value>(&text.unwrap()).unwrap();
    assert_eq!(read(before), json!({"isActive": true, "role": "CUSTOMER"}));
    assert_eq!(read(after), json!({"isActive": false, "role": "CUSTOMER"}));
}

#[test]
fn an_unknown_account_and_wrong_fields_are_named() {
    let app = TestApp::start();
    let (admin, john) = (app.admin(), app.john());
    for id in ["nothing", "%00", "john@example.com"] {
        let path = format!("{}/{id}", paths::auth::USERS);
        admin.request("PATCH", &path).json(&json!({"isActive": false})).send().expect(404);
    }
    patch(&admin, "nothing", &json!({})).refused(404, ErrorCode::NotFound, "User not found");
    patch(&admin, john.id(), &json!({"isActive": null})).invalid_at("isActive", "Expected true or false");
    patch(&admin, john.id(), &json!({"role": "ROOT"})).invalid_at("role", "Expected one of CUSTOMER, ADMIN");
    let ignored: UserAccount = patch(&admin, john.id(), &json!({"email": "evil@example.com"})).data(200);
    assert_eq!(ignored.profile.user.email, "john@example.com");
}
