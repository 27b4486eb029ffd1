//! What can go wrong with the database, sorted by what the caller can do about it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::error::AppError;

/// A failed database operation.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// No connection: the server is away, or all connections are in use. Worth retrying later.
    #[error("the database is out of reach: {0}")]
    Unavailable(String),
    /// A unique index refused the row.
    #[error("a unique value is taken: {0}")]
    Taken(String),
    /// A row refers to one that is not there, or not any more.
    #[error("a row that is referred to is gone: {0}")]
    Dangling(String),
    /// A bug or a damaged database.
    #[error("database error: {0}")]
    Other(DieselError),
    /// The work on the database ended without an answer: it panicked.
    #[error("database work was cut short: {0}")]
    CutShort(String),
}

impl DbError {
    /// The same error for somebody else whom it concerns.
    pub(super) fn told_again(&self) -> Self {
        match self {
            Self::Unavailable(reason) => Self::Unavailable(reason.clone()),
            other => Self::CutShort(other.to_string()),
        }
    }
}

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Self::Taken(info.message().to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, info) => {
                Self::Dangling(info.message().to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, info) => {
                Self::Unavailable(info.message().to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, info)
                if means_unavailable(info.message()) =>
            {
                Self::Unavailable(info.message().to_owned())
            }
            DieselError::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            _ => Self::Other(error),
        }
    }
}

impl From<DieselError> for AppError {
    fn from(error: DieselError) -> Self {
        Self::Database(error.into())
    }
}

/// For a write that a unique index may refuse: 409 with this message then.
pub fn conflict_if_taken(message: &'static str) -> impl FnOnce(DieselError) -> AppError {
    move |error| match DbError::from(error) {
        DbError::Taken(_) => AppError::conflict(message),
        other => other.into(),
    }
}

/// libpq and SQLite report some outages without a kind of their own; these are their words for them.
fn means_unavailable(message: &str) -> bool {
    const OUTAGES: [&str; 10] = [
        "server closed the connection",
        "no connection to the server",
        "terminating connection",
        "could not receive data from server",
        "the database system is",
        "canceling statement due to",
        "SSL connection has been closed",
        "database is locked",
        "disk I/O error",
        "database or disk is full",
    ];
    OUTAGES.iter().any(|outage| message.contains(outage))
}
