//! How results could be narrowed down.

use std::collections::BTreeMap;

use shared_types::{
    Money,
    catalog::ProductList,
    search::{Facets, SearchQuery},
};

use super::{asking, products_of, search};
use crate::support::{Actor, TestApp, shapes::assert_fields};

fn facets(actor: &Actor, query: &SearchQuery) -> Facets {
    search(actor, query).facets.expect("facets")
}

fn found(actor: &Actor, query: &SearchQuery) -> Vec<ProductList> {
    search(actor, query).products.expect("products")
}

fn count<T>(rows: impl IntoIterator<Item = T>) -> i64 {
    i64::try_from(rows.into_iter().count()).unwrap()
}

#[test]
fn facets_have_their_shape() {
    let app = TestApp::start();
    let body = app.anon().get("/api/search?q=pro").expect(200).json();
    let facets = &body["facets"];
    assert_fields(facets, &["categories", "priceRanges", "availability"]);
    assert_fields(&facets["categories"][0], &["id", "name", "slug", "count"]);
    assert_fields(&facets["priceRanges"][0], &["min", "max", "count"]);
    assert_fields(&facets["availability"], &["inStock", "outOfStock"]);
    let ranges = serde_json::json!([
        {"min": "50.00", "max": "99.99", "count": 1},
        {"min": "500.00", "max": "999.99", "count": 2},
        {"min": "1000.00", "max": null, "count": 1},
    ]);
    assert_eq!(facets["priceRanges"], ranges);
}

#[test]
fn facets_count_what_is_found() {
    let app = TestApp::start();
    app.database.set_stock(&app.product_id("PIXEL-8-PRO"), 0);
    let app = app.restart();
    for q in ["pro", "e", "phone", "table lamp", "zzzz"] {
        let (facets, rows) = (facets(&app.anon(), &products_of(q)), found(&app.anon(), &products_of(q)));
        let mut categories: BTreeMap<&str, i64> = BTreeMap::new();
        for row in &rows {
            *categories.entry(&row.category.id).or_default() += 1;
        }
        let counted: BTreeMap<&str, i64> =
            facets.categories.iter().map(|facet| (facet.category.id.as_str(), facet.count)).collect();
        assert_eq!(counted, categories, "{q}");
        assert!(facets.categories.is_sorted_by_key(|facet| -facet.count));
        for range in &facets.price_ranges {
            let within = |price: Money| price >= range.min && range.max.is_none_or(|max| price <= max);
            assert_eq!(range.count, count(rows.iter().filter(|row| within(row.product.price))), "{q}");
        }
        assert_eq!(facets.price_ranges.iter().map(|range| range.count).sum::<i64>(), count(&rows));
        let in_stock = count(rows.iter().filter(|row| row.product.stock > 0));
        assert_eq!(facets.availability.in_stock, in_stock);
        assert_eq!(facets.availability.out_of_stock, count(&rows) - in_stock);
    }
    assert_eq!(facets(&app.anon(), &products_of("pro")).availability.out_of_stock, 1);
}

#[test]
fn choosing_what_a_facet_shows_finds_as_many_as_it_says() {
    let app = TestApp::start();
    let all = facets(&app.anon(), &products_of("e"));
    assert!(all.categories.len() > 3 && all.price_ranges.len() > 3);
    for facet in all.categories {
        let query = SearchQuery { category_id: Some(facet.category.id), ..products_of("e") };
        assert_eq!(count(found(&app.anon(), &query)), facet.count);
    }
    for range in all.price_ranges {
        let query = SearchQuery { min_price: Some(range.min), max_price: range.max, ..products_of("e") };
        assert_eq!(count(found(&app.anon(), &query)), range.count);
    }
}

#[test]
fn a_facet_leaves_its_own_filter_out_and_heeds_the_others() {
    let app = TestApp::start();
    let all = facets(&app.anon(), &asking("pro"));
    let phones = all.categories.iter().find(|facet| facet.category.slug == "smartphones").unwrap().clone();
    let query = SearchQuery { category_id: Some(phones.category.id), ..asking("pro") };
    let narrowed = facets(&app.anon(), &query);
    assert_eq!(narrowed.categories, all.categories);
    assert_eq!(narrowed.price_ranges.iter().map(|range| range.count).collect::<Vec<_>>(), [2]);
    assert_eq!(narrowed.availability.in_stock, 2);
    let cheap = SearchQuery { max_price: Some(Money::from_minor(9_999)), ..asking("pro") };
    let narrowed = facets(&app.anon(), &cheap);
    assert_eq!(narrowed.price_ranges, all.price_ranges);
    assert_eq!(narrowed.categories.len(), 1);
}

#[test]
fn facets_are_the_same_on_every_page() {
    let app = TestApp::start();
    let page = |page| facets(&app.anon(), &SearchQuery { page, limit: 1, ..asking("pro") });
    assert_eq!(page(1), page(3));
    assert_eq!(page(1), page(99));
}
