//! `GET /api/catalog/products`: which products a list holds.

use backend::db::schema::products;
use diesel::prelude::*;
use shared_types::{
    Money,
    catalog::{CategoryFull, ProductList, ProductQuery, ProductStatus},
    paths,
};

use super::listing::path_of;
use crate::support::{Actor, TestApp};

/// The SKUs of what is listed, sorted.
fn found(actor: &Actor, query: &ProductQuery) -> Vec<String> {
    let page = actor.get(&path_of(query)).page::<ProductList>();
    assert_eq!(usize::try_from(page.meta.total).unwrap(), page.data.len(), "the count and the rows agree");
    let mut skus: Vec<String> = page.data.into_iter().map(|row| row.product.sku).collect();
    skus.sort_unstable();
    skus
}

fn all() -> ProductQuery {
    ProductQuery { limit: 100, ..ProductQuery::default() }
}

fn category_id(app: &TestApp, slug: &str) -> Option<String> {
    let full: CategoryFull = app.anon().get(&paths::catalog::category(slug)).data(200);
    Some(full.category.category.id)
}

const LAPTOPS: [&str; 3] = ["DELL-XPS-15", "MACBOOK-PRO-16", "THINKPAD-X1-CARBON"];
const PHONES: [&str; 3] = ["IPHONE-15-PRO", "PIXEL-8-PRO", "SAMSUNG-S24-ULTRA"];

#[test]
fn a_category_by_slug_includes_everything_below_it() {
    let app = TestApp::start();
    let of = |slug: &str| found(&app.anon(), &ProductQuery { category: Some(slug.to_owned()), ..all() });
    assert_eq!(of("laptops"), LAPTOPS);
    assert_eq!(of("electronics").len(), LAPTOPS.len() + PHONES.len());
    assert_eq!(of("nothing"), Vec::<String>::new());
}

#[test]
fn a_category_by_id_means_exactly_that_one() {
    let app = TestApp::start();
    let of = |slug: &str| found(&app.anon(), &ProductQuery { category_id: category_id(&app, slug), ..all() });
    assert_eq!(of("laptops"), LAPTOPS);
    assert_eq!(of("electronics"), Vec::<String>::new());
    let unknown = ProductQuery { category_id: Some("nothing".to_owned()), ..all() };
    assert_eq!(found(&app.anon(), &unknown), Vec::<String>::new());
}

#[test]
fn both_kinds_of_category_must_hold() {
    let app = TestApp::start();
    let both = |slug: &str| ProductQuery {
        category: Some(slug.to_owned()),
        category_id: category_id(&app, "laptops"),
        ..all()
    };
    assert_eq!(found(&app.anon(), &both("electronics")), LAPTOPS);
    assert_eq!(found(&app.anon(), &both("clothing")), Vec::<String>::new());
}

#[test]
fn price_limits_are_inclusive_to_the_cent() {
    let app = TestApp::start();
    let between = |min: i64, max: i64| {
        let query = ProductQuery {
            min_price: Some(Money::from_minor(min)),
            max_price: Some(Money::from_minor(max)),
            ..all()
        };
        found(&app.anon(), &query)
    };
    assert_eq!(between(7_999, 7_999), ["MENS-SLIM-JEANS", "MODERN-TABLE-LAMP"]);
    assert_eq!(between(8_000, 8_998), Vec::<String>::new());
    assert_eq!(between(9_000, 8_000), Vec::<String>::new());
    assert_eq!(between(0, 4_499), ["BOOK-CLEAN-CODE", "BOOK-SYSTEM-DESIGN", "MENS-CLASSIC-TEE"]);
    assert_eq!(between(0, 9_999_999_999).len(), 16);
}

#[test]
fn featured_products_and_the_others_are_told_apart() {
    let app = TestApp::start();
    let of = |featured| found(&app.anon(), &ProductQuery { featured: Some(featured), ..all() });
    let featured = [
        "BOOK-SYSTEM-DESIGN",
        "INDOOR-PLANT-SET",
        "IPHONE-15-PRO",
        "MACBOOK-PRO-16",
        "MENS-SLIM-JEANS",
        "RUNNING-SHOES-AIR",
        "SAMSUNG-S24-ULTRA",
        "WOMENS-SUMMER-DRESS",
    ];
    assert_eq!(of(true), featured);
    assert_eq!(of(false).len(), 8);
    assert!(of(false).iter().all(|sku| !featured.contains(&sku.as_str())));
}

#[test]
fn products_in_stock_and_sold_out_ones_are_told_apart() {
    let app = TestApp::start();
    app.database.set_stock(&app.product_id("YOGA-MAT-PRO"), 0);
    let of = |in_stock| found(&app.anon(), &ProductQuery { in_stock: Some(in_stock), ..all() });
    assert_eq!(of(false), ["YOGA-MAT-PRO"]);
    assert_eq!(of(true).len(), 15);
}

#[test]
fn filters_add_up() {
    let app = TestApp::start();
    let query = ProductQuery {
        category: Some("electronics".to_owned()),
        min_price: Some(Money::from_minor(100_000)),
        featured: Some(true),
        in_stock: Some(true),
        ..all()
    };
    assert_eq!(found(&app.anon(), &query), ["MACBOOK-PRO-16", "SAMSUNG-S24-ULTRA"]);
}

#[test]
fn shoppers_see_active_products_whatever_status_they_ask_for() {
    let app = TestApp::start();
    for status in
        [None, Some(ProductStatus::Draft), Some(ProductStatus::Archived), Some(ProductStatus::Active)]
    {
        for shopper in [app.anon(), app.john()] {
            let skus = found(&shopper, &ProductQuery { status, ..all() });
            assert_eq!(skus.len(), 16, "{status:?}");
            assert!(!skus.iter().any(|sku| sku == "UNRELEASED-GADGET" || sku == "OLD-PHONE-MODEL"));
        }
    }
}

#[test]
fn administrators_see_every_status_and_may_choose_one() {
    let app = TestApp::start();
    let of = |status| found(&app.admin(), &ProductQuery { status, ..all() });
    assert_eq!(of(None).len(), 18);
    assert_eq!(of(Some(ProductStatus::Draft)), ["UNRELEASED-GADGET"]);
    assert_eq!(of(Some(ProductStatus::Archived)), ["OLD-PHONE-MODEL"]);
    assert_eq!(of(Some(ProductStatus::Active)).len(), 16);
}

#[test]
fn a_product_that_is_archived_disappears_at_once() {
    let app = TestApp::start();
    app.database.query(|connection| {
        diesel::update(products::table.filter(products::sku.eq("YOGA-MAT-PRO")))
            .set(products::status.eq(ProductStatus::Archived.as_str()))
            .execute(connection)
    });
    assert_eq!(found(&app.anon(), &all()).len(), 15);
    app.anon().get(&paths::catalog::product("yoga-mat-pro")).expect(404);
}
