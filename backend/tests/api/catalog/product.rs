//! `GET /api/catalog/products/{key}`

use backend::db::schema::products;
use diesel::prelude::*;
use shared_types::{ErrorCode, catalog::ProductFull, paths};

use crate::support::{
    TestApp,
    shapes::{CATEGORY, PRODUCT, assert_fields, assert_fields_and, assert_moment},
};

#[test]
fn a_product_has_the_fields_of_the_contract() {
    let app = TestApp::start();
    let product = app.anon().get(&paths::catalog::product("iphone-15-pro")).value(200);
    assert_fields_and(&product, PRODUCT, &["category"]);
    assert_fields(&product["category"], CATEGORY);
    assert_eq!(product["category"]["slug"], "smartphones");
    assert_moment(&product["createdAt"]);
    assert_moment(&product["updatedAt"]);
    assert_eq!((&product["price"], &product["compareAt"]), (&"999.99".into(), &"1099.99".into()));
    assert_eq!(product["images"], serde_json::json!(["/images/products/iphone-15-pro-2.svg"]));
}

#[test]
fn a_product_is_found_by_id_slug_and_sku() {
    let app = TestApp::start();
    let by_slug = app.anon().product("iphone-15-pro");
    assert_eq!(app.anon().product(&by_slug.product.id), by_slug);
    assert_eq!(app.anon().product("IPHONE-15-PRO"), by_slug);
}

#[test]
fn an_id_goes_before_a_slug_and_a_slug_before_a_sku() {
    let app = TestApp::start();
    let [mat, lamp, plant] =
        ["YOGA-MAT-PRO", "MODERN-TABLE-LAMP", "INDOOR-PLANT-SET"].map(|sku| app.product_id(sku));
    app.database.query(|connection| {
        let lamp = diesel::update(products::table.find(&lamp));
        lamp.set(products::slug.eq(&mat)).execute(connection)?;
        let plant = diesel::update(products::table.find(&plant));
        plant.set((products::slug.eq("plant"), products::sku.eq("yoga-mat-pro"))).execute(connection)
    });
    assert_eq!(app.anon().product(&mat).product.id, mat);
    assert_eq!(app.anon().product("yoga-mat-pro").product.id, mat);
}

#[test]
fn an_unknown_product_is_not_found() {
    let app = TestApp::start();
    for key in ["nothing", "iphone-15", "Iphone-15-Pro", "%25"] {
        let reply = app.anon().get(&format!("{}/{key}", paths::catalog::PRODUCTS));
        reply.refused(404, ErrorCode::NotFound, "Product not found");
    }
}

#[test]
fn drafts_and_archived_products_are_there_for_administrators_only() {
    let app = TestApp::start();
    for sku in ["UNRELEASED-GADGET", "OLD-PHONE-MODEL"] {
        for key in [sku.to_owned(), sku.to_lowercase(), app.product_id(sku)] {
            let path = paths::catalog::product(&key);
            for shopper in [app.anon(), app.john()] {
                shopper.get(&path).refused(404, ErrorCode::NotFound, "Product not found");
            }
            let seen: ProductFull = app.admin().get(&path).data(200);
            assert_eq!(seen.product.sku, sku);
        }
    }
}
