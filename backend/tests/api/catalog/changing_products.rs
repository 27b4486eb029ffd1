//! `PATCH /api/catalog/products/{key}`

use serde_json::{Value, json};
use shared_types::{ErrorCode, catalog::ProductFull, paths};

use super::{category_id, patch, product_path, trail_length};
use crate::support::TestApp;

#[test]
fn only_what_is_sent_changes() {
    let app = TestApp::start();
    let path = product_path(&app, "IPHONE-15-PRO");
    let before = app.admin().get(&path).value(200);
    for (field, value) in [
        ("name", json!("Phone")),
        ("sku", json!("PHONE")),
        ("slug", json!("phone")),
        ("description", json!("A phone")),
        ("price", json!("1.00")),
        ("compareAt", json!("2.00")),
        ("stock", json!(7)),
        ("imageUrl", json!("/a.svg")),
        ("images", json!([])),
        ("isFeatured", json!(false)),
        ("metadata", json!({"a": 1})),
        ("status", json!("ARCHIVED")),
    ] {
        let before = app.admin().get(&path).value(200);
        let after = patch(&app.admin(), &path, &json!({field: value})).value(200);
        for (name, old) in before.as_object().unwrap() {
            let expected = if name == field { &value } else { old };
            assert!(name == "updatedAt" || after[name] == *expected, "{field} and {name}: {after}");
        }
        assert!(after["updatedAt"].as_str() > before["updatedAt"].as_str());
    }
    assert_eq!(app.admin().get(&path).value(200)["createdAt"], before["createdAt"]);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn a_product_moves_to_another_category() {
    let app = TestApp::start();
    let path = product_path(&app, "YOGA-MAT-PRO");
    let books = category_id(&app, "books");
    let after: ProductFull = patch(&app.admin(), &path, &json!({"categoryId": books})).data(200);
    assert_eq!((after.category.slug.as_str(), &after.product.category_id), ("books", &books));
    let reply = patch(&app.admin(), &path, &json!({"categoryId": "nothing"}));
    reply.refused(400, ErrorCode::BadRequest, "Category not found");
}

#[test]
fn what_get_answered_can_be_sent_back() {
    let app = TestApp::start();
    for sku in ["IPHONE-15-PRO", "PIXEL-8-PRO", "UNRELEASED-GADGET"] {
        let path = product_path(&app, sku);
        let mut body = app.admin().get(&path).value(200);
        // The one optional field that may be empty and can't be cleared.
        body.as_object_mut().unwrap().remove("metadata");
        let before = trail_length(&app);
        let after = patch(&app.admin(), &path, &body).value(200);
        assert_eq!(after, app.admin().get(&path).value(200));
        assert_eq!((after["updatedAt"].clone(), trail_length(&app)), (body["updatedAt"].clone(), before));
    }
}

#[test]
fn an_empty_change_changes_nothing() {
    let app = TestApp::start();
    let path = product_path(&app, "YOGA-MAT-PRO");
    let (read, before) = (app.admin().get(&path).value(200), trail_length(&app));
    assert_eq!(patch(&app.admin(), &path, &json!({})).value(200), read);
    assert_eq!(patch(&app.admin(), &path, &json!({"stock": 100, "unknown": 7, "id": "x"})).value(200), read);
    assert_eq!(trail_length(&app), before);
}

#[test]
fn null_clears_what_may_be_empty_and_nothing_else() {
    let app = TestApp::start();
    let path = product_path(&app, "IPHONE-15-PRO");
    let before = app.admin().get(&path).value(200);
    for field in ["description", "imageUrl", "compareAt"] {
        assert!(!before[field].is_null(), "{field}");
        let after = patch(&app.admin(), &path, &json!({field: null})).value(200);
        assert!(after[field].is_null(), "{field}");
    }
    let others =
        ["categoryId", "images", "isFeatured", "metadata", "name", "price", "sku", "slug", "status", "stock"];
    let nulls: Value = others.iter().map(|field| ((*field).to_owned(), Value::Null)).collect();
    assert_eq!(patch(&app.admin(), &path, &nulls).invalid_paths(), others);
}

#[test]
fn defaults_are_not_applied_again() {
    let app = TestApp::start();
    let path = product_path(&app, "IPHONE-15-PRO");
    let after: ProductFull = patch(&app.admin(), &path, &json!({"name": "Phone"})).data(200);
    assert_eq!((after.product.stock, after.product.is_featured), (50, true));
    assert_eq!((after.product.status.as_str(), after.product.images.len()), ("ACTIVE", 1));
}

#[test]
fn wrong_fields_of_a_change_are_named_as_for_a_new_product() {
    let app = TestApp::start();
    let path = product_path(&app, "IPHONE-15-PRO");
    for (field, given, message) in [
        ("categoryId", json!(""), "Category ID is required"),
        ("sku", json!(""), "SKU is required"),
        ("name", json!(""), "Name is required"),
        ("slug", json!(""), "Slug is required"),
        ("price", json!(0), "Price must be positive"),
        ("compareAt", json!("0"), "Compare-at price must be positive"),
        ("stock", json!(-1), "Must be at least 0"),
        ("stock", json!("1"), "Expected a whole number"),
        ("status", json!("SOLD"), "Expected one of DRAFT, ACTIVE, ARCHIVED"),
    ] {
        patch(&app.admin(), &path, &json!({field: given})).invalid_at(field, message);
    }
}

#[test]
fn a_sku_or_slug_of_another_product_is_a_conflict_and_ones_own_is_not() {
    let app = TestApp::start();
    let path = product_path(&app, "YOGA-MAT-PRO");
    let before = trail_length(&app);
    let reply = patch(&app.admin(), &path, &json!({"sku": "PIXEL-8-PRO"}));
    reply.refused(409, ErrorCode::Conflict, "A product with this SKU already exists");
    let reply = patch(&app.admin(), &path, &json!({"slug": "pixel-8-pro"}));
    reply.refused(409, ErrorCode::Conflict, "A product with this slug already exists");
    assert_eq!(trail_length(&app), before);
    let own = json!({"sku": "YOGA-MAT-PRO", "slug": "yoga-mat-pro", "price": 1});
    patch(&app.admin(), &path, &own).expect(200);
}

#[test]
fn a_product_is_changed_by_id_only() {
    let app = TestApp::start();
    for key in ["yoga-mat-pro", "YOGA-MAT-PRO", "nothing", "' OR 1=1 --"] {
        let reply = patch(&app.admin(), &paths::catalog::product(key), &json!({"name": "N"}));
        reply.refused(404, ErrorCode::NotFound, "Product not found");
    }
}

#[test]
fn publishing_and_archiving_work_at_once() {
    let app = TestApp::start();
    let path = product_path(&app, "UNRELEASED-GADGET");
    app.anon().get(&path).expect(404);
    patch(&app.admin(), &path, &json!({"status": "ACTIVE"})).expect(200);
    app.anon().get(&path).expect(200);
    patch(&app.admin(), &path, &json!({"status": "ARCHIVED"})).expect(200);
    app.anon().get(&path).expect(404);
}

#[test]
fn a_new_price_is_charged_from_then_on_and_old_orders_keep_theirs() {
    let app = TestApp::start();
    let (id, customer) = (app.product_id("YOGA-MAT-PRO"), app.customer());
    let old = customer.order(&[(&id, 1)]);
    patch(&app.admin(), &paths::catalog::product(&id), &json!({"price": 12.5, "name": "Mat"})).expect(200);
    let new = customer.order(&[(&id, 1)]);
    let sold = |order: &shared_types::orders::OrderWithItems| {
        let item = &order.items[0].item;
        (item.name.clone(), item.unit_price.to_string())
    };
    assert_eq!(sold(&new), ("Mat".to_owned(), "12.50".to_owned()));
    let read: Value = customer.get(&paths::orders::order(&old.order.id)).value(200);
    assert_eq!(read["items"][0]["unitPrice"], sold(&old).1);
    assert_ne!(sold(&old), sold(&new));
}
