//! Migrations forwards, backwards and again.

use std::{collections::BTreeSet, path::PathBuf};

use backend::db::{DbConnection, migrations};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::support::{Content, TestDatabase, at_once, binary, block_on, database::is_postgres};

fn folder(engine: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "migrations", engine].iter().collect()
}

fn names(engine: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder(engine)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

fn tables(database: &TestDatabase) -> Vec<String> {
    let statement = if is_postgres() {
        "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1"
    };
    let tables: Vec<Table> = database.query(|connection| sql_query(statement).load(connection));
    tables.into_iter().map(|table| table.name).collect()
}

fn revert_all(connection: &mut DbConnection) {
    match connection {
        DbConnection::Sqlite(connection) => {
            let source = FileBasedMigrations::from_path(folder("sqlite")).unwrap();
            connection.revert_all_migrations(source).unwrap();
        }
        DbConnection::Postgres(connection) => {
            let source = FileBasedMigrations::from_path(folder("postgres")).unwrap();
            connection.revert_all_migrations(source).unwrap();
        }
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

#[test]
fn migrating_twice_changes_nothing() {
    let database = TestDatabase::with(Content::Nothing);
    let shop = database.open(2);
    let first = block_on(migrations::run(&shop)).unwrap();
    assert_eq!(first.len(), names("sqlite").len());
    let before = tables(&database);
    assert_eq!(block_on(migrations::run(&shop)).unwrap(), Vec::<String>::new());
    assert_eq!(tables(&database), before);
}

#[test]
fn servers_that_start_together_migrate_once() {
    // Several times, since they meet only now and then.
    for _ in 0..5 {
        let database = TestDatabase::with(Content::Nothing);
        let applied = at_once(4, |_| block_on(migrations::run(&database.open(2))));
        let applied: Vec<_> = applied.into_iter().flat_map(Result::unwrap).collect();
        assert_eq!(applied.len(), names("sqlite").len());
    }
}

#[test]
fn every_migration_can_be_taken_back_and_applied_again() {
    let database = TestDatabase::with(Content::Demo);
    let before = tables(&database);
    assert!(before.len() > 10);
    revert_all(&mut database.connect());
    assert_eq!(tables(&database), ["__diesel_schema_migrations"]);
    block_on(migrations::run(&database.open(2))).unwrap();
    assert_eq!(tables(&database), before);
    block_on(database.open(2).check()).unwrap();
}

#[test]
fn the_command_says_what_it_applied() {
    let database = TestDatabase::with(Content::Nothing);
    let migrate = || {
        let output = binary::run(&["migrate"], &[("DATABASE_URL", &database.url)]);
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let first = migrate();
    for name in names("sqlite") {
        assert!(first.contains(name.split('_').next().unwrap()), "{first}");
    }
    assert_eq!(migrate(), "The database is up to date.\n");
}
