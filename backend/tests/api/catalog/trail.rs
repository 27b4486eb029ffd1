//! What every change leaves behind: an entry in the audit log and a note for the replicas, in its own transaction.

use backend::db::catalog_changes::Entity;
use serde_json::{Value, json};
use shared_types::{audit::AuditEntry, paths};

use super::{
    category_id, category_path, changes_since, delete, patch, product_path, product_request, trail_length,
};
use crate::support::{Actor, Reply, TestApp};

/// The newest entry, which must be the only new one.
fn only_new_entry(app: &TestApp, before: i64) -> AuditEntry {
    assert_eq!(trail_length(app).0, before + 1);
    app.admin().get(paths::AUDIT).page().data.remove(0)
}

/// Does something that must succeed and answers what it left in the log and for the replicas.
fn left_by(app: &TestApp, work: impl FnOnce(&Actor) -> Reply) -> (AuditEntry, Vec<(Entity, String)>) {
    let admin = app.admin();
    let (entries, changes) = trail_length(app);
    let reply = work(&admin);
    assert!(matches!(reply.status, 200 | 201), "{reply}");
    let entry = only_new_entry(app, entries);
    assert_eq!(Some(entry.request_id.as_str()), reply.header("x-request-id"));
    assert_eq!(
        (entry.actor.id.as_str(), entry.actor.email.as_deref()),
        (admin.id(), Some("admin@example.com"))
    );
    (entry, changes_since(app, changes))
}

fn part(document: &Option<Value>, field: &str) -> Value {
    document.as_ref().unwrap()[field].clone()
}

#[test]
fn a_new_category_leaves_what_it_is() {
    let app = TestApp::start();
    let body = json!({"name": "N", "slug": "n"});
    let (entry, changes) = left_by(&app, |admin| admin.post(paths::catalog::CATEGORIES, &body));
    let id = category_id(&app, "n");
    assert_eq!((entry.action.as_str(), entry.entity.as_str()), ("category.create", "category"));
    assert_eq!((&entry.entity_id, &entry.before), (&id, &None));
    assert_eq!(part(&entry.after, "slug"), "n");
    assert_eq!(changes, [(Entity::Category, id)]);
}

#[test]
fn a_changed_category_leaves_what_it_was_and_what_it_is() {
    let app = TestApp::start();
    let (id, path) = (category_id(&app, "books"), category_path(&app, "books"));
    let was = app.admin().get(&path).value(200);
    let (entry, changes) = left_by(&app, |admin| patch(admin, &path, &json!({"name": "Reading"})));
    assert_eq!((entry.action.as_str(), &entry.entity_id), ("category.update", &id));
    let (before, after) = (entry.before.unwrap(), entry.after.unwrap());
    for (field, value) in before.as_object().unwrap() {
        assert_eq!(value, &was[field], "{field}");
    }
    assert_eq!((&after["name"], &after["createdAt"]), (&json!("Reading"), &was["createdAt"]));
    assert_ne!(after["updatedAt"], before["updatedAt"]);
    assert_eq!(changes, [(Entity::Category, id)]);
}

#[test]
fn a_removed_category_leaves_what_it_was_and_its_children_are_noted() {
    let app = TestApp::start();
    let (id, path) = (category_id(&app, "clothing"), category_path(&app, "clothing"));
    let mut children =
        ["mens-clothing", "womens-clothing"].map(|slug| (Entity::Category, category_id(&app, slug)));
    children.sort_by(|a, b| a.1.cmp(&b.1));
    let (entry, changes) = left_by(&app, |admin| delete(admin, &path));
    assert_eq!((entry.action.as_str(), &entry.entity_id), ("category.delete", &id));
    assert_eq!((part(&entry.before, "slug"), &entry.after), (json!("clothing"), &None));
    assert_eq!(changes, [vec![(Entity::Category, id)], children.to_vec()].concat());
}

