//! `backend restore`.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink},
    path::Path,
};

use backend::db::catalog_changes::{self, Entity};
use serde_json::json;
use shared_types::paths;

use super::{
    assert_sound, connect, done, execute, file_of, folder, lines, names, order_numbers, refused, rows, text,
    url,
};
use crate::support::{Content, PASSWORD, TestDatabase, binary::ServerProcess, database::is_postgres};

/// A backup of the demo shop in a folder of its own.
fn backup_of(database: &TestDatabase, folder: &Path) -> std::path::PathBuf {
    let target = folder.join("shop.backup");
    done(&["backup", text(&target)], &file_of(database));
    target
}

/// What a restore changes on purpose.
const CHANGED: [&str; 2] = ["catalog_changes", "sessions"];

#[test]
fn everything_comes_back_into_an_empty_folder() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let folder = folder("restore-empty");
    let backup = backup_of(&database, &folder);
    let restored = folder.join("new/data/shop.db");
    let said = done(&["restore", text(&backup)], &restored);
    assert!(said.contains("3 orders") && !said.contains("is kept as"), "{said}");
    let (mut now, mut before) = (rows(&restored), rows(&file_of(&database)));
    for table in CHANGED {
        now.remove(table);
        before.remove(table);
    }
    assert_eq!(now, before);
    assert_sound(&restored);
    assert_eq!(names(&folder.join("new/data")), ["shop.db", "shop.db.lock"]);
}

#[test]
fn the_database_that_is_replaced_is_kept_with_everything_in_it() {
    if is_postgres() {
        return;
    }
    let (database, other) = (TestDatabase::with(Content::Demo), TestDatabase::with(Content::Tables));
    let folder = folder("restore-over");
    let backup = backup_of(&other, &folder);
    let file = folder.join("shop.db");
    fs::copy(file_of(&database), &file).unwrap();
    // A write that is in the journal only, as a server that was killed leaves it.
    let mut writer = connect(&file);
    diesel::connection::SimpleConnection::batch_execute(
        &mut writer,
        "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; UPDATE users SET first_name = 'Late'",
    )
    .unwrap();
    for suffix in ["", "-wal", "-shm"] {
        fs::copy(
            format!("{}{suffix}", file.display()),
            format!("{}{suffix}", folder.join("left.db").display()),
        )
        .unwrap();
    }
    drop(writer);
    let left = folder.join("left.db");
    let said = done(&["restore", text(&backup)], &left);
    assert!(said.contains("is kept as"), "{said}");
    assert_eq!(order_numbers(&left), [""; 0]);
    let kept = names(&folder).into_iter().find(|name| name.starts_with("left.db.replaced-")).unwrap();
    assert_eq!(lines(&folder.join(&kept), "SELECT DISTINCT first_name AS line FROM users"), ["Late"]);
    assert_eq!(order_numbers(&folder.join(&kept)).len(), 3);
    // It is a backup itself.
    done(&["restore", text(&folder.join(&kept))], &left);
    assert_eq!(order_numbers(&left).len(), 3);
    let is_left =
        |name: &String| name.starts_with("left.db-") || name.contains(".restoring") || name.contains("aside");
    assert!(!names(&folder).iter().any(is_left), "{:?}", names(&folder));
}

#[test]
fn whoever_could_use_the_database_before_can_use_the_one_in_its_place() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let folder = folder("restore-owner");
    let backup = backup_of(&database, &folder);
    let file = folder.join("shop.db");
    fs::copy(file_of(&database), &file).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    // Only root may give a file away; everybody else's stays their own.
    let owner = chown(&file, Some(4_242), None).map_or(fs::metadata(&file).unwrap().uid(), |()| 4_242);
    done(&["restore", text(&backup)], &file);
    let restored = fs::metadata(&file).unwrap();
    assert_eq!((restored.permissions().mode() & 0o777, restored.uid()), (0o640, owner));
    // Where there was none, nobody else may read it.
    let new = folder.join("new/shop.db");
    done(&["restore", text(&backup)], &new);
    assert_eq!(fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_file_that_a_link_leads_to_is_replaced_and_not_the_link() {
    if is_postgres() {
        return;
    }
    let (database, other) = (TestDatabase::with(Content::Demo), TestDatabase::with(Content::Tables));
    let folder = folder("restore-link");
    let backup = backup_of(&database, &folder);
    let (file, link) = (folder.join("real.db"), folder.join("link.db"));
    fs::copy(file_of(&other), &file).unwrap();
    symlink(&file, &link).unwrap();
    done(&["restore", text(&backup)], &link);
    assert_eq!(fs::read_link(&link).unwrap(), file);
    assert_eq!(order_numbers(&file).len(), 3);
    assert!(names(&folder).iter().any(|name| name.starts_with("real.db.replaced-")), "{:?}", names(&folder));
}

#[test]
fn a_database_that_is_damaged_is_kept_with_its_journal_and_leaves_nothing_beside_the_new_one() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let folder = folder("restore-damaged");
    let backup = backup_of(&database, &folder);
    let file = folder.join("shop.db");
    // SQLite throws the first two away when it looks at them, and leaves the third, which has nothing to be done.
    for (journal, content) in
        [("-wal", "its journal"), ("-journal", "its journal"), ("-journal", "\0, its journal")]
    {
        fs::write(&file, "no database any more, for whatever reason").unwrap();
        fs::write(format!("{}{journal}", file.display()), content).unwrap();
        fs::write(format!("{}-shm", file.display()), "").unwrap();
        let said = done(&["restore", text(&backup)], &file);
        let kept = said.split("is kept as ").nth(1).and_then(|rest| rest.lines().next()).unwrap();
        assert_eq!(fs::read(kept).unwrap(), b"no database any more, for whatever reason");
        assert_eq!(fs::read(format!("{kept}{journal}")).unwrap(), content.as_bytes());
        let there = names(&folder);
        assert!(
            !there.iter().any(|name| name.starts_with("shop.db-") || name.contains("aside")),
            "{there:?}"
        );
        assert_sound(&file);
        assert_eq!(order_numbers(&file).len(), 3);
    }
}

