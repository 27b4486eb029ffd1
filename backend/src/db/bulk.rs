//! What writing many rows needs beyond writing a few.

use diesel::connection::SimpleConnection;

use super::{DbConnection, QueryResult};

/// Pages of the embedded database that are kept while many rows are written, in KiB: rows go to many places of many
/// indexes, and each page that does not fit is written more than once.
const CACHE_KIB: u32 = 64 * 1024;

/// Makes this connection ready for a transaction of many rows. What it changes ends with the connection on SQLite and with
/// the transaction on PostgreSQL.
pub fn prepare(connection: &mut DbConnection) -> QueryResult<()> {
    match connection {
        DbConnection::Postgres(connection) => connection.batch_execute("SET LOCAL statement_timeout = 0"),
        DbConnection::Sqlite(connection) => {
            connection.batch_execute(&format!("PRAGMA cache_size = -{CACHE_KIB}"))
        }
    }
}

/// Counts anew how values are distributed, for whoever plans queries. Outside of a transaction on PostgreSQL, where it also
/// marks the pages whose rows everybody sees, so that an index alone can answer.
pub fn analyze(connection: &mut DbConnection) -> QueryResult<()> {
    match connection {
        DbConnection::Postgres(connection) => {
            for statement in [
                "SET statement_timeout = 0",
                "VACUUM (ANALYZE) categories, products, stock_movements",
                "RESET statement_timeout",
            ] {
                connection.batch_execute(statement)?;
            }
            Ok(())
        }
        DbConnection::Sqlite(connection) => connection.batch_execute("ANALYZE"),
    }
}
