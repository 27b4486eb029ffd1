//! What an answer holds: kinds, pages, filters and orders.

use shared_types::{
    Money, paths,
    search::{SearchKind, SearchQuery, SearchSort},
};

use super::{asking, path_of, products_of, search, skus};
use crate::support::{
    TestApp,
    shapes::{CATEGORY_REF, PRODUCT, assert_fields, assert_fields_and},
};

#[test]
fn a_found_product_is_the_one_of_the_catalogue() {
    let app = TestApp::start();
    let body = app.anon().get("/api/search/?q=pixel").expect(200).json();
    assert_fields_and(&body["products"][0], PRODUCT, &["category"]);
    assert_fields(&body["products"][0]["category"], CATEGORY_REF);
    let listed = app.anon().get("/api/catalog/products?minPrice=899.99&maxPrice=899.99").json();
    assert_eq!(body["products"][0], listed["data"][0]);
}

#[test]
fn the_address_answers_with_and_without_a_slash() {
    let app = TestApp::start();
    let with = app.anon().get("/api/search/?q=mat").expect(200).json();
    assert_eq!(with, app.anon().get("/api/search?q=mat").expect(200).json());
    assert_eq!(with["meta"]["totalProducts"], 1);
}

#[test]
fn anything_is_searched_unless_a_kind_is_named() {
    let app = TestApp::start();
    let all = search(&app.anon(), &asking("phone"));
    assert_eq!((all.meta.page, all.meta.limit, all.meta.query.as_str()), (1, 20, "phone"));
    let kind = |kind| search(&app.anon(), &SearchQuery { kind, ..asking("phone") });
    let products = kind(SearchKind::Products);
    assert_eq!((&products.products, &products.facets), (&all.products, &all.facets));
    let categories = kind(SearchKind::Categories);
    assert_eq!(categories.categories, all.categories);
    assert_eq!(all.products.unwrap().len(), 2);
    let found: Vec<String> = all.categories.unwrap().into_iter().map(|found| found.category.slug).collect();
    assert_eq!(found, ["smartphones", "electronics"]);
    assert_eq!((all.meta.total_products, all.meta.total_categories), (Some(2), Some(2)));
}

#[test]
fn the_query_is_answered_as_it_was_asked_without_space_around_it() {
    let app = TestApp::start();
    let answer = search(&app.anon(), &asking("  Yoga  MAT "));
    assert_eq!((answer.meta.query.as_str(), answer.meta.corrected), ("Yoga  MAT", None));
}

#[test]
fn a_page_past_the_end_is_empty_and_knows_the_total() {
    let app = TestApp::start();
    for page in [2, 1_000_000_000] {
        let answer = search(&app.anon(), &SearchQuery { page, limit: 50, ..products_of("pro") });
        assert_eq!((answer.products, answer.meta.page), (Some(Vec::new()), page));
        assert_eq!(answer.meta.total_products, Some(4));
    }
}

#[test]
fn pages_follow_each_other() {
    let app = TestApp::start();
    let page = |page| skus(&app.anon(), &SearchQuery { page, limit: 3, ..products_of("pro") });
    assert_eq!([page(1), page(2)].concat(), skus(&app.anon(), &products_of("pro")));
    assert_eq!(page(2).len(), 1);
}

#[test]
fn results_are_sorted_as_asked() {
    let app = TestApp::start();
    let sorted = |sort| skus(&app.anon(), &SearchQuery { sort, ..products_of("pro") });
    let by_price = ["YOGA-MAT-PRO", "PIXEL-8-PRO", "IPHONE-15-PRO", "MACBOOK-PRO-16"];
    assert_eq!(sorted(SearchSort::PriceAsc), by_price);
    let mut dearest = by_price;
    dearest.reverse();
    assert_eq!(sorted(SearchSort::PriceDesc), dearest);
    // Names sort by bytes, as they do in the catalogue.
    let by_name = ["PIXEL-8-PRO", "MACBOOK-PRO-16", "YOGA-MAT-PRO", "IPHONE-15-PRO"];
    assert_eq!(sorted(SearchSort::Name), by_name);
    assert_eq!(sorted(SearchSort::Relevance), skus(&app.anon(), &products_of("pro")));
}

