//! `GET /api/audit`

use backend::db::schema::users;
use diesel::prelude::*;
use serde_json::{Value, json};
use shared_types::{audit::AuditEntry, catalog::CategoryFull, paths};

use crate::support::{
    Actor, TestApp,
    shapes::{assert_fields, assert_moment},
};

fn entries(actor: &Actor, query: &str) -> Vec<AuditEntry> {
    actor.get(&format!("{}?{query}", paths::AUDIT)).page().data
}

/// Adds a category, renames it and removes it; answers its id.
fn history(admin: &Actor, slug: &str) -> String {
    let body = json!({"name": "First", "slug": slug});
    let made: CategoryFull = admin.post(paths::catalog::CATEGORIES, &body).data(201);
    let id = made.category.category.id;
    let path = paths::catalog::category(&id);
    admin.request("PATCH", &path).json(&json!({"name": "Second"})).send().expect(200);
    admin.request("DELETE", &path).send().expect(200);
    id
}

#[test]
fn an_entry_says_who_did_what_to_what_and_when() {
    let app = TestApp::start();
    let admin = app.admin();
    assert_eq!(entries(&admin, ""), []);
    let id = history(&admin, "a");
    for entry in admin.get(paths::AUDIT).page::<Value>().data {
        let fields =
            ["id", "actor", "action", "entity", "entityId", "before", "after", "requestId", "createdAt"];
        assert_fields(&entry, &fields);
        assert_eq!(entry["actor"], json!({"id": admin.id(), "email": "admin@example.com"}));
        assert_eq!((&entry["entity"], &entry["entityId"]), (&json!("category"), &json!(id)));
        assert_moment(&entry["createdAt"]);
    }
}

#[test]
fn the_newest_entries_come_first_and_outlive_what_they_are_about() {
    let app = TestApp::start();
    let id = history(&app.admin(), "a");
    let found = entries(&app.admin(), &format!("entityId={id}"));
    let actions: Vec<_> = found.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["category.delete", "category.update", "category.create"]);
    let names: Vec<_> = found
        .iter()
        .map(|entry| {
            let name = |document: &Option<Value>| document.as_ref().map(|found| found["name"].clone());
            (name(&entry.before), name(&entry.after))
        })
        .collect();
    let (first, second) = (Some(json!("First")), Some(json!("Second")));
    assert_eq!(names, [(second.clone(), None), (first.clone(), second), (None, first)]);
}

#[test]
fn entries_come_in_pages() {
    let app = TestApp::start();
    let admin = app.admin();
    for slug in ["a", "b", "c"] {
        history(&admin, slug);
    }
    let page = admin.get(&format!("{}?limit=4&page=2", paths::AUDIT)).page::<AuditEntry>();
    assert_eq!((page.meta.total, page.meta.total_pages, page.data.len()), (9, 3, 4));
    let mut ids: Vec<_> = (1..=3)
        .flat_map(|page| entries(&admin, &format!("limit=4&page={page}")))
        .map(|entry| entry.id)
        .collect();
    let all: Vec<_> = entries(&admin, "limit=100").into_iter().map(|entry| entry.id).collect();
    assert_eq!(ids, all);
    ids.dedup();
    assert_eq!(ids.len(), 9);
    assert_eq!(entries(&admin, "page=1000000000&limit=100"), []);
}

#[test]
fn filters_add_up() {
    let app = TestApp::start();
    let admin = app.admin();
    let (a, b) = (history(&admin, "a"), history(&admin, "b"));
    let mat = app.product_id("YOGA-MAT-PRO");
    admin.post(&paths::catalog::stock(&mat), &json!({"delta": 1})).expect(200);
    let count = |query: String| entries(&admin, &query).len();
    assert_eq!(count("entity=category".to_owned()), 6);
    assert_eq!(count("entity=product".to_owned()), 1);
    assert_eq!(count(format!("entity=category&entityId={a}")), 3);
    assert_eq!(count(format!("entityId={b}&action=category.update")), 1);
    assert_eq!(count("action=category.update".to_owned()), 2);
    assert_eq!(count(format!("actorId={}", admin.id())), 7);
    assert_eq!(count(format!("entity=product&entityId={a}")), 0);
    for nothing in ["actorId=nobody", "entity=%25", "entity=CATEGORY", "action=category", "entityId='"] {
        assert_eq!(count(nothing.to_owned()), 0, "{nothing}");
    }
}

#[test]
fn each_administrator_is_named_by_the_address_of_today() {
    let app = TestApp::start();
    let second = app.register("second@example.com");
    app.database.query(|connection| {
        diesel::update(users::table.find(second.id())).set(users::role.eq("ADMIN")).execute(connection)
    });
    let second = app.login("second@example.com");
    history(&app.admin(), "a");
    history(&second, "b");
    app.database.query(|connection| {
        let renamed = users::email.eq("renamed@example.com");
        diesel::update(users::table.find(second.id())).set(renamed).execute(connection)
    });
    let found = entries(&app.admin(), &format!("actorId={}", second.id()));
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|entry| entry.actor.email.as_deref() == Some("renamed@example.com")));
    assert_eq!(entries(&app.admin(), "").len(), 6);
}

#[test]
fn an_entry_of_an_account_that_is_gone_is_still_there() {
    let app = TestApp::start();
    history(&app.admin(), "a");
    app.database.query(|connection| {
        use backend::db::schema::audit_log;
        diesel::update(audit_log::table).set(audit_log::actor_id.eq("gone")).execute(connection)
    });
    for entry in entries(&app.admin(), "") {
        assert_eq!((entry.actor.id.as_str(), entry.actor.email), ("gone", None));
    }
}

#[test]
fn wrong_parameters_are_named() {
    let app = TestApp::start();
    for (query, path, message) in [
        ("page=0", "page", "Must be at least 1"),
        ("limit=101", "limit", "Must be at most 100"),
        ("limit=ten", "limit", "Expected a whole number"),
        ("entity=", "entity", "Must not be empty"),
        ("entityId=%00", "entityId", "Must not contain the character U+0000"),
        ("action=a&action=b", "action", "Must be given once"),
    ] {
        app.admin().get(&format!("{}?{query}", paths::AUDIT)).invalid_at(path, message);
    }
    app.admin().get(&format!("{}?unknown=1", paths::AUDIT)).expect(200);
}
