//! Lists of a catalogue that is large enough for every way to a page: what they hold is compared with a plain sorting of all
//! products. And the counts that the database keeps are compared with counting.

use std::{collections::HashMap, ops::ControlFlow};

use backend::{
    db::schema::{categories, product_counts, products},
    seed::generated,
};
use chrono::NaiveDateTime;
use diesel::{connection::SimpleConnection, dsl::count_star, prelude::*};
use serde_json::json;
use shared_types::{
    Money,
    catalog::{ProductFull, ProductList, ProductQuery, ProductSort, ProductStatus, SortOrder},
    paths,
};

use super::{category_id, delete, listing::path_of, patch, product_request, with};
use crate::support::{TestApp, TestDatabase, block_on, database::is_postgres, wait_until};

/// So many that its biggest category is no longer one of few products.
const PRODUCTS: u64 = 14_000;

#[derive(Queryable, Clone)]
struct Row {
    id: String,
    category_id: String,
    name: String,
    price: i64,
    stock: i32,
    status: String,
    is_featured: bool,
    created_at: NaiveDateTime,
}

fn rows(database: &TestDatabase) -> Vec<Row> {
    database.query(|connection| {
        products::table
            .select((
                products::id,
                products::category_id,
                products::name,
                products::price,
                products::stock,
                products::status,
                products::is_featured,
                products::created_at,
            ))
            .load(connection)
    })
}

/// The slug of every category with the ids of those it includes: itself, those below, and those below these.
fn trees(database: &TestDatabase) -> HashMap<String, Vec<String>> {
    let all: Vec<(String, String, Option<String>)> = database.query(|connection| {
        categories::table.select((categories::id, categories::slug, categories::parent_id)).load(connection)
    });
    let parents: HashMap<&str, Option<&str>> =
        all.iter().map(|(id, _, parent)| (id.as_str(), parent.as_deref())).collect();
    let mut trees: HashMap<String, Vec<String>> = HashMap::new();
    let slugs: HashMap<&str, &str> = all.iter().map(|(id, slug, _)| (id.as_str(), slug.as_str())).collect();
    for (id, ..) in &all {
        let mut at = Some(id.as_str());
        while let Some(here) = at {
            trees.entry(slugs[here].to_owned()).or_default().push(id.clone());
            at = parents[here];
        }
    }
    trees
}

/// What a list must hold, in its order.
fn expected(rows: &[Row], query: &ProductQuery, categories: Option<&[String]>) -> Vec<String> {
    let status = query.status.unwrap_or(ProductStatus::Active);
    let mut found: Vec<&Row> = rows
        .iter()
        .filter(|row| row.status == status.as_str())
        .filter(|row| categories.is_none_or(|ids| ids.contains(&row.category_id)))
        .filter(|row| query.min_price.is_none_or(|price| row.price >= price.minor()))
        .filter(|row| query.max_price.is_none_or(|price| row.price <= price.minor()))
        .filter(|row| query.featured.is_none_or(|flag| row.is_featured == flag))
        .filter(|row| query.in_stock.is_none_or(|flag| (row.stock > 0) == flag))
        .collect();
    found.sort_by(|one, other| {
        let order = match query.sort_by {
            ProductSort::Name => one.name.cmp(&other.name),
            ProductSort::Price => one.price.cmp(&other.price),
            ProductSort::CreatedAt => one.created_at.cmp(&other.created_at),
        };
        let order = order.then_with(|| one.id.cmp(&other.id));
        if query.sort_order == SortOrder::Asc { order } else { order.reverse() }
    });
    found.into_iter().map(|row| row.id.clone()).collect()
}

