//! Several processes that write to one embedded database wait for each other. This is about SQLite whatever the run is
//! about: PostgreSQL has no such lock.

use backend::db::{Database, DatabaseUrl, DbError, migrations, schema::products};
use diesel::prelude::*;

use crate::support::block_on;

const WRITERS: usize = 2;
const ROUNDS: i32 = 100;

/// Two pools as two processes have them, each with several tasks that read and then write.
#[test]
fn two_writers_lose_no_update_and_never_find_the_database_locked() {
    let path = format!("{}/two-writers-{}.db", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    let open = || Database::new(DatabaseUrl::Sqlite(path.clone().into()), 4);
    block_on(async {
        let database = open();
        migrations::run(&database).await.unwrap();
        backend::seed::load(&database, 4, false).await.unwrap();
        database.write(|connection| set(connection, 0)).await.unwrap();
    });

    let start = std::sync::Barrier::new(WRITERS);
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                let database = open();
                start.wait();
                block_on(async {
                    for _ in 0..ROUNDS {
                        database.write(increment).await.unwrap();
                    }
                });
            });
        }
    });

    let total = block_on(open().read(get)).unwrap();
    for suffix in ["", "-wal", "-shm"] {
        // Some of them need not exist.
        let _ = std::fs::remove_file(format!("{path}{suffix}"));
    }
    assert_eq!(total, i32::try_from(WRITERS).unwrap() * ROUNDS);
}

fn get(connection: &mut backend::db::DbConnection) -> Result<i32, DbError> {
    let tee = products::table.filter(products::sku.eq("MENS-CLASSIC-TEE"));
    Ok(tee.select(products::stock).first(connection)?)
}

fn set(connection: &mut backend::db::DbConnection, units: i32) -> Result<(), DbError> {
    let tee = products::table.filter(products::sku.eq("MENS-CLASSIC-TEE"));
    diesel::update(tee).set(products::stock.eq(units)).execute(connection)?;
    Ok(())
}

/// Reads, then writes what depends on it: right only when nobody else writes in between.
fn increment(connection: &mut backend::db::DbConnection) -> Result<(), DbError> {
    let units = get(connection)?;
    set(connection, units + 1)
}
