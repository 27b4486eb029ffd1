//! `GET /api/search/popular`

use shared_types::{paths, search::Popular};

use super::{NewProduct, add_category, add_product, new};
use crate::support::{Content, TestApp, shapes::assert_fields};

fn popular(app: &TestApp) -> Popular {
    app.anon().get(paths::search::POPULAR).data(200)
}

#[test]
fn popular_things_have_their_shape() {
    let app = TestApp::start();
    let data = app.anon().get("/api/search/popular/").value(200);
    assert_fields(&data, &["featuredProducts", "topCategories"]);
    assert_fields(&data["featuredProducts"][0], &["id", "name", "slug", "imageUrl", "price"]);
    assert_fields(&data["topCategories"][0], &["id", "name", "slug", "_count"]);
    assert_fields(&data["topCategories"][0]["_count"], &["products"]);
}

#[test]
fn six_recommended_products_are_shown_at_most() {
    let app = TestApp::start();
    let shown = popular(&app).featured_products;
    let listed = app.anon().get("/api/catalog/products?featured=true").json();
    let featured: Vec<&str> =
        listed["data"].as_array().unwrap().iter().map(|row| row["slug"].as_str().unwrap()).collect();
    assert_eq!((shown.len(), featured.len()), (6, 8));
    assert!(shown.iter().all(|hit| featured.contains(&hit.slug.as_str())));
}

#[test]
fn what_can_be_bought_is_shown_before_what_is_sold_out_and_the_rest_never() {
    let app = TestApp::builder(Content::Tables).start_with(|database| {
        database.query(|connection| {
            let category = add_category(connection, "Things")?;
            let featured =
                |sku, stock, status| NewProduct { stock, status, is_featured: true, ..new(sku, sku) };
            for product in [
                featured("sold out", 0, "ACTIVE"),
                featured("draft", 1, "DRAFT"),
                featured("archived", 1, "ARCHIVED"),
                new("ordinary", "ordinary"),
                featured("for sale", 1, "ACTIVE"),
            ] {
                add_product(connection, &category, &product)?;
            }
            Ok(())
        });
    });
    let names: Vec<_> = popular(&app).featured_products.into_iter().map(|hit| hit.name).collect();
    assert_eq!(names, ["for sale", "sold out"]);
}

#[test]
fn the_categories_with_most_active_products_come_first() {
    let app = TestApp::start();
    let top: Vec<_> =
        popular(&app).top_categories.into_iter().map(|top| (top.category.slug, top.count.products)).collect();
    assert_eq!(top.len(), 6);
    assert!(top.is_sorted_by_key(|(_, products)| -products), "{top:?}");
    assert_eq!(top[..2], [("smartphones".to_owned(), 3), ("laptops".to_owned(), 3)]);
    let listed = app.anon().get("/api/catalog/categories").json();
    for (slug, products) in top {
        let row = listed["data"].as_array().unwrap().iter().find(|row| row["slug"] == slug).unwrap();
        assert_eq!(row["_count"]["products"], products, "{slug}");
    }
}

#[test]
fn an_empty_shop_has_nothing_popular() {
    let app = TestApp::builder(Content::Tables).start();
    let shown = popular(&app);
    assert_eq!((shown.featured_products.len(), shown.top_categories.len()), (0, 0));
}
