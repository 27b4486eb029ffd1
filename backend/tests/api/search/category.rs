//! Categories that are found.

use backend::db::schema::categories;
use diesel::prelude::*;
use shared_types::search::{SearchKind, SearchQuery};

use super::{add_category, add_product, asking, category_names, new, search};
use crate::support::{
    Content, TestApp,
    shapes::{CATEGORY, assert_fields, assert_fields_and},
};

/// A shop with twelve categories, the later ones with more products.
fn shop() -> TestApp {
    TestApp::builder(Content::Tables).start_with(|database| {
        database.query(|connection| {
            for number in 0..12_usize {
                let name: &str = Box::leak(format!("Shelf {number:02}").into_boxed_str());
                let id = add_category(connection, name)?;
                for product in 0..number {
                    let sku: &str = Box::leak(format!("{number}-{product}").into_boxed_str());
                    add_product(connection, &id, &super::NewProduct { sku, ..new("", "Book") })?;
                }
            }
            Ok(())
        });
    })
}

#[test]
fn a_found_category_is_the_one_of_the_catalogue() {
    let app = TestApp::start();
    let body = app.anon().get("/api/search/?q=laptops&type=categories").expect(200).json();
    assert_fields_and(&body["categories"][0], CATEGORY, &["_count"]);
    assert_fields(&body["categories"][0]["_count"], &["products"]);
    let listed = app.anon().get("/api/catalog/categories").json();
    let laptops = listed["data"].as_array().unwrap().iter().find(|row| row["slug"] == "laptops").unwrap();
    assert_eq!(&body["categories"][0], laptops);
    assert_eq!(body["categories"][0]["_count"]["products"], 3);
}

#[test]
fn beside_products_the_first_five_are_shown_whatever_the_page() {
    let app = shop();
    for (page, limit) in [(1, 20), (3, 1), (9, 50)] {
        let answer = search(&app.anon(), &SearchQuery { page, limit, ..asking("shelf") });
        let names: Vec<_> = answer.categories.unwrap().into_iter().map(|row| row.category.name).collect();
        assert_eq!(names, ["Shelf 11", "Shelf 10", "Shelf 09", "Shelf 08", "Shelf 07"]);
        assert_eq!((answer.meta.total_categories, answer.meta.total_products), (Some(12), Some(0)));
    }
}

#[test]
fn alone_they_come_in_pages() {
    let app = shop();
    let page = |page| {
        let query = SearchQuery { kind: SearchKind::Categories, page, limit: 5, ..asking("shelf") };
        let answer = search(&app.anon(), &query);
        assert_eq!(answer.meta.total_categories, Some(12));
        answer.categories.unwrap().into_iter().map(|row| row.category.name).collect::<Vec<_>>()
    };
    let all = category_names(&app.anon(), "shelf");
    assert_eq!([page(1), page(2), page(3)].concat(), all);
    assert_eq!((all.len(), page(3).len(), page(4).len()), (12, 2, 0));
}

#[test]
fn names_come_before_descriptions() {
    let app = TestApp::start();
    // Of the three that speak of phones or laptops, one has it in its name.
    assert_eq!(category_names(&app.anon(), "laptops"), ["Laptops", "Electronics"]);
    assert_eq!(category_names(&app.anon(), "garden home"), ["Home & Garden"]);
    assert_eq!(category_names(&app.anon(), "mens-cloth"), ["Men's Clothing", "Women's Clothing"]);
}

#[test]
fn a_closed_category_is_not_found() {
    let app = TestApp::builder(Content::Demo).start_with(|database| {
        database.query(|connection| {
            diesel::update(categories::table.filter(categories::slug.eq("books")))
                .set(categories::is_active.eq(false))
                .execute(connection)
        });
    });
    assert_eq!(category_names(&app.anon(), "books"), Vec::<String>::new());
    assert_eq!(category_names(&app.admin(), "books"), Vec::<String>::new());
}
