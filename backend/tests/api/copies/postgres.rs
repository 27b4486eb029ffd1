//! The way back on PostgreSQL, as docs/OPERATIONS.md describes it: with PostgreSQL's own tools and `backend db restored`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use backend::db::{catalog_changes, schema::orders};
use diesel::{connection::SimpleConnection, prelude::*};
use serde_json::json;
use shared_types::{auth::LoggedIn, orders::OrderWithItems, paths};

use super::{Ends, folder};
use crate::support::{
    Actor, Content, PASSWORD, TestApp, TestDatabase, binary,
    database::{is_postgres, redis_url},
    order_of, wait_until,
};

/// A client program of PostgreSQL: on the path, or where Debian keeps those of the newest version.
fn tool(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let installed =
        versions.map(|version| version.path().join("bin").join(name)).filter(|tool| tool.is_file());
    installed.max().unwrap_or_else(|| PathBuf::from(name))
}

fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

fn dump(database: &TestDatabase, file: &Path) {
    let mut dump = Command::new(tool("pg_dump"));
    succeed(dump.arg("--format=custom").arg("--file").arg(file).arg(&database.url));
}

fn load(file: &Path, database: &TestDatabase) {
    let mut load = Command::new(tool("pg_restore"));
    load.args(["--exit-on-error", "--single-transaction", "--no-owner", "--dbname", &database.url]).arg(file);
    succeed(&mut load);
    let output = binary::run(&["migrate"], &[("DATABASE_URL", &database.url)]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "The database is up to date.\n");
}

fn note_restored(database: &TestDatabase) -> String {
    let output = binary::run(&["db", "restored"], &[("DATABASE_URL", &database.url)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_embedded_databases_commands_are_refused_with_those_to_use() {
    if !is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Tables);
    let file = folder("postgres-refused").join("shop.backup");
    for (command, instead) in [("backup", "pg_dump --format=custom"), ("restore", "pg_restore")] {
        let output = binary::run(&[command, file.to_str().unwrap()], &[("DATABASE_URL", &database.url)]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(instead) && said.contains("docs/OPERATIONS.md"), "{said}");
        assert!(!file.exists());
    }
}

#[test]
fn a_dump_under_load_has_every_order_that_was_acknowledged_before_it_and_can_be_served() {
    if !is_postgres() {
        return;
    }
    let app = TestApp::builder(Content::Demo).start();
    let product = app.product_id("MENS-CLASSIC-TEE");
    app.database.set_stock(&product, 100_000);
    let (john, order, file) = (app.john(), order_of(&[(&product, 1)]), folder("dump").join("shop.dump"));
    let (acknowledged, is_over) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let count = || acknowledged.lock().unwrap().len();
    let before = std::thread::scope(|scope| {
        let _ends = Ends(&is_over);
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let placed: OrderWithItems = john.post(paths::orders::ORDERS, &order).data(201);
                    acknowledged.lock().unwrap().push(placed.order.order_number);
                }
            });
        }
        wait_until("orders are acknowledged", || count() >= 20);
        let before = acknowledged.lock().unwrap().clone();
        dump(&app.database, &file);
        let after = count();
        wait_until("orders go on", || count() > after);
        before
    });

    let restored = TestDatabase::with(Content::Nothing);
    load(&file, &restored);
    assert!(note_restored(&restored).contains("sessions have ended"));
    let there: Vec<String> =
        restored.query(|connection| orders::table.select(orders::order_number).load(connection));
    assert!(before.iter().all(|number| there.contains(number)), "{} of {}", there.len(), before.len());
    restored.assert_ledger_explains_stock();

    let server = binary::ServerProcess::start(&restored, &[]);
    john.get(paths::auth::ME).expect(200);
    server.anon().with_token(john.token.as_ref().unwrap()).get(paths::auth::ME).expect(401);
    let body = json!({"email": "john@example.com", "password": PASSWORD});
    let LoggedIn { token, .. } = server.anon().post(paths::auth::LOGIN, &body).data(200);
    server.anon().with_token(&token).post(paths::orders::ORDERS, &order).expect(201);
}

/// As a restore to a point in time does it: the same database, and what is in Redis is from a time that is lost.
#[test]
fn answers_of_a_time_that_is_lost_are_not_taken_from_redis() {
    if redis_url().is_none() {
        return;
    }
    let app = TestApp::builder(Content::Demo).start();
    let (admin, mat) = (app.admin(), app.product_id("YOGA-MAT-PRO"));
    let path = "/api/catalog/products/yoga-mat-pro";
    let name = |anon: &Actor| anon.get(path).value(200)["name"].as_str().unwrap().to_owned();
    let before = app.database.query(catalog_changes::last);
    for _ in 0..3 {
        admin.patch(&paths::catalog::product(&mat), &json!({"name": "Lost Mat"})).expect(200);
        admin.patch(&paths::catalog::product(&mat), &json!({"name": "Lost Mat again"})).expect(200);
    }
    // Another server finds it in Redis, so it is there.
    wait_until("the edit is followed", || name(&app.anon()) == "Lost Mat again");
    {
        let replica = app.replica();
        wait_until("the edit is followed there", || name(&replica.anon()) == "Lost Mat again");
    }
    app.database.query(|connection| {
        connection.batch_execute(&format!(
            "UPDATE products SET name = 'Yoga Mat Pro', updated_at = '2024-01-15' WHERE sku = 'YOGA-MAT-PRO';
             DELETE FROM catalog_changes WHERE seq > {before};
             SELECT setval(pg_get_serial_sequence('catalog_changes', 'seq'), {});",
            before.max(1)
        ))
    });
    note_restored(&app.database);
    // A server that runs on learns it as well as one that starts.
    wait_until("the way back is followed", || name(&app.anon()) == "Yoga Mat Pro");
    let app = app.restart();
    for _ in 0..20 {
        assert_eq!(name(&app.anon()), "Yoga Mat Pro");
    }
    let admin = app.admin();
    admin.patch(&paths::catalog::product(&mat), &json!({"name": "Mat of Now"})).expect(200);
    assert_eq!(name(&app.anon()), "Mat of Now");
}
