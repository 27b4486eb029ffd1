//! `POST /api/catalog/categories`

use serde_json::{Value, json};
use shared_types::{ErrorCode, catalog::CategoryFull, paths};

use super::{category_id, trail_length};
use crate::support::{
    Reply, TestApp,
    shapes::{CATEGORY, assert_fields_and, assert_moment},
};

fn create(app: &TestApp, body: &Value) -> Reply {
    app.admin().post(paths::catalog::CATEGORIES, body)
}

#[test]
fn a_category_needs_a_name_and_a_slug_and_has_defaults_for_the_rest() {
    let app = TestApp::start();
    let reply = create(&app, &json!({"name": "Garden tools", "slug": "garden-tools"}));
    let made = reply.value(201);
    assert_fields_and(&made, CATEGORY, &["_count", "parent", "children"]);
    assert_moment(&made["createdAt"]);
    for field in ["description", "imageUrl", "parentId", "parent"] {
        assert!(made[field].is_null(), "{field}");
    }
    assert_eq!((&made["isActive"], &made["sortOrder"]), (&json!(true), &json!(0)));
    assert_eq!((&made["_count"]["products"], &made["children"]), (&json!(0), &json!([])));
    assert_eq!(made["createdAt"], made["updatedAt"]);
    let path = paths::catalog::category(made["id"].as_str().unwrap());
    assert_eq!(reply.header("location"), Some(path.as_str()));
    assert_eq!(app.anon().get(&path).value(200), made);
    assert_eq!(app.anon().get(&paths::catalog::category("garden-tools")).value(200), made);
}

#[test]
fn every_field_of_a_new_category_is_kept() {
    let app = TestApp::start();
    let parent = category_id(&app, "home-garden");
    let body = json!({
        "name": "Tools", "slug": "tools", "description": "For the garden", "imageUrl": "https://cdn.example.com/t.png",
        "parentId": parent, "sortOrder": -7, "isActive": false,
    });
    let made = create(&app, &body).value(201);
    for (field, value) in body.as_object().unwrap() {
        assert_eq!(&made[field], value, "{field}");
    }
    assert_eq!(made["parent"]["slug"], "home-garden");
}

#[test]
fn what_is_missing_is_named_as_the_contract_says() {
    let app = TestApp::start();
    for body in [json!({}), json!({"name": "", "slug": " "}), json!({"name": 7, "slug": []})] {
        let errors = create(&app, &body).invalid();
        assert_eq!(errors.first("name"), Some("Name is required"));
        assert_eq!(errors.first("slug"), Some("Slug is required"));
        assert_eq!(errors.iter().count(), 2);
    }
    let admin = app.admin();
    admin.post_nothing(paths::catalog::CATEGORIES).invalid_at("", "Request body is required");
}

#[test]
fn null_is_refused_for_every_optional_field_of_a_new_category() {
    let app = TestApp::start();
    let body = json!({
        "name": "N", "slug": "n", "description": null, "imageUrl": null, "parentId": null, "sortOrder": null, "isActive": null,
    });
    let expected = ["description", "imageUrl", "isActive", "parentId", "sortOrder"];
    assert_eq!(create(&app, &body).invalid_paths(), expected);
}

#[test]
fn sort_orders_are_whole_numbers_of_32_bits() {
    let app = TestApp::start();
    for (index, good) in [i32::MIN, 0, i32::MAX].into_iter().enumerate() {
        let body = json!({"name": "N", "slug": format!("n-{index}"), "sortOrder": good});
        assert_eq!(create(&app, &body).value(201)["sortOrder"], good);
    }
    let body = |sort_order: Value| json!({"name": "N", "slug": "n", "sortOrder": sort_order});
    for (bad, message) in [
        (json!(2_147_483_648_i64), "Must be at most 2147483647"),
        (json!(-2_147_483_649_i64), "Must be at least -2147483648"),
        (json!(u64::MAX), "Expected a whole number"),
        (json!(1.5), "Expected a whole number"),
        (json!("1"), "Expected a whole number"),
    ] {
        create(&app, &body(bad)).invalid_at("sortOrder", message);
    }
}

