//! `GET /api/catalog/products`: shape, order and pages. The expected order is written out, so that it is the same on
//! both databases.

use backend::db::schema::products;
use diesel::prelude::*;
use shared_types::{
    catalog::{ProductList, ProductQuery, ProductSort, SortOrder},
    paths,
};

use crate::support::{
    Actor, Content, TestApp,
    shapes::{CATEGORY_REF, PRODUCT, assert_fields, assert_fields_and, assert_moment},
};

pub fn path_of(query: &ProductQuery) -> String {
    paths::with_query(paths::catalog::PRODUCTS, &query.pairs())
}

fn listed(actor: &Actor, query: &ProductQuery) -> Vec<ProductList> {
    actor.get(&path_of(query)).page().data
}

fn skus(products: &[ProductList]) -> Vec<&str> {
    products.iter().map(|row| row.product.sku.as_str()).collect()
}

fn sorted(sort_by: ProductSort, sort_order: SortOrder) -> ProductQuery {
    ProductQuery { sort_by, sort_order, limit: 100, ..ProductQuery::default() }
}

const BY_NAME: [&str; 16] = [
    "BOOK-CLEAN-CODE",
    "DELL-XPS-15",
    "PIXEL-8-PRO",
    "INDOOR-PLANT-SET",
    "MACBOOK-PRO-16",
    "MENS-CLASSIC-TEE",
    "MENS-SLIM-JEANS",
    "MODERN-TABLE-LAMP",
    "RUNNING-SHOES-AIR",
    "SAMSUNG-S24-ULTRA",
    "BOOK-SYSTEM-DESIGN",
    "THINKPAD-X1-CARBON",
    "WOMENS-LEATHER-JACKET",
    "WOMENS-SUMMER-DRESS",
    "YOGA-MAT-PRO",
    // Names sort by bytes: the small i of iPhone comes after every capital.
    "IPHONE-15-PRO",
];

#[test]
fn a_product_in_a_list_has_the_fields_of_the_contract() {
    let app = TestApp::start();
    let page = app.anon().get(paths::catalog::PRODUCTS).page::<serde_json::Value>();
    for product in &page.data {
        assert_fields_and(product, PRODUCT, &["category"]);
        assert_fields(&product["category"], CATEGORY_REF);
        assert_eq!(product["category"]["id"], product["categoryId"]);
        assert_moment(&product["createdAt"]);
        assert!(product["images"].is_array() && product["metadata"].is_null());
    }
    let phone = page.data.iter().find(|product| product["sku"] == "IPHONE-15-PRO").unwrap();
    assert_eq!((&phone["price"], &phone["compareAt"]), (&"999.99".into(), &"1099.99".into()));
    assert_eq!((&phone["stock"], &phone["isFeatured"]), (&50.into(), &true.into()));
    let tee = page.data.iter().find(|product| product["sku"] == "PIXEL-8-PRO").unwrap();
    assert!(tee["compareAt"].is_null());
}

#[test]
fn without_parameters_the_newest_twenty_active_products_come() {
    let app = TestApp::start();
    let page = app.anon().get(paths::catalog::PRODUCTS).page::<ProductList>();
    assert_eq!((page.meta.page, page.meta.limit, page.meta.total, page.meta.total_pages), (1, 20, 16, 1));
    assert_eq!(page.data.len(), 16);
    assert_eq!(skus(&page.data)[..2], ["BOOK-SYSTEM-DESIGN", "BOOK-CLEAN-CODE"]);
    assert!(page.data.windows(2).all(|pair| pair[0].product.created_at > pair[1].product.created_at));
}

#[test]
fn names_sort_by_bytes_both_ways() {
    let app = TestApp::start();
    let up = listed(&app.anon(), &sorted(ProductSort::Name, SortOrder::Asc));
    assert_eq!(skus(&up), BY_NAME);
    let down = listed(&app.anon(), &sorted(ProductSort::Name, SortOrder::Desc));
    assert!(skus(&down).iter().eq(BY_NAME.iter().rev()));
}

#[test]
fn prices_sort_as_numbers_both_ways() {
    let app = TestApp::start();
    let up = listed(&app.anon(), &sorted(ProductSort::Price, SortOrder::Asc));
    let prices: Vec<_> = up.iter().map(|row| row.product.price).collect();
    assert!(prices.is_sorted());
    assert_eq!((skus(&up)[0], skus(&up)[15]), ("MENS-CLASSIC-TEE", "MACBOOK-PRO-16"));
    let down = listed(&app.anon(), &sorted(ProductSort::Price, SortOrder::Desc));
    assert!(skus(&down).iter().eq(skus(&up).iter().rev()));
}

#[test]
fn whatever_the_order_the_id_breaks_ties() {
    // Before the index is built, which does not hear of what is written like this.
    let app = TestApp::builder(Content::Demo).start_with(|database| {
        database.query(|connection| {
            let moment: chrono::NaiveDateTime =
                products::table.select(products::created_at).first(connection)?;
            diesel::update(products::table)
                .set((products::name.eq("Alike"), products::price.eq(500), products::created_at.eq(moment)))
                .execute(connection)
        });
    });
    for sort_by in ProductSort::ALL {
        for sort_order in SortOrder::ALL {
            let found = listed(&app.anon(), &sorted(*sort_by, *sort_order));
            let ids: Vec<_> = found.iter().map(|row| row.product.id.as_str()).collect();
            let in_order =
                if *sort_order == SortOrder::Asc { ids.is_sorted() } else { ids.iter().rev().is_sorted() };
            assert!(in_order && ids.len() == 16, "{sort_by} {sort_order}: {ids:?}");
        }
    }
}

#[test]
fn pages_together_are_the_whole_list_and_there_is_nothing_after_the_last() {
    let app = TestApp::start();
    let whole = listed(&app.anon(), &sorted(ProductSort::Price, SortOrder::Asc));
    let mut together = Vec::new();
    for page in 1..=5 {
        let query = ProductQuery { page, limit: 5, ..sorted(ProductSort::Price, SortOrder::Asc) };
        let found = app.anon().get(&path_of(&query)).page::<ProductList>();
        assert_eq!(
            (found.meta.page, found.meta.limit, found.meta.total, found.meta.total_pages),
            (page, 5, 16, 4)
        );
        assert_eq!(
            found.data.len(),
            if page <= 3 {
                5
            } else if page == 4 {
                1
            } else {
                0
            }
        );
        together.extend(found.data);
    }
    assert_eq!(together, whole);
}

#[test]
fn an_empty_list_has_no_pages() {
    let app = TestApp::start();
    let found = app.anon().get("/api/catalog/products?maxPrice=0").page::<ProductList>();
    assert_eq!((found.data.len(), found.meta.total, found.meta.total_pages), (0, 0, 0));
}
