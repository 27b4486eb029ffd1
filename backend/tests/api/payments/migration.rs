//! Payments from before some of them could take time, and back.

use std::path::PathBuf;

use backend::db::{DbConnection, migrations, schema::payments};
use diesel::prelude::*;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::support::{Content, TestDatabase, block_on};

/// Takes migrations back until the one that this is about is gone.
fn take_back(connection: &mut DbConnection) {
    let source = |engine: &str| {
        let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "migrations", engine].iter().collect();
        FileBasedMigrations::from_path(folder).unwrap()
    };
    loop {
        let taken_back = match connection {
            DbConnection::Sqlite(connection) => connection.revert_last_migration(source("sqlite")),
            DbConnection::Postgres(connection) => connection.revert_last_migration(source("postgres")),
        };
        if taken_back.unwrap().to_string() == "20260202000000" {
            return;
        }
    }
}

fn rows(database: &TestDatabase) -> Vec<(String, i64, String, String)> {
    database.query(|connection| {
        payments::table
            .order(payments::id)
            .select((payments::id, payments::amount, payments::status, payments::card_last4))
            .load(connection)
    })
}

#[test]
fn payments_survive_the_change_of_their_table_there_and_back() {
    let database = TestDatabase::with(Content::Demo);
    let before = rows(&database);
    assert_eq!(before.len(), 2);
    let [first, second] = [0, 1].map(|index: usize| before[index].0.clone());
    database.query(|connection| {
        for (id, status) in [(&first, "NEEDS_CONFIRMATION"), (&second, "PROCESSING")] {
            diesel::update(payments::table.find(id)).set(payments::status.eq(status)).execute(connection)?;
        }
        Ok(())
    });
    let mut connection = database.connect();
    take_back(&mut connection);
    drop(connection);
    block_on(migrations::run(&database.open(2))).unwrap();
    let expected: Vec<_> = before
        .iter()
        .zip(["DECLINED", "STARTED"])
        .map(|((id, amount, _, last4), status)| (id.clone(), *amount, status.to_owned(), last4.clone()))
        .collect();
    assert_eq!(rows(&database), expected);
}
