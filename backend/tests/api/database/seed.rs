//! The demo shop.

use backend::{
    db::schema::{orders, products, stock_movements, users},
    seed::{self, Loaded},
};
use diesel::prelude::*;
use shared_types::catalog::{ProductList, ProductStatus};

use crate::support::{Content, TestApp, TestDatabase, binary, block_on, database::BCRYPT_COST};

fn load(database: &TestDatabase, force: bool) -> Result<Loaded, String> {
    block_on(seed::load(&database.open(2), BCRYPT_COST, force))
}

/// How many users, products, orders and movements there are.
fn counts(database: &TestDatabase) -> [i64; 4] {
    database.query(|connection| {
        Ok([
            users::table.count().get_result(connection)?,
            products::table.count().get_result(connection)?,
            orders::table.count().get_result(connection)?,
            stock_movements::table.count().get_result(connection)?,
        ])
    })
}

pub fn add_a_stranger(database: &TestDatabase) {
    let moment = backend::db::time::now();
    database.query(|connection| {
        diesel::insert_into(users::table)
            .values((
                users::id.eq("stranger"),
                users::email.eq("stranger@example.com"),
                users::password_hash.eq("none"),
                users::role.eq("CUSTOMER"),
                users::is_active.eq(true),
                users::created_at.eq(moment),
                users::updated_at.eq(moment),
            ))
            .execute(connection)
    });
}

#[test]
fn the_demo_shop_is_loaded_once() {
    let database = TestDatabase::with(Content::Tables);
    assert_eq!(load(&database, false), Ok(Loaded::Now));
    let first = counts(&database);
    assert_eq!(first[..3], [3, 18, 3]);
    for force in [false, true] {
        assert_eq!(load(&database, force), Ok(Loaded::Before));
    }
    assert_eq!(counts(&database), first);
}

#[test]
fn its_ledger_explains_its_stock() {
    TestDatabase::with(Content::Demo).assert_ledger_explains_stock();
}

#[test]
fn a_database_with_other_data_is_left_alone_unless_forced() {
    let database = TestDatabase::with(Content::Tables);
    add_a_stranger(&database);
    let refused = load(&database, false).unwrap_err();
    assert!(refused.contains("--force"), "{refused}");
    assert_eq!(counts(&database), [1, 0, 0, 0]);
    assert_eq!(load(&database, true), Ok(Loaded::Now));
    assert_eq!(counts(&database)[..3], [4, 18, 3]);
    database.assert_ledger_explains_stock();
}

#[test]
fn the_command_migrates_loads_and_refuses() {
    let database = TestDatabase::with(Content::Nothing);
    let seed = |arguments: &[&str]| {
        let settings = [("DATABASE_URL", database.url.as_str()), ("BCRYPT_SALT_ROUNDS", "4")];
        let output = binary::run(arguments, &settings);
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    };
    assert_eq!(seed(&["seed"]), (true, "The demo shop is loaded.\n".to_owned()));
    assert_eq!(seed(&["seed"]), (true, "The demo shop is there already.\n".to_owned()));

    database.query(|connection| {
        diesel::update(users::table.filter(users::email.eq("admin@example.com")))
            .set(users::email.eq("boss@example.com"))
            .execute(connection)
    });
    let (succeeded, text) = seed(&["seed"]);
    assert!(!succeeded && text.contains("error: ") && text.contains("--force"), "{text}");
}

#[test]
fn its_products_are_those_of_the_contract() {
    let app = TestApp::start();
    let page = app.admin().get("/api/catalog/products?limit=100&sortOrder=asc").page::<ProductList>();
    let found: Vec<String> = page
        .data
        .iter()
        .map(|row| {
            let product = &row.product;
            let former = product.compare_at.map_or_else(String::new, |price| format!("/{price}"));
            let featured = if product.is_featured { "*" } else { "" };
            let status = if product.status == ProductStatus::Active { "" } else { product.status.as_str() };
            let line =
                format!("{} {}{former} {}{featured} {status}", product.sku, product.price, product.stock);
            assert_eq!(product.slug, product.sku.to_lowercase());
            line.trim().to_owned()
        })
        .collect();
    let expected = [
        "IPHONE-15-PRO 999.99/1099.99 50*",
        "SAMSUNG-S24-ULTRA 1199.99/1299.99 35*",
        "PIXEL-8-PRO 899.99 40",
        "MACBOOK-PRO-16 3499.99/3699.99 20*",
        "DELL-XPS-15 1899.99 25",
        "THINKPAD-X1-CARBON 1649.99 30",
        "MENS-CLASSIC-TEE 29.99/39.99 200",
        "MENS-SLIM-JEANS 79.99 150*",
        "WOMENS-SUMMER-DRESS 89.99/119.99 75*",
        "WOMENS-LEATHER-JACKET 299.99 40",
        "MODERN-TABLE-LAMP 79.99 60",
        "INDOOR-PLANT-SET 49.99 45*",
        "YOGA-MAT-PRO 59.99 100",
        "RUNNING-SHOES-AIR 129.99/159.99 80*",
        "BOOK-CLEAN-CODE 44.99 120",
        "BOOK-SYSTEM-DESIGN 39.99 90*",
        "UNRELEASED-GADGET 599.99 0 DRAFT",
        "OLD-PHONE-MODEL 299.99 0 ARCHIVED",
    ];
    assert_eq!(found, expected);
}

#[test]
fn everybody_in_it_signs_in_with_the_documented_password() {
    let app = TestApp::start();
    for (email, name) in [
        ("admin@example.com", ["Admin", "User"]),
        ("john@example.com", ["John", "Doe"]),
        ("jane@example.com", ["Jane", "Smith"]),
    ] {
        let user = app.login(email).user.unwrap();
        assert_eq!([user.first_name.as_deref(), user.last_name.as_deref()], name.map(Some));
    }
}
