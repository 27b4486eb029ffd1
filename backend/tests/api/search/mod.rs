//! `/api/search`

mod answers;
mod category;
mod facets;
mod following;
mod freshness;
mod hostile;
mod matching;
mod popular;
mod suggest;
mod typos;
mod wakeups;

use backend::db::{
    DbConnection, QueryResult,
    catalog_changes::{self, Entity},
    new_id,
    schema::{categories, products},
    time::now,
};
use diesel::prelude::*;
use shared_types::{
    paths,
    search::{SearchAnswer, SearchKind, SearchQuery, SuggestQuery, Suggestions},
};

use crate::support::{Actor, Content, TestApp, TestDatabase, shapes::assert_fields};

/// A query with everything else as it is by default.
fn asking(q: &str) -> SearchQuery {
    SearchQuery { q: q.to_owned(), ..SearchQuery::default() }
}

/// Only products.
fn products_of(q: &str) -> SearchQuery {
    SearchQuery { kind: SearchKind::Products, limit: 50, ..asking(q) }
}

fn path_of(query: &SearchQuery) -> String {
    paths::with_query(paths::search::SEARCH, &query.pairs())
}

/// Searches; the answer has the fields of the contract and no others.
fn search(actor: &Actor, query: &SearchQuery) -> SearchAnswer {
    let reply = actor.get(&path_of(query));
    reply.expect(200);
    let body = reply.json();
    let (products, categories) = (query.kind != SearchKind::Categories, query.kind != SearchKind::Products);
    let corrected = body["meta"].get("corrected").is_some();
    let named = |all: &[(&'static str, bool)]| -> Vec<&'static str> {
        all.iter().filter(|(_, is_there)| *is_there).map(|(name, _)| *name).collect()
    };
    let fields = [
        ("success", true),
        ("products", products),
        ("categories", categories),
        ("facets", products),
        ("meta", true),
    ];
    assert_fields(&body, &named(&fields));
    let fields = [
        ("query", true),
        ("page", true),
        ("limit", true),
        ("totalProducts", products),
        ("totalCategories", categories),
        ("corrected", corrected),
    ];
    assert_fields(&body["meta"], &named(&fields));
    assert_eq!(body["success"], true);
    reply.read()
}

/// The SKUs of the found products, in order.
fn skus(actor: &Actor, query: &SearchQuery) -> Vec<String> {
    let products = search(actor, query).products.expect("products");
    products.into_iter().map(|row| row.product.sku).collect()
}

/// The names of the found products, in order.
fn names(actor: &Actor, q: &str) -> Vec<String> {
    let products = search(actor, &products_of(q)).products.expect("products");
    products.into_iter().map(|row| row.product.name).collect()
}

/// The names of the found categories, in order.
fn category_names(actor: &Actor, q: &str) -> Vec<String> {
    let query = SearchQuery { kind: SearchKind::Categories, limit: 50, ..asking(q) };
    let categories = search(actor, &query).categories.expect("categories");
    categories.into_iter().map(|row| row.category.name).collect()
}

fn suggest(actor: &Actor, q: &str, limit: i64) -> Suggestions {
    let query = SuggestQuery { q: q.to_owned(), limit };
    actor.get(&paths::with_query(paths::search::SUGGEST, &query.pairs())).data(200)
}

/// A product to put on the shelf.
struct NewProduct {
    sku: &'static str,
    name: &'static str,
    description: Option<&'static str>,
    price: i64,
    stock: i32,
    status: &'static str,
    is_featured: bool,
}

const fn new(sku: &'static str, name: &'static str) -> NewProduct {
    NewProduct { sku, name, description: None, price: 1_000, stock: 1, status: "ACTIVE", is_featured: false }
}

/// Writes a category, as another process does; answers its id.
fn add_category(connection: &mut DbConnection, name: &str) -> QueryResult<String> {
    let id = new_id();
    diesel::insert_into(categories::table)
        .values((
            categories::id.eq(&id),
            categories::name.eq(name),
            categories::slug.eq(format!("slug-{id}")),
            categories::is_active.eq(true),
            categories::sort_order.eq(0),
            categories::created_at.eq(now()),
            categories::updated_at.eq(now()),
        ))
        .execute(connection)?;
    catalog_changes::record(connection, Entity::Category, &[&id])?;
    Ok(id)
}

/// Writes a product, as another process does; answers its id.
fn add_product(connection: &mut DbConnection, category_id: &str, new: &NewProduct) -> QueryResult<String> {
    let id = new_id();
    diesel::insert_into(products::table)
        .values((
            (products::id.eq(&id), products::category_id.eq(category_id)),
            (products::sku.eq(new.sku), products::slug.eq(format!("slug-{id}"))),
            (products::name.eq(new.name), products::description.eq(new.description)),
            (products::price.eq(new.price), products::stock.eq(new.stock)),
            (products::status.eq(new.status), products::is_featured.eq(new.is_featured)),
            products::images.eq("[]"),
            (products::created_at.eq(now()), products::updated_at.eq(now())),
        ))
        .execute(connection)?;
    catalog_changes::record(connection, Entity::Product, &[&id])?;
    Ok(id)
}

/// Changes products behind the application's back, and says so as another process does.
fn change(database: &TestDatabase, ids: &[&str], work: impl FnOnce(&mut DbConnection) -> QueryResult<usize>) {
    database.query(|connection| {
        connection.transaction(|connection| {
            work(connection)?;
            catalog_changes::record(connection, Entity::Product, ids)
        })
    });
}

/// A shop with only these products, in one category.
fn shop_of(products: &[NewProduct]) -> TestApp {
    TestApp::builder(Content::Tables).start_with(|database| {
        database.query(|connection| {
            let category = add_category(connection, "Things")?;
            products.iter().try_for_each(|new| add_product(connection, &category, new).map(|_| ()))
        });
    })
}
