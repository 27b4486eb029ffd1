//! `ETag`, `If-None-Match` on reads, `If-Match` on writes.

use backend::db::schema::{categories, products};
use diesel::prelude::*;
use serde_json::{Value, json};
use shared_types::{ErrorCode, paths};

use super::{category_path, delete, patch, product_path, product_request, tag, trail_length};
use crate::support::{Actor, Reply, TestApp};

fn get_unless(actor: &Actor, path: &str, tags: &str) -> Reply {
    actor.request("GET", path).header("if-none-match", tags).send()
}

fn patch_if(actor: &Actor, path: &str, tags: &str, body: &Value) -> Reply {
    actor.request("PATCH", path).header("if-match", tags).json(body).send()
}

fn refused(reply: &Reply) {
    let message = "It has changed since you read it. Read it again before you write.";
    reply.refused(412, ErrorCode::PreconditionFailed, message);
}

fn both(app: &TestApp) -> [String; 2] {
    [category_path(app, "books"), product_path(app, "YOGA-MAT-PRO")]
}

#[test]
fn a_tag_is_strong_and_stays_as_long_as_the_answer() {
    let app = TestApp::start();
    for path in both(&app) {
        let read = app.anon().get(&path);
        let first = tag(&read);
        assert!(first.starts_with('"') && first.ends_with('"') && first.len() > 20, "{first}");
        assert_eq!(tag(&app.anon().get(&path)), first);
        assert_eq!(tag(&app.anon().request("HEAD", &path).send()), first);
        patch(&app.admin(), &path, &json!({"name": "Renamed"})).expect(200);
        assert_ne!(tag(&app.anon().get(&path)), first);
    }
}

#[test]
fn every_resource_has_a_tag_of_its_own() {
    let app = TestApp::start();
    let mut tags: Vec<_> = ["books", "clothing", "laptops", "electronics"]
        .iter()
        .map(|slug| tag(&app.anon().get(&paths::catalog::category(slug))))
        .collect();
    tags.extend(both(&app).map(|path| tag(&app.anon().get(&path))));
    tags.sort_unstable();
    tags.dedup();
    // Books were asked twice.
    assert_eq!(tags.len(), 5);
    // What is read of one resource says nothing about another one, also when both have the same age.
    let clothing = tag(&app.anon().get(&paths::catalog::category("clothing")));
    refused(&patch_if(&app.admin(), &category_path(&app, "books"), &clothing, &json!({"name": "N"})));
}

#[test]
fn the_answer_of_a_write_has_the_tag_that_a_read_gives() {
    let app = TestApp::start();
    let admin = app.admin();
    let made = admin.post(paths::catalog::PRODUCTS, &product_request(&app, "p"));
    let path = made.header("location").unwrap().to_owned();
    assert_eq!(tag(&made), tag(&admin.get(&path)));
    let changed = patch_if(&admin, &path, &tag(&made), &json!({"stock": 5}));
    assert_eq!(tag(changed.expect(200)), tag(&admin.get(&path)));
    let moved = admin.post(&format!("{path}/stock"), &json!({"delta": 3}));
    assert_eq!(tag(moved.expect(200)), tag(&admin.get(&path)));
    let made = admin.post(paths::catalog::CATEGORIES, &json!({"name": "N", "slug": "n"}));
    let path = made.header("location").unwrap().to_owned();
    assert_eq!(tag(&made), tag(&admin.get(&path)));
    let changed = patch_if(&admin, &path, &tag(&made), &json!({"name": "M"}));
    assert_eq!(tag(changed.expect(200)), tag(&admin.get(&path)));
}

#[test]
fn a_read_that_is_known_already_is_not_sent_again() {
    let app = TestApp::start();
    for path in both(&app) {
        let known = tag(&app.anon().get(&path));
        for tags in [known.clone(), format!("\"x\", {known}"), format!("W/{known}"), "*".to_owned()] {
            let reply = get_unless(&app.anon(), &path, &tags);
            assert_eq!((reply.status, reply.bytes().len()), (304, 0), "{tags}");
            assert_eq!(tag(&reply), known);
            let public = "public, max-age=0, s-maxage=1, stale-while-revalidate=1";
            assert_eq!(reply.header("cache-control"), Some(public));
            assert_eq!(reply.header("content-type"), None);
        }
        for tags in ["\"x\"", "x", "", "W/\"x\""] {
            let reply = get_unless(&app.anon(), &path, tags);
            assert!(!reply.expect(200).bytes().is_empty(), "{tags}");
        }
        let head = app.anon().request("HEAD", &path).header("if-none-match", &known).send();
        head.expect(304);
    }
    get_unless(&app.anon(), &paths::catalog::product("nothing"), "*").expect(404);
}