#[test]
fn what_is_no_backup_is_refused_and_nothing_is_lost() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let folder = folder("restore-refused");
    let whole = fs::read(backup_of(&database, &folder)).unwrap();
    let file = folder.join("shop.db");
    fs::copy(file_of(&database), &file).unwrap();
    let before = rows(&file);

    let mut scribbled = whole.clone();
    let page = 4096 * 3;
    scribbled[page..page + 4096].fill(0x5a);
    let mut half_page = whole[..whole.len() / 2].to_vec();
    half_page.truncate(half_page.len() / 4096 * 4096 + 100);
    for (name, content, reason) in [
        ("empty", &b""[..], "is no SQLite database: it is too short"),
        ("short", &whole[..10], "is no SQLite database: it is too short"),
        ("text", "not a database, but long enough to be read as one".as_bytes(), "is no SQLite database"),
        ("head", &whole[..16], "damaged or no readable database"),
        ("truncated", &whole[..whole.len() / 2 / 4096 * 4096], "damaged or no readable database"),
        ("torn", &half_page, "damaged or no readable database"),
        ("scribbled", &scribbled, "damaged or no readable database"),
    ] {
        let bad = folder.join(name);
        fs::write(&bad, content).unwrap();
        let said = refused(&["restore", "--accept-contradictions", text(&bad)], &file);
        let is_named = match reason {
            "damaged or no readable database" => {
                said.contains("is damaged") || said.contains("is no readable database")
            }
            reason => said.contains(reason),
        };
        assert!(is_named && said.contains(name), "{name}: {said}");
        assert_eq!(rows(&file), before, "{name}");
    }
    assert!(refused(&["restore", text(&folder.join("missing"))], &file).contains("can't be opened"));
    assert!(!names(&folder).iter().any(|name| name.contains(".replaced") || name.contains(".restoring")));
}

#[test]
fn an_index_that_has_lost_a_row_is_damage() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let folder = folder("restore-index");
    let backup = backup_of(&database, &folder);
    // While a row changes, SQLite knows of no such index.
    execute(
        &backup,
        "CREATE TABLE aside AS SELECT * FROM sqlite_master WHERE name = 'orders_newest';
         PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE name = 'orders_newest'",
    );
    execute(
        &backup,
        "UPDATE orders SET created_at = '2020-02-02 00:00:00' WHERE order_number = 'ORD-2024-0002'",
    );
    execute(
        &backup,
        "PRAGMA writable_schema = ON; INSERT INTO sqlite_master SELECT * FROM aside; DROP TABLE aside",
    );
    let restored = folder.join("shop.db");
    let said = refused(&["restore", "--accept-contradictions", text(&backup)], &restored);
    assert!(said.contains("is damaged") && said.contains("missing from index orders_newest"), "{said}");
    assert!(!restored.exists());
}

#[test]
fn another_programs_database_is_refused() {
    if is_postgres() {
        return;
    }
    let folder = folder("restore-other");
    let other = folder.join("other.db");
    fs::write(&other, "").unwrap();
    execute(&other, "CREATE TABLE notes (text TEXT)");
    let said = refused(&["restore", text(&other)], &folder.join("shop.db"));
    assert!(said.contains("it has none of its tables"), "{said}");
    assert!(!folder.join("shop.db").exists());
}

