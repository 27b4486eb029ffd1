//! Reading columns that hold one of a fixed set of words.

use super::QueryResult;

/// Reads a word. CHECK constraints keep other words out, so finding one means the database was changed by hand.
pub fn word<T>(column: &str, text: &str, parse: fn(&str) -> Option<T>) -> QueryResult<T> {
    parse(text).ok_or_else(|| {
        let problem = format!("{column} holds {text:?}, which means nothing");
        diesel::result::Error::DeserializationError(problem.into())
    })
}