#[test]
fn every_filter_sort_and_page_holds_what_it_should() {
    let app = TestApp::start();
    let shop = app.database.open(2);
    let growing = generated::grow(&shop, PRODUCTS, |_| ControlFlow::Continue(()));
    assert_eq!(block_on(growing).unwrap().now, PRODUCTS);
    let (rows, trees) = (rows(&app.database), trees(&app.database));
    let (admin, anon, money) = (app.admin(), app.anon(), Money::from_minor);
    let active = rows.iter().filter(|row| row.status == ProductStatus::Active.as_str()).count();
    wait_until("the index has grown, too", || {
        let found = anon.get(&path_of(&ProductQuery::default())).page::<ProductList>();
        found.meta.total == i64::try_from(active).unwrap()
    });
    let plain = ProductQuery { limit: 50, ..ProductQuery::default() };
    let category = |slug: &str| ProductQuery { category: Some(slug.to_owned()), ..plain.clone() };
    let filters = [
        plain.clone(),
        ProductQuery { status: Some(ProductStatus::Draft), ..plain.clone() },
        ProductQuery { featured: Some(true), ..plain.clone() },
        ProductQuery { in_stock: Some(true), ..plain.clone() },
        ProductQuery { in_stock: Some(false), ..plain.clone() },
        ProductQuery { min_price: Some(money(2_000)), ..plain.clone() },
        ProductQuery { min_price: Some(money(40_000)), max_price: Some(money(42_000)), ..plain.clone() },
        category("lighting"),
        category("kitchen"),
        category("electronics"),
        category("no-such-category"),
        ProductQuery { in_stock: Some(true), max_price: Some(money(9_000)), ..category("lighting") },
        ProductQuery { featured: Some(false), in_stock: Some(false), ..category("lighting") },
    ];
    let sorts = [ProductSort::CreatedAt, ProductSort::Price, ProductSort::Name];
    for filter in filters {
        let none = Vec::new();
        let tree = filter.category.as_ref().map(|slug| trees.get(slug).unwrap_or(&none).as_slice());
        for (sort_by, sort_order) in sorts.into_iter().zip([SortOrder::Desc, SortOrder::Asc, SortOrder::Desc])
        {
            let query = ProductQuery { sort_by, sort_order, ..filter.clone() };
            let wanted = expected(&rows, &query, tree);
            let last = i64::try_from(wanted.len()).unwrap() / query.limit + 1;
            // The first and the last pages, one in the middle, and one past the end.
            for page in [1, 2, last / 3 + 1, last - 1, last, last + 60] {
                if page < 1 {
                    continue;
                }
                let query = ProductQuery { page, ..query.clone() };
                let reply = admin.get(&path_of(&ProductQuery {
                    status: Some(query.status.unwrap_or(ProductStatus::Active)),
                    ..query.clone()
                }));
                let found = reply.page::<ProductList>();
                let ids: Vec<&str> = found.data.iter().map(|row| row.product.id.as_str()).collect();
                let skipped = usize::try_from((page - 1) * query.limit).unwrap();
                let of_page: Vec<&String> = wanted.iter().skip(skipped).take(50).collect();
                assert_eq!(ids, of_page, "{query:?}");
                assert_eq!(found.meta.total, i64::try_from(wanted.len()).unwrap(), "{query:?}");
                // Administrators' lists come from the database, those of shoppers from the index.
                if query.status.is_none() {
                    assert_eq!(anon.get(&path_of(&query)).page::<ProductList>(), found, "{query:?}");
                }
            }
        }
    }
    assert_counts_are_right(&app.database);
}

type Count = (String, String, bool, i64);

fn assert_counts_are_right(database: &TestDatabase) {
    let (rows, mut counted): (Vec<Count>, Vec<Count>) = database.query(|connection| {
        let kind = (product_counts::category_id, product_counts::status, product_counts::is_featured);
        let kept = product_counts::table.select((kind.0, kind.1, kind.2, product_counts::products));
        let kept = kept.load(connection)?;
        let counted = products::table
            .group_by((products::category_id, products::status, products::is_featured))
            .select((products::category_id, products::status, products::is_featured, count_star()))
            .load(connection)?;
        Ok((kept, counted))
    });
    let mut sums: HashMap<(String, String, bool), i64> = HashMap::new();
    for (category, status, is_featured, products) in rows {
        *sums.entry((category, status, is_featured)).or_default() += products;
    }
    let kept = sums.into_iter().filter(|(_, products)| *products != 0);
    let mut kept: Vec<Count> =
        kept.map(|((id, status, flag), products)| (id, status, flag, products)).collect();
    kept.sort_unstable();
    counted.sort_unstable();
    assert_eq!(kept, counted);
}

