//! Several administrators and shoppers at the same time, on whichever database the tests run.

use serde_json::{Value, json};
use shared_types::{
    ErrorCode,
    audit::AuditEntry,
    catalog::{CategoryFull, ProductFull, ProductStatus},
    orders::OrderWithItems,
    paths,
};

use super::{category_id, category_path, delete, patch, product_path, product_request, tag, with};
use crate::support::{Content, Reply, TestApp, at_once, order_of};

fn app() -> TestApp {
    TestApp::builder(Content::Demo).set("DATABASE_POOL_SIZE", 10).alone().start()
}

fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

#[test]
fn of_several_editors_with_one_tag_exactly_one_succeeds() {
    let app = app();
    let admin = app.admin();
    for path in [category_path(&app, "books"), product_path(&app, "YOGA-MAT-PRO")] {
        for round in 0..10 {
            let known = tag(&admin.get(&path));
            let replies = at_once(6, |index| {
                let body = json!({"description": format!("{round}, {index}")});
                admin.request("PATCH", &path).header("if-match", &known).json(&body).send()
            });
            assert_eq!((count(&replies, 200), count(&replies, 412)), (1, 5));
            let winner = replies.iter().find(|reply| reply.status == 200).unwrap();
            assert_eq!(admin.get(&path).value(200), winner.value(200));
        }
    }
    let entries = admin.get(&format!("{}?limit=100", paths::AUDIT)).page::<AuditEntry>();
    assert_eq!(entries.meta.total, 20);
}

#[test]
fn edits_of_different_fields_at_the_same_time_are_both_kept() {
    let app = app();
    let admin = app.admin();
    for path in [category_path(&app, "books"), product_path(&app, "YOGA-MAT-PRO")] {
        for round in 0..10 {
            let bodies = [
                json!({"name": format!("Name {round}")}),
                json!({"description": format!("Text {round}")}),
                json!({"imageUrl": format!("/images/{round}.svg")}),
            ];
            let replies = at_once(3, |index| patch(&admin, &path, &bodies[index]));
            assert_eq!(count(&replies, 200), 3);
            let read = admin.get(&path).value(200);
            for (field, value) in bodies.iter().flat_map(|body| body.as_object().unwrap()) {
                assert_eq!(&read[field], value);
            }
        }
    }
}