#[test]
fn whatever_changes_in_the_answer_changes_the_tag() {
    let app = TestApp::start();
    let mat = product_path(&app, "YOGA-MAT-PRO");
    let mut known = tag(&app.anon().get(&mat));
    let mut is_new = |what: &str| {
        let reply = get_unless(&app.anon(), &mat, &known);
        assert_eq!(reply.status, 200, "{what}");
        known = tag(&reply);
    };
    app.customer().order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    is_new("a sale");
    patch(&app.admin(), &category_path(&app, "sports-outdoors"), &json!({"name": "Sport"})).expect(200);
    is_new("a new name of its category");

    let parent = category_path(&app, "electronics");
    let known = tag(&app.anon().get(&parent));
    patch(&app.admin(), &category_path(&app, "laptops"), &json!({"name": "Notebooks"})).expect(200);
    get_unless(&app.anon(), &parent, &known).expect(200);
}

#[test]
fn a_compressed_answer_has_a_tag_of_its_own_that_means_the_same() {
    let app = TestApp::start();
    for path in both(&app) {
        // Small answers are not compressed.
        patch(&app.admin(), &path, &json!({"description": "What a thing. ".repeat(100)})).expect(200);
        let plain = tag(&app.anon().get(&path));
        for coding in ["br", "gzip"] {
            let ask = || app.admin().request("GET", &path).header("accept-encoding", coding);
            let reply = ask().send();
            assert_eq!(reply.header("content-encoding"), Some(coding));
            let compressed = tag(&reply);
            assert_eq!(compressed, format!("{}-{coding}\"", plain.strip_suffix('"').unwrap()));
            let known = ask().header("if-none-match", &compressed).send();
            assert_eq!((known.status, tag(&known)), (304, compressed.clone()));
            patch_if(&app.admin(), &path, &compressed, &json!({})).expect(200);
        }
    }
}

#[test]
fn a_write_with_the_present_tag_succeeds_and_with_an_old_one_is_refused() {
    let app = TestApp::start();
    for path in both(&app) {
        let first = tag(&app.admin().get(&path));
        let done = patch_if(&app.admin(), &path, &first, &json!({"description": "One"}));
        let second = tag(done.expect(200));
        let before = trail_length(&app);
        refused(&patch_if(&app.admin(), &path, &first, &json!({"description": "Two"})));
        assert_eq!(app.admin().get(&path).value(200)["description"], "One");
        assert_eq!(trail_length(&app), before);
        patch_if(&app.admin(), &path, &second, &json!({"description": "Three"})).expect(200);
    }
}

#[test]
fn lists_and_the_star_are_understood_and_weak_tags_never_match() {
    let app = TestApp::start();
    for path in both(&app) {
        for index in 0..2 {
            let known = tag(&app.admin().get(&path));
            let tags = [format!("\"x\", {known}"), "*".to_owned()];
            let body = json!({"description": index.to_string()});
            patch_if(&app.admin(), &path, &tags[index], &body).expect(200);
        }
        let known = tag(&app.admin().get(&path));
        let unquoted = known.trim_matches('"').to_owned();
        for tags in [format!("W/{known}"), "\"x\"".to_owned(), "\"*\"".to_owned(), unquoted, String::new()] {
            refused(&patch_if(&app.admin(), &path, &tags, &json!({"description": "no"})));
        }
        let two_headers = app
            .admin()
            .request("PATCH", &path)
            .header("if-match", "\"x\"")
            .header("if-match", &known)
            .json(&json!({"description": "yes"}));
        two_headers.send().expect(200);
    }
}

#[test]
fn removing_with_an_old_tag_is_refused_and_with_the_present_one_is_done() {
    let app = TestApp::start();
    let body = json!({"name": "Empty", "slug": "empty"});
    app.admin().post(paths::catalog::CATEGORIES, &body).expect(201);
    for path in [category_path(&app, "empty"), product_path(&app, "YOGA-MAT-PRO")] {
        let old = tag(&app.admin().get(&path));
        let present = tag(&patch(&app.admin(), &path, &json!({"name": "New"})));
        let delete_if = |tags: &str| app.admin().request("DELETE", &path).header("if-match", tags).send();
        refused(&delete_if(&old));
        app.admin().get(&path).expect(200);
        delete_if(&present).expect(200);
        app.admin().get(&path).expect(404);
        // What is not there is not found, whatever the condition.
        delete_if("*").expect(404);
    }
}

