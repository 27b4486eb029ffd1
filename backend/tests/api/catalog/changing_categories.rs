//! `PATCH /api/catalog/categories/{key}`, and hidden categories.

use serde_json::{Value, json};
use shared_types::{
    ErrorCode,
    catalog::{CategoryFull, CategoryList},
    paths,
};

use super::{category_id, category_path, patch, trail_length};
use crate::support::{TestApp, shapes::assert_moment};

#[test]
fn only_what_is_sent_changes() {
    let app = TestApp::start();
    let path = category_path(&app, "books");
    let before = app.admin().get(&path).value(200);
    let after = patch(&app.admin(), &path, &json!({"name": "Reading"})).value(200);
    assert_eq!(after["name"], "Reading");
    for (field, value) in before.as_object().unwrap() {
        if !["name", "updatedAt"].contains(&field.as_str()) {
            assert_eq!(&after[field], value, "{field}");
        }
    }
    assert_moment(&after["updatedAt"]);
    assert!(after["updatedAt"].as_str() > before["updatedAt"].as_str());
    assert_eq!(app.anon().get(&path).value(200), after);
}

#[test]
fn defaults_are_not_applied_again() {
    let app = TestApp::start();
    let path = category_path(&app, "books");
    patch(&app.admin(), &path, &json!({"isActive": false, "sortOrder": 9})).expect(200);
    let after = patch(&app.admin(), &path, &json!({"name": "Reading"})).value(200);
    assert_eq!((&after["isActive"], &after["sortOrder"]), (&json!(false), &json!(9)));
}

#[test]
fn what_get_answered_can_be_sent_back() {
    let app = TestApp::start();
    for slug in ["laptops", "electronics"] {
        let path = category_path(&app, slug);
        let mut body = app.admin().get(&path).value(200);
        let before = trail_length(&app);
        assert_eq!(patch(&app.admin(), &path, &body).value(200), body, "nothing has changed");
        assert_eq!(trail_length(&app), before);
        body["name"] = json!("Renamed");
        assert_eq!(patch(&app.admin(), &path, &body).value(200)["name"], "Renamed");
    }
}

#[test]
fn null_clears_what_may_be_empty_and_nothing_else() {
    let app = TestApp::start();
    let path = category_path(&app, "laptops");
    let before = app.admin().get(&path).value(200);
    for field in ["description", "imageUrl", "parentId"] {
        assert!(!before[field].is_null(), "{field}");
    }
    let nothing = json!({"description": null, "imageUrl": null, "parentId": null});
    let after = patch(&app.admin(), &path, &nothing).value(200);
    for field in ["description", "imageUrl", "parentId", "parent"] {
        assert!(after[field].is_null(), "{field}");
    }
    let body = json!({"name": null, "slug": null, "sortOrder": null, "isActive": null});
    assert_eq!(patch(&app.admin(), &path, &body).invalid_paths(), ["isActive", "name", "slug", "sortOrder"]);
}

#[test]
fn wrong_fields_of_a_change_are_named() {
    let app = TestApp::start();
    let body = json!({"name": " ", "slug": "", "imageUrl": "x", "parentId": "", "sortOrder": "1", "isActive": "yes"});
    let errors = patch(&app.admin(), &category_path(&app, "books"), &body).invalid();
    assert_eq!(errors.iter().count(), 6);
    assert_eq!(errors.first("name"), Some("Name is required"));
    assert_eq!(errors.first("slug"), Some("Slug is required"));
    assert_eq!(errors.first("isActive"), Some("Expected true or false"));
}

#[test]
fn a_category_is_changed_by_id_only() {
    let app = TestApp::start();
    for key in ["books", "nothing", "%00", "' OR 1=1 --"] {
        let path = paths::catalog::category(key);
        let reply = patch(&app.admin(), &path, &json!({"name": "N"}));
        reply.refused(404, ErrorCode::NotFound, "Category not found");
    }
}

#[test]
fn a_slug_of_another_category_is_a_conflict_and_ones_own_is_not() {
    let app = TestApp::start();
    let path = category_path(&app, "books");
    let reply = patch(&app.admin(), &path, &json!({"slug": "clothing"}));
    reply.refused(409, ErrorCode::Conflict, "A category with this slug already exists");
    patch(&app.admin(), &path, &json!({"slug": "books", "name": "Reading"})).expect(200);
    patch(&app.admin(), &path, &json!({"slug": "reading"})).expect(200);
    app.anon().get(&paths::catalog::category("books")).expect(404);
    app.anon().get(&paths::catalog::category("reading")).expect(200);
}

