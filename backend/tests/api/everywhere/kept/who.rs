//! What administrators are shown is theirs alone.

use serde_json::json;
use shared_types::{
    catalog::{CategoryList, ProductList},
    paths,
};

use super::{all, counted, warm_up};
use crate::support::{Actor, Content, TestApp};

const DRAFT: &str = "UNRELEASED-GADGET";

fn lists_draft(actor: &Actor) -> bool {
    let page = actor.get("/api/catalog/products?limit=100").page::<ProductList>();
    page.data.iter().any(|row| row.product.sku == DRAFT)
}

#[test]
fn nobody_is_given_an_administrators_answer_nor_an_administrator_a_shoppers() {
    let app = TestApp::start();
    let (anon, admin, customer) = (app.anon(), app.admin(), app.customer());
    for _ in 0..2 {
        for (actor, is_admin) in [(&admin, true), (&anon, false), (&customer, false), (&admin, true)] {
            assert_eq!(lists_draft(actor), is_admin);
            actor.get(&paths::catalog::product(DRAFT)).expect(if is_admin { 200 } else { 404 });
        }
    }
    let books = admin.get(&paths::catalog::category("books")).value(200)["id"].clone();
    let path = paths::catalog::category(books.as_str().unwrap());
    admin.request("PATCH", &path).json(&json!({"isActive": false})).send().expect(200);
    let with_inactive = format!("{}?includeInactive=true", paths::catalog::CATEGORIES);
    for _ in 0..2 {
        for (actor, is_admin) in [(&admin, true), (&anon, false), (&customer, false)] {
            let listed: Vec<CategoryList> = actor.get(&with_inactive).data(200);
            assert_eq!(listed.iter().any(|row| row.category.slug == "books"), is_admin);
            actor.get(&path).expect(if is_admin { 200 } else { 404 });
        }
    }
}

#[test]
fn an_administrators_reads_are_neither_kept_nor_answered_from_memory() {
    let app = TestApp::builder(Content::Demo).alone().start();
    warm_up(&app.anon());
    let (admin, customer) = (app.admin(), app.customer());
    let catalog: Vec<String> = all().into_iter().filter(|path| path.contains("/catalog/")).collect();
    let ask = |actor: &Actor| catalog.iter().for_each(|path| drop(actor.get(path).expect(200).text()));
    assert_eq!(counted(&app.anon(), || ask(&admin)), (0, 0));
    assert_eq!(counted(&app.anon(), || ask(&app.anon())), (0, 4));
    assert_eq!(counted(&app.anon(), || ask(&admin)), (0, 0));
    assert_eq!(counted(&app.anon(), || ask(&customer)), (4, 0));
}

#[test]
fn a_shopper_who_becomes_an_administrator_sees_drafts_at_once() {
    let app = TestApp::start();
    let (admin, customer) = (app.admin(), app.customer());
    assert!(!lists_draft(&customer));
    for role in ["ADMIN", "CUSTOMER"] {
        let user = paths::auth::user(customer.id());
        admin.request("PATCH", &user).json(&json!({"role": role})).send().expect(200);
        assert_eq!(lists_draft(&customer), role == "ADMIN");
    }
}
