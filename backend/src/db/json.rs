//! JSON in a TEXT column, the same on both engines.

use std::fmt::Debug;

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    sql_types::Text,
};
use serde::{Serialize, de::DeserializeOwned};

/// A value read from a TEXT column that holds JSON.
#[derive(Debug, Clone, PartialEq, Eq, FromSqlRow)]
pub struct Json<T: Debug>(pub T);

impl<T: DeserializeOwned + Debug, DB: Backend> FromSql<Text, DB> for Json<T>
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let text = String::from_sql(bytes)?;
        Ok(Self(serde_json::from_str(&text)?))
    }
}

/// The text to store for a value.
pub fn to_text<T: Serialize>(value: &T) -> diesel::QueryResult<String> {
    serde_json::to_string(value).map_err(|error| diesel::result::Error::SerializationError(error.into()))
}