#[test]
fn the_log_of_edits_at_the_same_time_is_a_chain() {
    let app = app();
    let (admin, id) = (app.admin(), app.product_id("YOGA-MAT-PRO"));
    let path = paths::catalog::product(&id);
    at_once(12, |index| {
        patch(&admin, &path, &json!({"price": index + 1, "stock": 50 + index})).expect(200).status
    });
    let entries = admin.get(&format!("{}?limit=100", paths::AUDIT)).page::<AuditEntry>().data;
    assert_eq!(entries.len(), 12);
    let mut moments: Vec<_> =
        entries.iter().map(|entry| entry.after.as_ref().unwrap()["updatedAt"].clone()).collect();
    // Each entry begins where exactly one other ended, or where the first began.
    for entry in &entries {
        let before = entry.before.as_ref().unwrap();
        let previous = entries.iter().filter(|other| other.after.as_ref() == Some(before)).count();
        assert!(previous == 1 || before["stock"] == 100, "{before}");
    }
    moments.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    moments.dedup();
    assert_eq!(moments.len(), 12);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn two_categories_that_are_moved_under_each_other_never_form_a_circle() {
    let app = app();
    let admin = app.admin();
    let ids = ["books", "home-garden", "sports-outdoors"].map(|slug| category_id(&app, slug));
    for round in 0..20 {
        let replies = at_once(3, |index| {
            let parent = &ids[(index + 1) % 3];
            patch(&admin, &paths::catalog::category(&ids[index]), &json!({"parentId": parent}))
        });
        assert_eq!((count(&replies, 200), count(&replies, 400)), (2, 1), "round {round}");
        for (index, id) in ids.iter().enumerate() {
            let mut seen = Vec::new();
            let mut at = Some(id.clone());
            while let Some(here) = at {
                assert!(!seen.contains(&here), "a circle at {index}");
                let full: CategoryFull = admin.get(&paths::catalog::category(&here)).data(200);
                at = full.category.category.parent_id;
                seen.push(here);
            }
        }
        for id in &ids {
            patch(&admin, &paths::catalog::category(id), &json!({"parentId": null})).expect(200);
        }
    }
}

#[test]
fn of_several_products_with_one_sku_or_slug_one_is_added() {
    let app = app();
    let admin = app.admin();
    for round in 0..5 {
        for field in ["sku", "slug"] {
            let base = product_request(&app, &format!("p{round}{field}"));
            let replies = at_once(6, |index| {
                let other = if field == "sku" { "slug" } else { "sku" };
                let body = with(&base, &json!({other: format!("{round}-{field}-{index}")}));
                admin.post(paths::catalog::PRODUCTS, &body)
            });
            assert_eq!((count(&replies, 201), count(&replies, 409)), (1, 5));
            let name = if field == "sku" { "SKU" } else { "slug" };
            for reply in replies.iter().filter(|reply| reply.status == 409) {
                let message = format!("A product with this {name} already exists");
                reply.refused(409, ErrorCode::Conflict, &message);
            }
        }
        let body = json!({"name": "N", "slug": format!("c{round}")});
        let replies = at_once(4, |_| admin.post(paths::catalog::CATEGORIES, &body));
        assert_eq!((count(&replies, 201), count(&replies, 409)), (1, 3));
    }
}

#[test]
fn removing_a_product_while_it_is_ordered_loses_no_order() {
    let app = app();
    let (admin, customer) = (app.admin(), app.customer());
    let base = product_request(&app, "p");
    for round in 0..15 {
        let name = format!("p{round}");
        let body = with(&base, &json!({"sku": name, "slug": name, "status": "ACTIVE", "stock": 100}));
        let id = admin.post(paths::catalog::PRODUCTS, &body).data::<ProductFull>(201).product.id;
        let path = paths::catalog::product(&id);
        let replies = at_once(8, |index| {
            if index == 4 {
                delete(&admin, &path)
            } else {
                customer.post(paths::orders::ORDERS, &order_of(&[(&id, 1)]))
            }
        });
        replies[4].expect(200);
        let orders: Vec<&Reply> =
            replies.iter().enumerate().filter(|(index, _)| *index != 4).map(|(_, reply)| reply).collect();
        for refused in orders.iter().filter(|reply| reply.status != 201) {
            refused.refused(400, ErrorCode::BadRequest, "One or more products are not available");
        }
        let placed: Vec<OrderWithItems> =
            orders.iter().filter(|reply| reply.status == 201).map(|reply| reply.data(201)).collect();
        let left = admin.get(&path);
        if placed.is_empty() {
            replies[4].says("Product deleted");
            left.expect(404);
        } else {
            replies[4].says("Product archived (has order history)");
            let left: ProductFull = left.data(200);
            assert_eq!(left.product.status, ProductStatus::Archived);
            assert_eq!(left.product.stock, 100 - i32::try_from(placed.len()).unwrap());
        }
        for order in placed {
            let read: Value = customer.get(&paths::orders::order(&order.order.id)).value(200);
            assert_eq!(read["items"][0]["productId"], id);
        }
    }
    app.database.assert_ledger_explains_stock();
}

#[test]
fn removing_a_product_while_it_is_put_into_carts_leaves_it_in_none() {
    let app = app();
    let (admin, customers) = (app.admin(), [app.customer(), app.customer(), app.customer()]);
    let (base, mat) = (product_request(&app, "p"), app.product_id("YOGA-MAT-PRO"));
    for round in 0..15 {
        let name = format!("p{round}");
        let body = with(&base, &json!({"sku": name, "slug": name, "status": "ACTIVE", "stock": 100}));
        let id = admin.post(paths::catalog::PRODUCTS, &body).data::<ProductFull>(201).product.id;
        let cart = |units: usize| json!({"items": [{"productId": mat, "quantity": 1}, {"productId": id, "quantity": units}]});
        for customer in &customers {
            customer.request("PUT", paths::cart::CART).json(&cart(1)).send().expect(200);
        }
        let replies = at_once(9, |index| match index {
            4 => delete(&admin, &paths::catalog::product(&id)),
            _ => customers[index % 3].request("PUT", paths::cart::CART).json(&cart(index + 2)).send(),
        });
        replies[4].says("Product deleted");
        for reply in &replies {
            assert!(matches!(reply.status, 200 | 400), "{reply}");
        }
        for customer in &customers {
            let cart: Value = customer.get(paths::cart::CART).value(200);
            let left: Vec<_> =
                cart["lines"].as_array().unwrap().iter().map(|line| &line["productId"]).collect();
            assert_eq!(left, [&json!(mat)]);
        }
    }
}

#[test]
fn removing_a_category_while_products_are_put_into_it_leaves_no_product_behind() {
    let app = app();
    let admin = app.admin();
    let (base, mat) = (product_request(&app, "p"), product_path(&app, "YOGA-MAT-PRO"));
    for round in 0..15 {
        let slug = format!("c{round}");
        let made: CategoryFull =
            admin.post(paths::catalog::CATEGORIES, &json!({"name": "N", "slug": slug})).data(201);
        let id = made.category.category.id;
        let replies = at_once(4, |index| match index {
            0 => delete(&admin, &paths::catalog::category(&id)),
            1 => patch(&admin, &mat, &json!({"categoryId": id})),
            2 => admin.post(
                paths::catalog::CATEGORIES,
                &json!({"name": "N", "slug": format!("below-{round}"), "parentId": id}),
            ),
            _ => {
                let names = json!({"categoryId": id, "sku": slug, "slug": slug});
                admin.post(paths::catalog::PRODUCTS, &with(&base, &names))
            }
        });
        for refused in replies[1..].iter().filter(|reply| reply.status >= 400) {
            refused.refused(400, ErrorCode::BadRequest, "Category not found");
        }
        let inside = [1, 3].iter().filter(|index| replies[**index].status < 400).count();
        if inside == 0 {
            replies[0].says("Category deleted");
        } else {
            let left = admin.get(&paths::catalog::category(&id));
            assert!(left.status == 200 && replies[0].status == 400, "{}", replies[0]);
            patch(&admin, &mat, &json!({"categoryId": base["categoryId"]})).expect(200);
        }
    }
}

#[test]
fn orders_and_corrections_at_the_same_time_keep_the_ledger_and_the_stock_together() {
    let app = app();
    let (admin, customers) = (app.admin(), [app.customer(), app.customer()]);
    let id = app.product_id("IPHONE-15-PRO");
    let (path, stock) = (paths::catalog::product(&id), paths::catalog::stock(&id));
    let replies = at_once(60, |index| match index % 6 {
        0 => admin.post(&stock, &json!({"delta": 3, "note": "Delivery"})),
        1 => admin.post(&stock, &json!({"delta": -7})),
        2 => patch(&admin, &path, &json!({"stock": index})),
        _ => customers[index % 2].post(paths::orders::ORDERS, &order_of(&[(&id, 2)])),
    });
    for reply in &replies {
        assert!(matches!(reply.status, 200 | 201 | 400), "{reply}");
        if reply.status == 400 {
            assert!(
                reply.error().error.message.starts_with("Insufficient stock for iPhone 15 Pro. Available: ")
            );
        }
    }
    assert!(app.database.stock(&id) >= 0);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn corrections_at_the_same_time_add_up() {
    let app = app();
    let (admin, customer) = (app.admin(), app.customer());
    let id = app.product_id("MENS-CLASSIC-TEE");
    let stock = paths::catalog::stock(&id);
    let replies = at_once(40, |index| match index % 4 {
        0 => admin.post(&stock, &json!({"delta": 5})),
        1 => admin.post(&stock, &json!({"delta": -2})),
        2 => patch(&admin, &paths::catalog::product(&id), &json!({"description": index.to_string()})),
        _ => customer.post(paths::orders::ORDERS, &order_of(&[(&id, 1)])),
    });
    assert_eq!((count(&replies, 200), count(&replies, 201)), (30, 10));
    assert_eq!(app.database.stock(&id), 200 + 50 - 20 - 10);
    app.database.assert_ledger_explains_stock();
}
