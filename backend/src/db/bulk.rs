//! What writing several rows needs beyond writing one, and what many need beyond several.

use diesel::connection::SimpleConnection;

use super::{DbConnection, QueryResult};

/// Pages of the embedded database that are kept while many rows are written, in KiB: rows go to many places of many
/// indexes, and each page that does not fit is written more than once.
const CACHE_KIB: u32 = 64 * 1024;

/// Inserts rows, on the connection of one engine, by statements for 8, 4, 2 and 1 of them, which are prepared once for each
/// connection. A statement for as many rows as there happen to be would be planned anew each time, and on PostgreSQL that
/// is one more round trip. Rows own what is in them, by which their statement is recognised.
macro_rules! insert_rows {
    ($table:expr, $rows:expr, $connection:expr) => {{
        let mut rest = $rows;
        let mut outcome = Ok(());
        insert_rows!(@of 8, $table, rest, outcome, $connection);
        insert_rows!(@of 4, $table, rest, outcome, $connection);
        insert_rows!(@of 2, $table, rest, outcome, $connection);
        insert_rows!(@of 1, $table, rest, outcome, $connection);
        outcome
    }};
    (@of $number:literal, $table:expr, $rest:ident, $outcome:ident, $connection:expr) => {
        while let (Ok(()), Some((rows, after))) = (&$outcome, $rest.split_first_chunk::<$number>()) {
            $outcome = diesel::insert_into($table).values(rows).execute($connection).map(|_| ());
            $rest = after;
        }
    };
}
pub(crate) use insert_rows;

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