#[test]
fn a_sale_does_not_stop_an_edit_but_stops_overwriting_stock() {
    let app = TestApp::start();
    let (id, path) = (app.product_id("YOGA-MAT-PRO"), product_path(&app, "YOGA-MAT-PRO"));
    let known = tag(&app.admin().get(&path));
    app.customer().order(&[(&id, 1)]);
    refused(&patch_if(&app.admin(), &path, &known, &json!({"stock": 120})));
    refused(&patch_if(&app.admin(), &path, &known, &json!({"stock": 120, "name": "Mat"})));
    assert_eq!(app.database.stock(&id), 99);
    let edited = patch_if(&app.admin(), &path, &known, &json!({"name": "Mat"}));
    assert_eq!(edited.value(200)["stock"], 99);
    patch_if(&app.admin(), &path, &tag(&edited), &json!({"stock": 120})).expect(200);
    assert_eq!(app.database.stock(&id), 120);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn a_correction_with_a_condition_is_done_once() {
    let app = TestApp::start();
    let path = product_path(&app, "YOGA-MAT-PRO");
    let known = tag(&app.admin().get(&path));
    let adjust = || {
        let request = app.admin().request("POST", &format!("{path}/stock")).header("if-match", &known);
        request.json(&json!({"delta": -1})).send()
    };
    adjust().expect(200);
    refused(&adjust());
    assert_eq!(app.database.stock(&app.product_id("YOGA-MAT-PRO")), 99);
}

#[test]
fn a_new_product_in_a_category_does_not_stop_an_edit_of_it() {
    let app = TestApp::start();
    let path = category_path(&app, "books");
    let known = tag(&app.admin().get(&path));
    let mut product = product_request(&app, "p");
    product["status"] = json!("ACTIVE");
    app.admin().post(paths::catalog::PRODUCTS, &product).expect(201);
    assert_ne!(tag(&app.admin().get(&path)), known);
    patch_if(&app.admin(), &path, &known, &json!({"name": "Reading"})).expect(200);
}

#[test]
fn a_condition_is_checked_after_the_fields_and_before_the_rules() {
    let app = TestApp::start();
    let path = product_path(&app, "YOGA-MAT-PRO");
    let body = json!({"price": 0});
    patch_if(&app.admin(), &path, "\"x\"", &body).invalid_at("price", "Price must be positive");
    refused(&patch_if(&app.admin(), &path, "\"x\"", &json!({"sku": "PIXEL-8-PRO"})));
    refused(&patch_if(&app.admin(), &path, "\"x\"", &json!({"categoryId": "nothing"})));
    patch_if(&app.admin(), &paths::catalog::product("nothing"), "\"x\"", &json!({})).expect(404);
    patch_if(&app.anon(), &path, "\"x\"", &json!({})).expect(401);
    patch_if(&app.customer(), &path, "\"x\"", &json!({})).expect(403);
}

#[test]
fn without_a_condition_the_last_write_wins() {
    let app = TestApp::start();
    for path in both(&app) {
        for name in ["One", "Two"] {
            patch(&app.admin(), &path, &json!({"name": name})).expect(200);
        }
        assert_eq!(app.admin().get(&path).value(200)["name"], "Two");
    }
    delete(&app.admin(), &product_path(&app, "YOGA-MAT-PRO")).expect(200);
}

#[test]
fn edits_in_quick_succession_have_different_tags_and_moments() {
    let app = TestApp::start();
    for path in both(&app) {
        let mut seen: Vec<(String, String)> = Vec::new();
        for index in 0..30 {
            let reply = patch(&app.admin(), &path, &json!({"description": (index % 2).to_string()}));
            let moment = reply.value(200)["updatedAt"].as_str().unwrap().to_owned();
            assert!(seen.last().is_none_or(|(last, _)| *last < moment));
            seen.push((moment, tag(&reply)));
        }
        seen.sort_unstable_by(|a, b| a.1.cmp(&b.1));
        seen.dedup_by(|a, b| a.1 == b.1);
        assert_eq!(seen.len(), 30);
    }
}

#[test]
fn an_edit_is_later_than_the_one_before_it_whatever_the_clock_says() {
    let app = TestApp::start();
    let ahead = backend::db::time::now() + chrono::TimeDelta::hours(1);
    app.database.query(|connection| {
        diesel::update(categories::table).set(categories::updated_at.eq(ahead)).execute(connection)?;
        diesel::update(products::table).set(products::updated_at.eq(ahead)).execute(connection)
    });
    for path in both(&app) {
        let first = tag(&app.admin().get(&path));
        let edited = patch_if(&app.admin(), &path, &first, &json!({"description": "One"}));
        let moment = edited.value(200)["updatedAt"].as_str().unwrap().to_owned();
        assert!(moment.as_str() > backend::db::time::to_wire(ahead).as_str(), "{moment}");
        refused(&patch_if(&app.admin(), &path, &first, &json!({"description": "Two"})));
    }
}