#[test]
fn a_slug_that_is_taken_is_a_conflict_and_nothing_is_added() {
    let app = TestApp::start();
    let before = trail_length(&app);
    let reply = create(&app, &json!({"name": "Other books", "slug": "books"}));
    reply.refused(409, ErrorCode::Conflict, "A category with this slug already exists");
    assert_eq!(trail_length(&app), before);
    // Slugs are compared letter by letter.
    create(&app, &json!({"name": "Other books", "slug": "Books"})).expect(201);
}

#[test]
fn a_parent_that_does_not_exist_is_refused() {
    let app = TestApp::start();
    for parent in ["nothing", "books"] {
        let reply = create(&app, &json!({"name": "N", "slug": "n", "parentId": parent}));
        reply.refused(400, ErrorCode::BadRequest, "Category not found");
    }
}

#[test]
fn a_slug_is_something_that_an_address_can_carry() {
    let app = TestApp::start();
    for slug in ["a/b", "a b", "a?b", "a#b", "100%", "a+b", "..", "."] {
        let body = json!({"name": "N", "slug": slug});
        assert_eq!(create(&app, &body).invalid_paths(), ["slug"], "{slug}");
    }
    for slug in ["kopfhörer", "日本語", "v1.2_x~y", "UPPER", "a&b=c"] {
        let made: CategoryFull = create(&app, &json!({"name": "N", "slug": slug})).data(201);
        let read: CategoryFull = app.anon().get(&paths::catalog::category(slug)).data(200);
        assert_eq!(read, made);
    }
}

#[test]
fn pictures_are_on_the_web_or_the_shops_own() {
    let app = TestApp::start();
    let body = |url: &str, slug: &str| json!({"name": "N", "slug": slug, "imageUrl": url});
    for (index, url) in ["http://a.example/b.png", "https://a.example", "/images/categories/books.svg"]
        .into_iter()
        .enumerate()
    {
        let made = create(&app, &body(url, &format!("n-{index}"))).value(201);
        assert_eq!(made["imageUrl"], url);
    }
    let message = "Must be an http or https URL, or a path that starts with /";
    for url in ["", "ftp://a.example/b.png", "javascript:alert(1)", "//evil.example/a.png", "picture.png"] {
        create(&app, &body(url, "n")).invalid_at("imageUrl", message);
    }
}

#[test]
fn texts_have_a_longest_length() {
    let app = TestApp::start();
    let body = |name: usize, slug: usize, description: usize| json!({"name": "ä".repeat(name), "slug": "s".repeat(slug), "description": "ü".repeat(description)});
    create(&app, &body(200, 200, 10_000)).expect(201);
    let errors = create(&app, &body(201, 201, 10_001)).invalid();
    assert_eq!(errors.first("name"), Some("Must be at most 200 characters"));
    assert_eq!(errors.first("slug"), Some("Must be at most 200 characters"));
    assert_eq!(errors.first("description"), Some("Must be at most 10000 characters"));
}

#[test]
fn text_of_any_script_is_kept_and_quotes_do_no_harm() {
    let app = TestApp::start();
    for (index, odd) in
        ["O'Reilly \"quoted\"; DROP TABLE categories;--", "🦀 emoji 👩‍👩‍👧", "\u{202e}عربى مرحبا", "%_\\"]
            .into_iter()
            .enumerate()
    {
        let made = create(&app, &json!({"name": odd, "slug": format!("odd-{index}"), "description": odd}))
            .value(201);
        assert_eq!((&made["name"], &made["description"]), (&json!(odd), &json!(odd)));
    }
    let nul = create(&app, &json!({"name": "a\u{0}b", "slug": "a\u{0}b", "description": "a\u{0}b"}));
    assert_eq!(nul.invalid_paths(), ["description", "name", "slug"]);
}

#[test]
fn unknown_keys_are_ignored() {
    let app = TestApp::start();
    let body =
        json!({"name": "N", "slug": "n", "id": "mine", "createdAt": "2000-01-01T00:00:00.000Z", "_count": 7});
    let made = create(&app, &body).value(201);
    assert!(made["id"] != "mine" && made["_count"]["products"] == 0);
    assert_ne!(made["createdAt"], "2000-01-01T00:00:00.000Z");
}
