//! The generated catalogue: added, grown, refused, interrupted.

use std::{
    io::{BufRead, BufReader},
    ops::ControlFlow,
    process::Stdio,
};

use backend::{
    db::schema::{catalog_changes, categories, products},
    seed::generated::{self, Grown},
};
use diesel::prelude::*;
use shared_types::{
    catalog::{ProductFull, ProductList},
    paths,
};

use crate::support::{Content, TestApp, TestDatabase, binary, block_on, wait_until};

/// Products of the demo shop.
const DEMO: i64 = 18;

fn grow(database: &TestDatabase, products: u64) -> Grown {
    block_on(generated::grow(&database.open(2), products, |_| ControlFlow::Continue(()))).unwrap()
}

/// Runs `seed` with these arguments: whether it succeeded, and what it said.
fn seed(database: &TestDatabase, arguments: &[&str]) -> (bool, String) {
    let settings = [("DATABASE_URL", database.url.as_str()), ("BCRYPT_SALT_ROUNDS", "4")];
    let output = binary::run(&[&["seed"], arguments].concat(), &settings);
    (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

fn count_products(database: &TestDatabase) -> i64 {
    database.query(|connection| products::table.count().get_result(connection))
}

fn changes_of_everything(database: &TestDatabase) -> i64 {
    let everything = catalog_changes::table.filter(catalog_changes::entity.eq("EVERYTHING"));
    database.query(|connection| everything.count().get_result(connection))
}

#[test]
fn the_command_adds_a_catalogue_to_the_demo_shop_once() {
    let database = TestDatabase::with(Content::Nothing);
    let (succeeded, text) = seed(&database, &["--products", "300"]);
    assert!(succeeded && text.contains("The demo shop is loaded."), "{text}");
    assert!(text.ends_with("300 generated products are added.\n"), "{text}");
    assert_eq!(count_products(&database), DEMO + 300);
    database.assert_ledger_explains_stock();
    let changes = changes_of_everything(&database);

    let (succeeded, text) = seed(&database, &["--products", "300"]);
    assert!(succeeded && text.ends_with("300 generated products are there already.\n"), "{text}");
    let (succeeded, text) = seed(&database, &["--products", "40"]);
    assert!(succeeded && text.ends_with("300 generated products are there already.\n"), "{text}");
    assert_eq!((count_products(&database), changes_of_everything(&database)), (DEMO + 300, changes));
}

#[test]
fn a_number_of_products_that_makes_no_sense_is_refused() {
    let database = TestDatabase::with(Content::Nothing);
    for number in ["0", "-1", "many", "5000001"] {
        let (succeeded, text) = seed(&database, &[&format!("--products={number}")]);
        assert!(!succeeded && text.contains("--products"), "{text}");
    }
}

#[test]
fn a_database_with_other_data_is_left_alone_unless_forced() {
    let database = TestDatabase::with(Content::Demo);
    // Without its administrator this is no demo shop.
    database.query(|connection| {
        use backend::db::schema::users;
        diesel::update(users::table.filter(users::email.eq("admin@example.com")))
            .set(users::email.eq("boss@example.com"))
            .execute(connection)
    });
    let (succeeded, text) = seed(&database, &["--products", "50"]);
    assert!(!succeeded && text.contains("--force"), "{text}");
    assert_eq!(count_products(&database), DEMO);
}

#[test]
fn other_data_stays_when_a_catalogue_is_forced_upon_it() {
    let database = TestDatabase::with(Content::Tables);
    super::seed::add_a_stranger(&database);
    let (succeeded, text) = seed(&database, &["--products", "50"]);
    assert!(!succeeded && text.contains("--force"), "{text}");
    let (succeeded, text) = seed(&database, &["--force", "--products", "50"]);
    assert!(succeeded, "{text}");
    assert_eq!(count_products(&database), DEMO + 50);
    database.query(|connection| {
        use backend::db::schema::users;
        users::table.find("stranger").select(users::id).first::<String>(connection)
    });
}

#[test]
fn a_catalogue_that_grows_equals_one_that_is_made_at_once() {
    let everything = |sizes: &[u64]| {
        let database = TestDatabase::with(Content::Tables);
        let mut before = 0;
        for now in sizes.iter().copied() {
            assert_eq!(grow(&database, now), Grown { before, now });
            before = now;
        }
        type Row = (String, String, String, String, i64, i32, Option<String>);
        let rows: Vec<Row> = database.query(|connection| {
            products::table
                .order(products::id)
                .select((
                    products::id,
                    products::category_id,
                    products::sku,
                    products::slug,
                    products::price,
                    products::stock,
                    products::metadata,
                ))
                .load(connection)
        });
        let tree: Vec<(String, Option<String>)> = database.query(|connection| {
            categories::table
                .order(categories::id)
                .select((categories::slug, categories::parent_id))
                .load(connection)
        });
        database.assert_ledger_explains_stock();
        (rows, tree)
    };
    assert_eq!(everything(&[30, 31, 700]), everything(&[700]));
}

#[test]
fn a_run_that_was_killed_goes_on_where_it_stopped() {
    let database = TestDatabase::with(Content::Demo);
    let settings = [("DATABASE_URL", database.url.as_str())];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut child = binary::program(&["seed", "--products", "1000000"], &settings)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The demo shop is there, so products are being added.
    let mut first_line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first_line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(first_line, "The demo shop is there already.\n");

    let there = u64::try_from(count_products(&database) - DEMO).unwrap();
    let grown = grow(&database, there + 200);
    assert_eq!(grown.now, there + 200);
    // On PostgreSQL the last transaction of a process may be committed after its end.
    assert!(grown.before >= there, "{grown:?}");
    assert_eq!(count_products(&database), DEMO + i64::try_from(grown.now).unwrap());
    database.assert_ledger_explains_stock();
}

#[test]
fn a_run_that_is_stopped_between_transactions_has_told_nobody_yet() {
    let database = TestDatabase::with(Content::Demo);
    let changes = changes_of_everything(&database);
    let stopped = block_on(generated::grow(&database.open(2), 10_001, |_| ControlFlow::Break(()))).unwrap();
    assert_eq!(stopped, Grown { before: 0, now: 10_000 });
    assert_eq!(changes_of_everything(&database), changes);
    assert_eq!(grow(&database, 10_001), Grown { before: 10_000, now: 10_001 });
    assert_eq!(changes_of_everything(&database), changes + 1);
}

#[test]
fn a_running_server_finds_what_was_added() {
    let app = TestApp::start();
    let found = |path: &str| app.anon().get(path).page::<ProductList>();
    assert_eq!(found("/api/catalog/products?category=lighting").meta.total, 0);
    grow(&app.database, 400);
    wait_until("the search finds a generated product", || {
        let answer = app.anon().get("/api/search?q=a0000321&type=products").json();
        answer["meta"]["totalProducts"] == 1
    });
    let list = found("/api/catalog/products?category=lighting&sortBy=name&sortOrder=asc&limit=5");
    assert!(list.meta.total > 20 && list.data.len() == 5, "{:?}", list.meta);
    let product: ProductFull = app.anon().get(&paths::catalog::product(&list.data[0].product.slug)).data(200);
    assert_eq!(product.product.id, list.data[0].product.id);
}
