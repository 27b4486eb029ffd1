//! `/api/catalog`

mod at_once;
mod categories;
mod changing_categories;
mod changing_products;
mod conditions;
mod filters;
mod large;
mod listing;
mod new_categories;
mod new_products;
mod permissions;
mod product;
mod removing;
mod stock;
mod trail;

use backend::db::{
    catalog_changes::{self, Entity},
    schema::audit_log,
};
use diesel::prelude::*;
use serde_json::{Value, json};
use shared_types::{catalog::CategoryFull, paths};

use crate::support::{Actor, Reply, TestApp};

/// `PATCH`
fn patch(actor: &Actor, path: &str, body: &Value) -> Reply {
    actor.request("PATCH", path).json(body).send()
}

/// `DELETE`
fn delete(actor: &Actor, path: &str) -> Reply {
    actor.request("DELETE", path).send()
}

/// The address of a demo category, by its id.
fn category_path(app: &TestApp, slug: &str) -> String {
    paths::catalog::category(&category_id(app, slug))
}

fn category_id(app: &TestApp, slug: &str) -> String {
    let full: CategoryFull = app.admin().get(&paths::catalog::category(slug)).data(200);
    full.category.category.id
}

/// The address of a demo product, by its id.
fn product_path(app: &TestApp, sku: &str) -> String {
    paths::catalog::product(&app.product_id(sku))
}

/// A product that can be created; its SKU and slug begin with this.
fn product_request(app: &TestApp, name: &str) -> Value {
    json!({
        "categoryId": category_id(app, "books"),
        "sku": format!("{name}-SKU"),
        "name": format!("A {name}"),
        "slug": format!("{name}-slug"),
        "price": "19.90",
    })
}

/// The same object with some fields set.
fn with(object: &Value, fields: &Value) -> Value {
    let mut object = object.clone();
    let target = object.as_object_mut().unwrap();
    target.extend(fields.as_object().unwrap().iter().map(|(name, value)| (name.clone(), value.clone())));
    object
}

/// The entity tag of an answer.
fn tag(reply: &Reply) -> String {
    reply.header("etag").unwrap_or_else(|| panic!("no tag: {reply}")).to_owned()
}

/// How many audit entries and notes to the replicas there are: the trail that only real changes lengthen.
fn trail_length(app: &TestApp) -> (i64, i64) {
    app.database.query(|connection| {
        let entries = audit_log::table.count().get_result(connection)?;
        Ok((entries, catalog_changes::last(connection)?))
    })
}

/// What was noted for the replicas since then.
fn changes_since(app: &TestApp, seq: i64) -> Vec<(Entity, String)> {
    let changes = app.database.query(|connection| catalog_changes::after(connection, seq, 100));
    changes.into_iter().map(|change| (change.entity, change.entity_id)).collect()
}
