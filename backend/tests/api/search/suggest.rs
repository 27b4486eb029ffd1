//! `GET /api/search/suggest`

use super::{add_category, add_product, new, shop_of, suggest};
use crate::support::{
    Actor, Content, TestApp,
    shapes::{CATEGORY_REF, assert_fields},
};

const PRODUCT_HIT: &[&str] = &["id", "name", "slug", "imageUrl", "price"];

fn names(actor: &Actor, q: &str) -> Vec<String> {
    suggest(actor, q, 10).products.into_iter().map(|hit| hit.name).collect()
}

#[test]
fn the_example_of_the_contract_suggests_the_two_phones() {
    let app = shop_of(&[new("A", "iPhone 15 Pro"), new("B", "iPhone 14"), new("C", "iPad Pro")]);
    assert_eq!(names(&app.anon(), "iph"), ["iPhone 14", "iPhone 15 Pro"]);
    assert_eq!(names(&app.anon(), "ip").len(), 3);
}

#[test]
fn suggestions_have_their_shape() {
    let app = TestApp::start();
    let data = app.anon().get("/api/search/suggest?q=smartph").value(200);
    assert_fields(&data, &["products", "categories"]);
    assert_fields(&data["categories"][0], CATEGORY_REF);
    let data = app.anon().get("/api/search/suggest?q=iphone").value(200);
    assert_fields(&data["products"][0], PRODUCT_HIT);
    assert_eq!(
        (&data["products"][0]["price"], &data["products"][0]["slug"]),
        (&"999.99".into(), &"iphone-15-pro".into())
    );
}

#[test]
fn every_letter_narrows_the_suggestions_down() {
    let app = TestApp::start();
    let mut last = usize::MAX;
    for typed in
        ["sa", "sam", "sams", "samsu", "samsun", "samsung", "samsung ", "samsung g", "samsung galaxy s24"]
    {
        let found = names(&app.anon(), typed);
        assert_eq!(found.first().map(String::as_str), Some("Samsung Galaxy S24 Ultra"), "{typed}");
        assert!(found.len() <= last);
        last = found.len();
    }
}

#[test]
fn five_products_are_suggested_unless_another_number_is_asked_for() {
    let app = TestApp::start();
    let of = |query: &str| {
        let data = app.anon().get(&format!("/api/search/suggest?q=th{query}")).value(200);
        data["products"].as_array().unwrap().len()
    };
    assert_eq!((of(""), of("&limit=1"), of("&limit=10")), (5, 1, 10));
}

#[test]
fn three_categories_are_suggested_at_most_the_best_match_first() {
    let app = TestApp::builder(Content::Tables).start_with(|database| {
        database.query(|connection| {
            for name in ["Wine Glasses", "Glasses", "Reading Glasses", "Eyeglasses", "Glass"] {
                let id = add_category(connection, name)?;
                if name == "Reading Glasses" {
                    add_product(connection, &id, &new("A", "Loupe"))?;
                }
            }
            Ok(())
        });
    });
    let found = suggest(&app.anon(), "glasses", 10).categories;
    let names: Vec<_> = found.iter().map(|category| category.name.as_str()).collect();
    assert_eq!(names, ["Glasses", "Reading Glasses", "Wine Glasses"]);
}

#[test]
fn a_typo_is_forgiven() {
    let app = TestApp::start();
    assert_eq!(names(&app.anon(), "samsnug gal"), ["Samsung Galaxy S24 Ultra"]);
    assert_eq!(names(&app.anon(), "refrigerator"), Vec::<String>::new());
}

#[test]
fn one_character_is_not_enough() {
    let app = TestApp::start();
    for query in ["", "?q=", "?q=a", "?q=%20a%20", "?q=%C3%A9", "?limit=3"] {
        app.anon()
            .get(&format!("/api/search/suggest{query}"))
            .invalid_at("q", "Query must be at least 2 characters");
    }
    let two = app.anon().get("/api/search/suggest?q=%C3%A9z").value(200);
    assert_eq!(two["products"], serde_json::json!([]));
}

#[test]
fn the_number_of_suggestions_is_limited() {
    let app = TestApp::start();
    app.anon().get("/api/search/suggest?q=ab&limit=11").invalid_at("limit", "Must be at most 10");
    app.anon().get("/api/search/suggest?q=ab&limit=0").invalid_at("limit", "Must be at least 1");
    let long = "a".repeat(201);
    app.anon()
        .get(&format!("/api/search/suggest?q={long}"))
        .invalid_at("q", "Must be at most 200 characters");
}