#[test]
fn a_database_in_use_is_no_backup() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let folder = folder("restore-live");
    let backup = backup_of(&database, &folder);
    fs::write(format!("{}-wal", backup.display()), "a journal").unwrap();
    let said = refused(&["restore", text(&backup)], &folder.join("shop.db"));
    assert!(said.contains("is a database in use") && said.contains("backend backup"), "{said}");
    let file = file_of(&database);
    assert!(refused(&["restore", text(&file)], &file).contains("belongs to the database itself"));
}

#[test]
fn an_older_backup_is_migrated_and_a_newer_one_refused() {
    if is_postgres() {
        return;
    }
    use diesel_migrations::{FileBasedMigrations, MigrationHarness};
    let database = TestDatabase::with(Content::Demo);
    let folder = folder("restore-versions");
    let backup = backup_of(&database, &folder);
    let older = folder.join("older");
    fs::copy(&backup, &older).unwrap();
    let source =
        FileBasedMigrations::from_path(format!("{}/../migrations/sqlite", env!("CARGO_MANIFEST_DIR")));
    if let backend::db::DbConnection::Sqlite(connection) = &mut connect(&older) {
        connection.revert_last_migration(source.unwrap()).unwrap();
    }
    let restored = folder.join("shop.db");
    let said = done(&["restore", text(&older)], &restored);
    assert!(said.contains("It was older than this program. Applied: 2026"), "{said}");
    let versions = "SELECT version AS line FROM __diesel_schema_migrations ORDER BY 1";
    assert_eq!(lines(&restored, versions), lines(&file_of(&database), versions));
    assert_sound(&restored);

    execute(&backup, "INSERT INTO __diesel_schema_migrations VALUES ('29990101000000', '2999-01-01')");
    let said = refused(&["restore", text(&backup)], &restored);
    assert!(said.contains("newer version of the shop") && said.contains("29990101000000"), "{said}");
    assert_eq!(order_numbers(&restored).len(), 3);
}

#[test]
fn a_running_server_keeps_its_database() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let folder = folder("restore-running");
    let backup = backup_of(&database, &folder);
    let file = file_of(&database);
    let mut server = ServerProcess::start(&database, &[]);
    let said = refused(&["restore", text(&backup)], &file);
    assert!(said.contains("another server") && said.contains("stop it first"), "{said}");
    server.anon().get("/ready").expect(200);
    server.kill();
    done(&["restore", text(&backup)], &file);
}

#[test]
fn a_program_that_has_the_database_open_keeps_it_too() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let folder = folder("restore-open");
    let backup = backup_of(&database, &folder);
    let file = folder.join("shop.db");
    fs::copy(&backup, &file).unwrap();
    let mut reader = connect(&file);
    diesel::connection::SimpleConnection::batch_execute(
        &mut reader,
        "PRAGMA journal_mode = WAL; BEGIN; SELECT COUNT(*) FROM users",
    )
    .unwrap();
    let said = refused(&["restore", text(&backup)], &file);
    assert!(said.contains("another program uses the database"), "{said}");
    assert!(!names(&folder).iter().any(|name| name.contains(".replaced") || name.contains(".restoring")));
    drop(reader);
    done(&["restore", text(&backup)], &file);
}

#[test]
fn after_a_restore_nobody_is_signed_in_and_everything_is_read_anew() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let file = file_of(&database);
    let folder = folder("restore-sessions");
    let mut server = ServerProcess::start(&database, &[]);
    let login = json!({"email": "john@example.com", "password": PASSWORD});
    let reply = server.anon().post(paths::auth::LOGIN, &login);
    let token = reply.value(200)["token"].as_str().unwrap().to_owned();
    let (refresh, _) = reply.refresh_cookie().unwrap();
    let backup = backup_of(&database, &folder);
    server.kill();
    let last = catalog_changes::last(&mut connect(&backup)).unwrap();
    done(&["restore", text(&backup)], &file);

    let server = ServerProcess::start(&database, &[]);
    server.anon().with_token(&token).get(paths::auth::ME).expect(401);
    let renewal = server.anon().request("POST", paths::auth::REFRESH);
    renewal.header("cookie", &format!("refresh_token={refresh}")).send().expect(401);
    server.anon().post(paths::auth::LOGIN, &login).expect(200);
    drop(server);
    // Numbers that were handed out after the backup do not come again.
    let changes = catalog_changes::after(&mut connect(&file), last, 10).unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].entity, Entity::Everything);
    assert!(changes[0].seq >= last + 1_000_000, "{changes:?}");
}

#[test]
fn a_restored_database_is_served_like_any_other() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let folder = folder("restore-served");
    let backup = backup_of(&database, &folder);
    let restored = folder.join("shop.db");
    done(&["restore", text(&backup)], &restored);
    let served = TestDatabase { url: url(&restored), connection: std::sync::Mutex::default() };
    let server = ServerProcess::start(&served, &[]);
    let found = server.anon().get("/api/catalog/products").expect(200).json();
    assert_eq!(found["meta"]["total"], 16, "{found}");
}
