//! `backend backup`.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::json;
use shared_types::{orders::OrderWithItems, paths};

use super::{Ends, assert_sound, done, execute, file_of, folder, names, order_numbers, refused, rows, text};
use crate::support::{
    Actor, Content, PASSWORD, TestDatabase, binary::ServerProcess, database::is_postgres, order_of,
    wait_until,
};

const CLIENTS: usize = 4;
/// Orders acknowledged before each backup.
const ORDERS_EACH: usize = 15;

fn john(server: &ServerProcess) -> Actor {
    let john = json!({"email": "john@example.com", "password": PASSWORD});
    let token =
        server.anon().post(paths::auth::LOGIN, &john).value(200)["token"].as_str().unwrap().to_owned();
    server.anon().with_token(&token)
}

#[test]
fn what_was_acknowledged_before_a_backup_is_in_it_while_orders_go_on() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let product = database.product_id("MENS-CLASSIC-TEE");
    database.set_stock(&product, 100_000);
    let file = file_of(&database);
    let folder = folder("backup-under-load");
    let server = ServerProcess::start(&database, &[]);
    let (john, order) = (john(&server), order_of(&[(&product, 1)]));
    let (acknowledged, is_over) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let count = || acknowledged.lock().unwrap().len();

    std::thread::scope(|scope| {
        let _ends = Ends(&is_over);
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let reply = john.post(paths::orders::ORDERS, &order);
                    let placed: OrderWithItems = reply.data(201);
                    acknowledged.lock().unwrap().push(placed.order.order_number);
                }
            });
        }
        for round in 0..3 {
            wait_until("orders are acknowledged", || count() >= (round + 1) * ORDERS_EACH);
            let before = acknowledged.lock().unwrap().clone();
            let target = folder.join(format!("{round}.backup"));
            done(&["backup", text(&target)], &file);
            let after = count();
            wait_until("orders go on", || count() > after);

            let restored = folder.join(format!("restored-{round}/shop.db"));
            done(&["restore", text(&target)], &restored);
            assert_sound(&restored);
            let there = order_numbers(&restored);
            for number in &before {
                assert!(there.contains(number), "{number} of {} is not among {}", before.len(), there.len());
            }
        }
    });
    drop(server);
    // Nothing is in a backup that never was.
    let all = order_numbers(&file);
    assert!(order_numbers(&folder.join("restored-2/shop.db")).iter().all(|number| all.contains(number)));
}

#[test]
fn a_backup_is_one_file_that_only_its_owner_may_read_and_holds_everything() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let (file, folder) = (file_of(&database), folder("backup-whole"));
    let target = folder.join("shop.backup");
    let said = done(&["backup", text(&target)], &file);
    assert!(said.contains("3 orders") && said.contains("shop.backup"), "{said}");
    assert_eq!(names(&folder), ["shop.backup"]);
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(rows(&target), rows(&file));
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_asked_to() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let (file, folder) = (file_of(&database), folder("backup-again"));
    let target = folder.join("shop.backup");
    fs::write(&target, "precious").unwrap();
    let said = refused(&["backup", text(&target)], &file);
    assert!(said.contains("is there already") && said.contains("--force"), "{said}");
    assert_eq!(fs::read(&target).unwrap(), b"precious");
    done(&["backup", "--force", text(&target)], &file);
    assert_eq!(rows(&target), rows(&file));
    assert_eq!(names(&folder), ["shop.backup"]);
}

#[test]
fn the_database_is_never_replaced_by_its_backup() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let file = file_of(&database);
    let before = rows(&file);
    for name in ["", "-wal", ".lock"] {
        let target = format!("{}{name}", file.display());
        let said = refused(&["backup", "--force", &target], &file);
        assert!(said.contains("belongs to the database itself"), "{said}");
    }
    assert_eq!(rows(&file), before);
}

#[test]
fn where_there_is_no_database_none_is_made() {
    if is_postgres() {
        return;
    }
    let folder = folder("backup-nothing");
    let (file, target) = (folder.join("shop.db"), folder.join("shop.backup"));
    let said = refused(&["backup", text(&target)], &file);
    assert!(said.contains("there is no database at"), "{said}");
    assert_eq!(names(&folder), [""; 0]);
}

#[test]
fn stock_that_the_ledger_does_not_explain_is_no_backup_unless_that_is_accepted() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let (file, folder) = (file_of(&database), folder("backup-contradiction"));
    execute(&file, "UPDATE products SET stock = stock + 1 WHERE sku = 'YOGA-MAT-PRO'");
    let target = folder.join("shop.backup");
    let said = refused(&["backup", text(&target)], &file);
    assert!(said.contains("YOGA-MAT-PRO has a stock of 101 and movements of 100"), "{said}");
    assert_eq!(names(&folder), [""; 0]);
    let said = done(&["backup", "--accept-contradictions", text(&target)], &file);
    assert!(said.contains("warning: YOGA-MAT-PRO"), "{said}");
    let restored = folder.join("restored/shop.db");
    assert!(refused(&["restore", text(&target)], &restored).contains("YOGA-MAT-PRO"));
    assert!(!restored.exists());
    done(&["restore", "--accept-contradictions", text(&target)], &restored);
    assert_eq!(order_numbers(&restored), order_numbers(&file));
}

#[test]
fn a_row_that_refers_to_none_is_no_backup() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let (file, folder) = (file_of(&database), folder("backup-dangling"));
    execute(&file, "PRAGMA foreign_keys = OFF; DELETE FROM users WHERE email = 'jane@example.com'");
    let said = refused(&["backup", text(&folder.join("shop.backup"))], &file);
    assert!(said.contains("rows of orders refer to rows of users that are not there"), "{said}");
}

#[test]
fn a_damaged_database_is_never_called_a_backup() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let (file, folder) = (file_of(&database), folder("backup-damaged"));
    // An index that has lost its rows: the file can be read, and answers wrong.
    execute(
        &file,
        "PRAGMA writable_schema = ON;
         UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'orders_newest')
         WHERE name = 'orders_status'",
    );
    let said = refused(&["backup", "--accept-contradictions", text(&folder.join("shop.backup"))], &file);
    assert!(said.contains("the copy"), "{said}");
    assert_eq!(names(&folder), [""; 0]);
}

#[test]
fn a_row_that_the_tables_rules_forbid_is_damage_and_not_to_be_accepted() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let (file, folder) = (file_of(&database), folder("backup-forbidden"));
    let target = folder.join("shop.backup");
    done(&["backup", text(&target)], &file);
    let forbidden =
        "PRAGMA ignore_check_constraints = ON; UPDATE products SET stock = -1 WHERE sku = 'YOGA-MAT-PRO'";
    let damage = "is damaged: CHECK constraint failed in products";
    execute(&target, forbidden);
    let said = refused(&["restore", "--accept-contradictions", text(&target)], &folder.join("new.db"));
    assert!(said.contains(&format!("shop.backup {damage}")), "{said}");
    execute(&file, forbidden);
    let again = folder.join("again.backup");
    let said = refused(&["backup", "--accept-contradictions", text(&again)], &file);
    assert!(said.contains(&format!("the copy {damage}")), "{said}");
    assert!(!again.exists());
}
