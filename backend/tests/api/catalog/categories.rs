//! `GET /api/catalog/categories`, `GET /api/catalog/categories/{key}`

use backend::db::schema::categories;
use diesel::prelude::*;
use shared_types::{
    ErrorCode,
    catalog::{CategoryFull, CategoryList},
    paths,
};

use crate::support::{
    TestApp, TestDatabase,
    shapes::{CATEGORY, assert_fields, assert_fields_and, assert_moment},
};

fn hide(database: &TestDatabase, slug: &str) {
    database.query(|connection| {
        diesel::update(categories::table.filter(categories::slug.eq(slug)))
            .set(categories::is_active.eq(false))
            .execute(connection)
    });
}

#[test]
fn categories_come_by_sort_order_then_name() {
    let app = TestApp::start();
    let found: Vec<CategoryList> = app.anon().get(paths::catalog::CATEGORIES).data(200);
    let found: Vec<_> =
        found.iter().map(|row| (row.category.sort_order, row.category.slug.as_str())).collect();
    let expected = [
        (1, "electronics"),
        (1, "mens-clothing"),
        (1, "smartphones"),
        (2, "clothing"),
        (2, "laptops"),
        (2, "womens-clothing"),
        (3, "home-garden"),
        (4, "sports-outdoors"),
        (5, "books"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_category_has_the_fields_of_the_contract() {
    let app = TestApp::start();
    let list = app.anon().get(paths::catalog::CATEGORIES).value(200);
    for category in list.as_array().unwrap() {
        assert_fields_and(category, CATEGORY, &["_count"]);
        assert_fields(&category["_count"], &["products"]);
        assert_moment(&category["createdAt"]);
    }
    let full = app.anon().get(&paths::catalog::category("smartphones")).value(200);
    assert_fields_and(&full, CATEGORY, &["_count", "parent", "children"]);
    assert_fields(&full["parent"], CATEGORY);
    let top = app.anon().get(&paths::catalog::category("electronics")).value(200);
    assert!(top["parent"].is_null() && top["parentId"].is_null());
    assert_fields(&top["children"][0], CATEGORY);
}

#[test]
fn active_products_of_exactly_the_category_are_counted() {
    let app = TestApp::start();
    let found: Vec<CategoryList> = app.anon().get(paths::catalog::CATEGORIES).data(200);
    let count = |slug: &str| found.iter().find(|row| row.category.slug == slug).unwrap().count.products;
    // Electronics itself has a draft only, smartphones have an archived one beside the three.
    let expected = [("electronics", 0), ("smartphones", 3), ("laptops", 3), ("clothing", 0), ("books", 2)];
    for (slug, products) in expected {
        assert_eq!(count(slug), products, "{slug}");
        let full: CategoryFull = app.anon().get(&paths::catalog::category(slug)).data(200);
        assert_eq!(full.category.count.products, products, "{slug}");
    }
}

#[test]
fn a_category_is_found_by_id_and_by_slug_with_its_neighbours() {
    let app = TestApp::start();
    let by_slug: CategoryFull = app.anon().get(&paths::catalog::category("electronics")).data(200);
    let by_id: CategoryFull =
        app.anon().get(&paths::catalog::category(&by_slug.category.category.id)).data(200);
    assert_eq!(by_slug, by_id);
    let children: Vec<_> = by_slug.children.iter().map(|child| child.slug.as_str()).collect();
    assert_eq!(children, ["smartphones", "laptops"]);
    let child: CategoryFull = app.anon().get(&paths::catalog::category("laptops")).data(200);
    assert_eq!(child.parent.unwrap().id, by_slug.category.category.id);
    assert_eq!(child.children, []);
}

#[test]
fn an_unknown_category_is_not_found() {
    let app = TestApp::start();
    for key in ["nothing", "ELECTRONICS", "Electronics", "electronic"] {
        let reply = app.anon().get(&paths::catalog::category(key));
        reply.refused(404, ErrorCode::NotFound, "Category not found");
    }
}

#[test]
fn an_inactive_category_is_hidden_from_shoppers_and_shown_to_administrators() {
    let app = TestApp::start();
    hide(&app.database, "laptops");
    let listed: Vec<CategoryList> = app.anon().get(paths::catalog::CATEGORIES).data(200);
    assert_eq!(listed.len(), 8);
    assert!(listed.iter().all(|row| row.category.slug != "laptops"));
    let path = paths::catalog::category("laptops");
    for shopper in [app.anon(), app.john()] {
        shopper.get(&path).refused(404, ErrorCode::NotFound, "Category not found");
        let parent: CategoryFull = shopper.get(&paths::catalog::category("electronics")).data(200);
        let children: Vec<_> = parent.children.iter().map(|child| child.slug.as_str()).collect();
        assert_eq!(children, ["smartphones"]);
    }
    let seen: CategoryFull = app.admin().get(&path).data(200);
    assert!(!seen.category.category.is_active);
}