#[test]
fn counts_follow_every_change_of_a_product() {
    let app = TestApp::start();
    let admin = app.admin();
    assert_counts_are_right(&app.database);
    let total = |category: &str| {
        let query = ProductQuery { category: Some(category.to_owned()), ..ProductQuery::default() };
        app.anon().get(&path_of(&query)).page::<ProductList>().meta.total
    };
    assert_eq!((total("books"), total("laptops")), (2, 3));

    let request = product_request(&app, "atlas");
    let created: ProductFull = admin.post(paths::catalog::PRODUCTS, &request).data(201);
    let path = paths::catalog::product(&created.product.id);
    assert_eq!((total("books"), total("laptops")), (2, 3), "a draft is not counted");
    assert_counts_are_right(&app.database);

    patch(&admin, &path, &json!({"status": "ACTIVE"})).expect(200);
    assert_eq!((total("books"), total("laptops")), (3, 3));
    patch(&admin, &path, &json!({"categoryId": category_id(&app, "laptops"), "isFeatured": true}))
        .expect(200);
    assert_eq!((total("books"), total("laptops")), (2, 4));
    patch(&admin, &path, &json!({"stock": 7, "price": "3.50"})).expect(200);
    assert_counts_are_right(&app.database);

    delete(&admin, &path).expect(200);
    assert_eq!((total("books"), total("laptops")), (2, 3));
    assert_counts_are_right(&app.database);
}

#[test]
fn a_refused_change_is_not_counted() {
    let app = TestApp::start();
    let request =
        with(&product_request(&app, "twice"), &json!({"slug": "iphone-15-pro", "status": "ACTIVE"}));
    app.admin().post(paths::catalog::PRODUCTS, &request).expect(409);
    assert_counts_are_right(&app.database);
}

/// Whoever writes a count waits for everybody else who does, so sales must not.
#[test]
fn neither_a_sale_nor_an_edit_that_moves_nothing_touches_the_counts() {
    let app = TestApp::start();
    let refuse = if is_postgres() {
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'touched'; END $$;
         CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON product_counts
         FOR EACH ROW EXECUTE FUNCTION refuse();"
    } else {
        "CREATE TRIGGER refuse_insert BEFORE INSERT ON product_counts BEGIN SELECT RAISE(ABORT, 'touched'); END;
         CREATE TRIGGER refuse_update BEFORE UPDATE ON product_counts BEGIN SELECT RAISE(ABORT, 'touched'); END;
         CREATE TRIGGER refuse_delete BEFORE DELETE ON product_counts BEGIN SELECT RAISE(ABORT, 'touched'); END;"
    };
    app.database.connect().batch_execute(refuse).unwrap();
    let (id, admin) = (app.product_id("YOGA-MAT-PRO"), app.admin());
    let customer = app.customer();
    let order = customer.order(&[(&id, 2)]);
    customer.post_nothing(&paths::orders::cancel(&order.order.id)).expect(200);
    let path = paths::catalog::product(&id);
    patch(&admin, &path, &json!({"name": "Yoga Mat", "price": "3.50", "stock": 7})).expect(200);
    let draft = "UPDATE products SET status = 'DRAFT' WHERE sku = 'YOGA-MAT-PRO'";
    assert!(app.database.connect().batch_execute(draft).is_err(), "the counts were guarded");
}

#[test]
fn shoppers_lists_are_found_in_the_index_and_read_from_the_database_when_that_is_newer() {
    let app = TestApp::start();
    let total = |more: &str| {
        let path = format!("{}?{more}", paths::catalog::PRODUCTS);
        app.anon().get(&path).page::<ProductList>().meta.total
    };
    wait_until("the index is there", || app.anon().get(paths::system::READY).status == 200);
    let (in_stock, sold_out) = (total("inStock=true"), total("inStock=false"));
    // Behind the back of the server: nobody tells the index.
    let sell_out = "UPDATE products SET stock = 0 WHERE sku = 'YOGA-MAT-PRO'";
    app.database.connect().batch_execute(sell_out).unwrap();
    assert_eq!(total("inStock=false&limit=50"), sold_out, "only the database knows");
    assert_eq!(
        total("inStock=true&limit=50"),
        in_stock - 1,
        "a row is not what it was, so the database is asked"
    );
}

/// On SQLite there is one writer at a time anyway.
#[test]
fn products_that_are_added_at_once_are_counted_without_waiting() {
    if !is_postgres() {
        return;
    }
    let app = TestApp::start();
    let moved = |connection: &mut backend::db::DbConnection, sku: &str| {
        let archive = format!("UPDATE products SET status = 'ARCHIVED' WHERE sku = '{sku}'");
        connection.batch_execute(&archive).unwrap();
    };
    let mut slow = app.database.connect();
    slow.batch_execute("BEGIN").unwrap();
    moved(&mut slow, "BOOK-CLEAN-CODE");
    let mut quick = app.database.connect();
    quick.batch_execute("SET lock_timeout = '2s'").unwrap();
    moved(&mut quick, "BOOK-SYSTEM-DESIGN");
    slow.batch_execute("COMMIT").unwrap();
    assert_counts_are_right(&app.database);
}