#[test]
fn equal_prices_and_ages_have_one_order_as_in_the_catalogue() {
    let app = TestApp::start();
    let listed = |sort_by: &str| -> Vec<String> {
        let page = app.anon().get(&format!("/api/catalog/products?limit=100&{sort_by}")).json();
        let rows = page["data"].as_array().unwrap().clone();
        rows.iter().map(|row| row["sku"].as_str().unwrap().to_owned()).collect()
    };
    let everything = "e";
    let all = skus(&app.anon(), &products_of(everything));
    for (sort, sort_by) in [
        (SearchSort::PriceAsc, "sortBy=price&sortOrder=asc"),
        (SearchSort::PriceDesc, "sortBy=price&sortOrder=desc"),
        (SearchSort::Name, "sortBy=name&sortOrder=asc"),
        (SearchSort::Newest, "sortBy=createdAt&sortOrder=desc"),
    ] {
        let mut expected = listed(sort_by);
        expected.retain(|sku| all.contains(sku));
        assert_eq!(skus(&app.anon(), &SearchQuery { sort, ..products_of(everything) }), expected, "{sort}");
    }
}

#[test]
fn prices_are_limited_to_the_cent() {
    let app = TestApp::start();
    let between = |min: i64, max: i64| {
        let (min_price, max_price) = (Some(Money::from_minor(min)), Some(Money::from_minor(max)));
        let sort = SearchSort::PriceAsc;
        skus(&app.anon(), &SearchQuery { min_price, max_price, sort, ..products_of("pro") })
    };
    assert_eq!(between(89_999, 89_999), ["PIXEL-8-PRO"]);
    assert_eq!(between(90_000, 99_998), Vec::<String>::new());
    assert_eq!(between(0, 89_999), ["YOGA-MAT-PRO", "PIXEL-8-PRO"]);
}

#[test]
fn a_category_is_exactly_that_one() {
    let app = TestApp::start();
    let id = |slug: &str| {
        let category: shared_types::catalog::CategoryFull =
            app.anon().get(&paths::catalog::category(slug)).data(200);
        Some(category.category.category.id)
    };
    let within = |category_id| skus(&app.anon(), &SearchQuery { category_id, ..products_of("pro") });
    assert_eq!(within(id("laptops")), ["MACBOOK-PRO-16"]);
    assert_eq!(within(id("electronics")), Vec::<String>::new());
    let unknown = SearchQuery { category_id: Some("nothing".to_owned()), ..asking("pro") };
    let answer = search(&app.anon(), &unknown);
    assert_eq!((answer.meta.total_products, answer.meta.corrected), (Some(0), None));
}

#[test]
fn filters_add_up() {
    let app = TestApp::start();
    let query = SearchQuery {
        min_price: Some(Money::from_minor(80_000)),
        max_price: Some(Money::from_minor(100_000)),
        in_stock: Some(true),
        sort: SearchSort::PriceAsc,
        ..products_of("pro")
    };
    assert_eq!(skus(&app.anon(), &query), ["PIXEL-8-PRO", "IPHONE-15-PRO"]);
    assert_eq!(skus(&app.anon(), &SearchQuery { in_stock: Some(false), ..query }), Vec::<String>::new());
}

#[test]
fn parameters_that_are_wrong_are_refused_by_name() {
    let app = TestApp::start();
    for (query, path, message) in [
        ("", "q", "Search query is required"),
        ("q=", "q", "Search query is required"),
        ("q=%20%09%C2%A0", "q", "Search query is required"),
        ("q=a&type=users", "type", "Expected one of all, products, categories"),
        ("q=a&sort=stock", "sort", "Expected one of relevance, price, -price, name, newest"),
        ("q=a&limit=51", "limit", "Must be at most 50"),
        ("q=a&limit=0", "limit", "Must be at least 1"),
        ("q=a&page=0", "page", "Must be at least 1"),
        ("q=a&page=x", "page", "Expected a whole number"),
        ("q=a&inStock=1", "inStock", "Expected true or false"),
        ("q=a&minPrice=-1", "minPrice", "Must be at least 0"),
        ("q=a&maxPrice=1.001", "maxPrice", "Expected an amount with at most two decimals"),
        ("q=a&categoryId=", "categoryId", "Must not be empty"),
        ("q=a&q=b", "q", "Must be given once"),
    ] {
        app.anon().get(&format!("/api/search/?{query}")).invalid_at(path, message);
    }
    let several = app.anon().get("/api/search?limit=x&page=x&type=x").invalid_paths();
    assert_eq!(several, ["limit", "page", "q", "type"]);
    let longest = SearchQuery { limit: 50, ..asking(&"a".repeat(200)) };
    assert_eq!(search(&app.anon(), &longest).meta.total_products, Some(0));
    app.anon().get(&path_of(&asking(&"a".repeat(201)))).invalid_at("q", "Must be at most 200 characters");
}