#[test]
fn a_category_moves_with_everything_below_it() {
    let app = TestApp::start();
    let clothing = category_id(&app, "clothing");
    let path = category_path(&app, "electronics");
    let moved = patch(&app.admin(), &path, &json!({"parentId": clothing})).value(200);
    assert_eq!(moved["parent"]["slug"], "clothing");
    let products = app.anon().get("/api/catalog/products?category=clothing&limit=100").page::<Value>();
    assert_eq!(products.meta.total, 4 + 6);
    let top = patch(&app.admin(), &path, &json!({"parentId": null})).value(200);
    assert!(top["parent"].is_null());
}

#[test]
fn a_category_is_never_its_own_ancestor() {
    let app = TestApp::start();
    let (electronics, laptops) = (category_id(&app, "electronics"), category_id(&app, "laptops"));
    let body = json!({"name": "Gaming", "slug": "gaming", "parentId": laptops});
    let gaming: CategoryFull = app.admin().post(paths::catalog::CATEGORIES, &body).data(201);
    let path = paths::catalog::category(&electronics);
    let before = trail_length(&app);
    for parent in [&electronics, &laptops, &gaming.category.category.id] {
        let reply = patch(&app.admin(), &path, &json!({"parentId": parent}));
        let message = "A category cannot be moved into itself or below itself";
        reply.refused(400, ErrorCode::BadRequest, message);
    }
    assert_eq!(trail_length(&app), before);
    let sibling = category_id(&app, "smartphones");
    patch(&app.admin(), &paths::catalog::category(&laptops), &json!({"parentId": sibling})).expect(200);
}

#[test]
fn a_parent_that_does_not_exist_is_refused() {
    let app = TestApp::start();
    let reply = patch(&app.admin(), &category_path(&app, "books"), &json!({"parentId": "nothing"}));
    reply.refused(400, ErrorCode::BadRequest, "Category not found");
}

#[test]
fn a_hidden_category_leaves_the_menu_and_its_products_stay_on_sale() {
    let app = TestApp::start();
    patch(&app.admin(), &category_path(&app, "books"), &json!({"isActive": false})).expect(200);
    app.anon().get(&paths::catalog::category("books")).expect(404);
    let listed: Vec<CategoryList> = app.anon().get(paths::catalog::CATEGORIES).data(200);
    assert!(listed.iter().all(|row| row.category.slug != "books"));
    assert_eq!(app.anon().product("book-clean-code").category.slug, "books");
    patch(&app.admin(), &category_path(&app, "books"), &json!({"isActive": true})).expect(200);
    app.anon().get(&paths::catalog::category("books")).expect(200);
}

#[test]
fn administrators_may_list_hidden_categories_as_well() {
    let app = TestApp::start();
    patch(&app.admin(), &category_path(&app, "books"), &json!({"isActive": false})).expect(200);
    let count = |actor: &crate::support::Actor, query: &str| {
        let path = format!("{}{query}", paths::catalog::CATEGORIES);
        actor.get(&path).data::<Vec<CategoryList>>(200).len()
    };
    assert_eq!(count(&app.admin(), ""), 8);
    assert_eq!(count(&app.admin(), "?includeInactive=false"), 8);
    assert_eq!(count(&app.admin(), "?includeInactive=true"), 9);
    for shopper in [app.anon(), app.john()] {
        assert_eq!(count(&shopper, "?includeInactive=true"), 8);
    }
    let reply = app.admin().get(&format!("{}?includeInactive=1", paths::catalog::CATEGORIES));
    reply.invalid_at("includeInactive", "Expected true or false");
}

#[test]
fn a_hidden_parent_is_hidden_on_the_pages_of_its_children_too() {
    let app = TestApp::start();
    patch(&app.admin(), &category_path(&app, "electronics"), &json!({"isActive": false})).expect(200);
    let path = paths::catalog::category("laptops");
    let seen: CategoryFull = app.anon().get(&path).data(200);
    assert_eq!(seen.parent, None);
    let seen: CategoryFull = app.admin().get(&path).data(200);
    assert_eq!(seen.parent.unwrap().slug, "electronics");
}