#[test]
fn a_new_product_leaves_what_it_is() {
    let app = TestApp::start();
    let body = product_request(&app, "p");
    let (entry, changes) = left_by(&app, |admin| admin.post(paths::catalog::PRODUCTS, &body));
    let id = app.product_id("p-SKU");
    assert_eq!((entry.action.as_str(), entry.entity.as_str()), ("product.create", "product"));
    assert_eq!((&entry.entity_id, &entry.before), (&id, &None));
    assert_eq!((part(&entry.after, "price"), part(&entry.after, "status")), (json!("19.90"), json!("DRAFT")));
    assert_eq!(changes, [(Entity::Product, id)]);
}

#[test]
fn a_changed_product_leaves_what_it_was_and_what_it_is() {
    let app = TestApp::start();
    let (id, path) = (app.product_id("IPHONE-15-PRO"), product_path(&app, "IPHONE-15-PRO"));
    let body = json!({"price": "1.00", "stock": 7, "metadata": {"a": [1, {"b": null}]}});
    let (entry, changes) = left_by(&app, |admin| patch(admin, &path, &body));
    assert_eq!((entry.action.as_str(), &entry.entity_id), ("product.update", &id));
    assert_eq!((part(&entry.before, "price"), part(&entry.after, "price")), (json!("999.99"), json!("1.00")));
    assert_eq!((part(&entry.before, "stock"), part(&entry.after, "stock")), (json!(50), json!(7)));
    assert_eq!(
        (part(&entry.before, "metadata"), part(&entry.after, "metadata")),
        (Value::Null, body["metadata"].clone())
    );
    assert_eq!(changes, [(Entity::Product, id)]);
}

#[test]
fn a_removed_and_an_archived_product_leave_different_entries() {
    let app = TestApp::start();
    let (id, path) = (app.product_id("YOGA-MAT-PRO"), product_path(&app, "YOGA-MAT-PRO"));
    let (entry, changes) = left_by(&app, |admin| delete(admin, &path));
    assert_eq!((entry.action.as_str(), &entry.after), ("product.delete", &None));
    assert_eq!(part(&entry.before, "stock"), 100);
    assert_eq!(changes, [(Entity::Product, id)]);

    let (id, path) = (app.product_id("IPHONE-15-PRO"), product_path(&app, "IPHONE-15-PRO"));
    let (entry, changes) = left_by(&app, |admin| delete(admin, &path));
    assert_eq!(entry.action, "product.archive");
    assert_eq!(
        (part(&entry.before, "status"), part(&entry.after, "status")),
        (json!("ACTIVE"), json!("ARCHIVED"))
    );
    assert_eq!(changes, [(Entity::Product, id)]);
}

#[test]
fn a_correction_of_stock_leaves_both_numbers() {
    let app = TestApp::start();
    let id = app.product_id("YOGA-MAT-PRO");
    let (entry, changes) =
        left_by(&app, |admin| admin.post(&paths::catalog::stock(&id), &json!({"delta": -40})));
    assert_eq!((entry.action.as_str(), entry.entity.as_str()), ("product.adjust_stock", "product"));
    assert_eq!((part(&entry.before, "stock"), part(&entry.after, "stock")), (json!(100), json!(60)));
    assert_eq!(changes, [(Entity::Product, id)]);
}

#[test]
fn a_write_that_is_refused_leaves_nothing() {
    let app = TestApp::start();
    let admin = app.admin();
    let (books, mat) = (category_path(&app, "books"), product_path(&app, "YOGA-MAT-PRO"));
    let before = trail_length(&app);
    for (method, path, body, status) in [
        ("POST", paths::catalog::CATEGORIES, json!({"name": "N", "slug": "books"}), 409),
        ("POST", paths::catalog::CATEGORIES, json!({"name": "N", "slug": "n", "parentId": "x"}), 400),
        ("PATCH", books.as_str(), json!({"slug": "clothing"}), 409),
        ("PATCH", &books, json!({"name": ""}), 422),
        ("DELETE", &books, json!({}), 400),
        ("PATCH", &mat, json!({"sku": "PIXEL-8-PRO"}), 409),
        ("PATCH", &mat, json!({"categoryId": "x", "stock": 1}), 400),
        ("POST", &format!("{mat}/stock"), json!({"delta": -1000}), 400),
    ] {
        admin.request(method, path).json(&body).send().expect(status);
    }
    assert_eq!(trail_length(&app), before);
    app.database.assert_ledger_explains_stock();
}
