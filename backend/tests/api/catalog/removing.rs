//! `DELETE` of categories and products.

use serde_json::{Value, json};
use shared_types::{
    ErrorCode,
    catalog::{CategoryFull, CategoryList, ProductFull, ProductStatus},
    orders::OrderDetail,
    paths,
};

use super::{category_id, category_path, delete, patch, product_path, product_request, trail_length, with};
use crate::support::TestApp;

#[test]
fn a_category_without_products_is_removed() {
    let app = TestApp::start();
    let body = json!({"name": "Empty", "slug": "empty"});
    app.admin().post(paths::catalog::CATEGORIES, &body).expect(201);
    let path = category_path(&app, "empty");
    delete(&app.admin(), &path).says("Category deleted");
    app.admin().get(&path).expect(404);
    delete(&app.admin(), &path).refused(404, ErrorCode::NotFound, "Category not found");
}

#[test]
fn a_category_with_products_of_any_status_is_kept() {
    let app = TestApp::start();
    let before = trail_length(&app);
    // Books have two active ones, smartphones an archived one beside three, electronics a draft only.
    for (slug, count) in [("books", 2), ("smartphones", 4), ("electronics", 1)] {
        let message = format!("Cannot delete category with {count} products. Move or delete products first.");
        delete(&app.admin(), &category_path(&app, slug)).refused(400, ErrorCode::BadRequest, &message);
    }
    assert_eq!(trail_length(&app), before);
    let listed: Vec<CategoryList> = app.anon().get(paths::catalog::CATEGORIES).data(200);
    assert_eq!(listed.len(), 9);
}

#[test]
fn the_children_of_a_category_that_is_removed_become_roots() {
    let app = TestApp::start();
    let path = category_path(&app, "clothing");
    let before: CategoryFull = app.anon().get(&path).data(200);
    delete(&app.admin(), &path).says("Category deleted");
    for slug in ["mens-clothing", "womens-clothing"] {
        let child: CategoryFull = app.anon().get(&paths::catalog::category(slug)).data(200);
        assert_eq!((child.parent, child.category.category.parent_id), (None, None));
        let was = before.children.iter().find(|child| child.slug == slug).unwrap();
        assert!(child.category.category.updated_at > was.updated_at, "its place was edited");
    }
}

#[test]
fn a_category_is_removed_by_id_only() {
    let app = TestApp::start();
    for key in ["clothing", "nothing"] {
        let reply = delete(&app.admin(), &paths::catalog::category(key));
        reply.refused(404, ErrorCode::NotFound, "Category not found");
    }
}

#[test]
fn a_category_can_be_removed_once_its_products_have_moved() {
    let app = TestApp::start();
    let path = category_path(&app, "books");
    let elsewhere = json!({"categoryId": category_id(&app, "laptops")});
    for sku in ["BOOK-CLEAN-CODE", "BOOK-SYSTEM-DESIGN"] {
        delete(&app.admin(), &path).expect(400);
        patch(&app.admin(), &product_path(&app, sku), &elsewhere).expect(200);
    }
    delete(&app.admin(), &path).says("Category deleted");
}

#[test]
fn a_product_that_nobody_ordered_is_removed_with_its_ledger() {
    let app = TestApp::start();
    let path = product_path(&app, "YOGA-MAT-PRO");
    delete(&app.admin(), &path).says("Product deleted");
    app.admin().get(&path).refused(404, ErrorCode::NotFound, "Product not found");
    delete(&app.admin(), &path).refused(404, ErrorCode::NotFound, "Product not found");
    app.database.assert_ledger_explains_stock();
    // Its SKU and slug are free again.
    let again = json!({"sku": "YOGA-MAT-PRO", "slug": "yoga-mat-pro"});
    let body = with(&product_request(&app, "mat"), &again);
    app.admin().post(paths::catalog::PRODUCTS, &body).expect(201);
}

#[test]
fn a_product_that_was_ordered_is_archived() {
    let app = TestApp::start();
    let (id, customer) = (app.product_id("YOGA-MAT-PRO"), app.customer());
    let order = customer.order(&[(&id, 3)]).order;
    let path = paths::catalog::product(&id);
    delete(&app.admin(), &path).says("Product archived (has order history)");
    app.anon().get(&path).expect(404);
    let kept: ProductFull = app.admin().get(&path).data(200);
    assert_eq!((kept.product.status, kept.product.stock), (ProductStatus::Archived, 97));
    let read: OrderDetail = customer.get(&paths::orders::order(&order.id)).data(200);
    assert_eq!(read.items[0].item.product_id, id);
    // Cancelling still gives its units back.
    customer.post_nothing(&paths::orders::cancel(&order.id)).expect(200);
    assert_eq!(app.database.stock(&id), 100);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn a_product_of_a_cancelled_order_is_archived_too() {
    let app = TestApp::start();
    let (id, customer) = (app.product_id("YOGA-MAT-PRO"), app.customer());
    let order = customer.order(&[(&id, 1)]).order;
    customer.post_nothing(&paths::orders::cancel(&order.id)).expect(200);
    delete(&app.admin(), &paths::catalog::product(&id)).says("Product archived (has order history)");
    customer.get(&paths::orders::order(&order.id)).expect(200);
}

#[test]
fn archiving_twice_says_the_same_and_leaves_one_trail() {
    let app = TestApp::start();
    let path = product_path(&app, "IPHONE-15-PRO");
    delete(&app.admin(), &path).says("Product archived (has order history)");
    let before = trail_length(&app);
    delete(&app.admin(), &path).says("Product archived (has order history)");
    assert_eq!(trail_length(&app), before);
}

#[test]
fn a_product_is_removed_by_id_only() {
    let app = TestApp::start();
    for key in ["yoga-mat-pro", "YOGA-MAT-PRO", "nothing"] {
        let reply = delete(&app.admin(), &paths::catalog::product(key));
        reply.refused(404, ErrorCode::NotFound, "Product not found");
    }
}

#[test]
fn a_product_that_was_removed_cannot_be_ordered_or_quoted() {
    let app = TestApp::start();
    let id = app.product_id("YOGA-MAT-PRO");
    delete(&app.admin(), &paths::catalog::product(&id)).expect(200);
    let reply = app.customer().post(paths::orders::ORDERS, &crate::support::order_of(&[(&id, 1)]));
    reply.refused(400, ErrorCode::BadRequest, "One or more products are not available");
    let listed = app.admin().get("/api/catalog/products?limit=100").page::<Value>();
    assert_eq!(listed.meta.total, 17);
}
