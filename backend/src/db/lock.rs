//! Waiting in line for what is about to be changed. The lock ends with the transaction.
//!
//! On SQLite a transaction that writes is alone already, so there is nothing to do. On PostgreSQL statements see what was
//! committed before each of them, so what is read after taking a lock stays true until the transaction ends. A
//! transaction that takes several takes the tree of categories first, then a product, then its category.

use diesel::{PgConnection, RunQueryDsl, prelude::*, sql_query, sql_types::BigInt};

use super::{
    DbConnection, QueryResult,
    schema::{categories, products},
};

/// Names the tree of categories among advisory locks: "tree" in ASCII.
const CATEGORY_TREE: i64 = 0x7472_6565;

/// Lets only one transaction at a time change categories: each sees the tree the one before it left.
pub fn category_tree(connection: &mut DbConnection) -> QueryResult<()> {
    match connection {
        DbConnection::Postgres(connection) => sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<BigInt, _>(CATEGORY_TREE)
            .execute(connection)
            .map(|_| ()),
        DbConnection::Sqlite(_) => Ok(()),
    }
}

/// Keeps orders and administrators from changing a product; they wait. Nothing when there is none.
pub fn product(connection: &mut DbConnection, id: &str) -> QueryResult<()> {
    on_postgres(connection, |connection| {
        products::table.find(id).select(products::id).for_update().first::<String>(connection)
    })
}

/// Keeps products from being put into a category; they wait. Nothing when there is none.
pub fn category(connection: &mut DbConnection, id: &str) -> QueryResult<()> {
    on_postgres(connection, |connection| {
        categories::table.find(id).select(categories::id).for_update().first::<String>(connection)
    })
}

/// Keeps a category from being removed while a product is put into it. Nothing when there is none.
pub fn category_in_use(connection: &mut DbConnection, id: &str) -> QueryResult<()> {
    on_postgres(connection, |connection| {
        categories::table.find(id).select(categories::id).for_key_share().first::<String>(connection)
    })
}

/// Keeps products from being removed while something that refers to them is written. Whoever rewrites rows that are
/// removed together with a product takes this first: the one who removes it has the product first and those rows second.
pub fn products_in_use(connection: &mut DbConnection, ids: &[&str]) -> QueryResult<()> {
    match connection {
        DbConnection::Postgres(connection) => products::table
            .filter(products::id.eq_any(ids))
            .order(products::id)
            .select(products::id)
            .for_key_share()
            .load::<String>(connection)
            .map(|_| ()),
        DbConnection::Sqlite(_) => Ok(()),
    }
}

fn on_postgres(
    connection: &mut DbConnection,
    lock: impl FnOnce(&mut PgConnection) -> QueryResult<String>,
) -> QueryResult<()> {
    match connection {
        DbConnection::Postgres(connection) => lock(connection).optional().map(|_| ()),
        DbConnection::Sqlite(_) => Ok(()),
    }
}
