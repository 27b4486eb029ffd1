//! What can go wrong with the database, sorted by what the caller can do about it.

use std::cell::Cell;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::error::AppError;

/// A failed database operation.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// No connection: the server is away, or all connections are in use. Worth retrying later.
    #[error("the database is out of reach: {0}")]
    Unavailable(String),
    /// This transaction had to give way to another one, and nothing of it is left. Worth trying again at once.
    #[error("the transaction gave way to another one: {0}")]
    GaveWay(String),
    /// The file is damaged or no database at all. It needs somebody who looks after it.
    #[error("the database is damaged; stop the server and restore a backup: {0}")]
    Damaged(String),
    /// A unique index refused the row.
    #[error("a unique value is taken: {0}")]
    Taken(String),
    /// A row refers to one that is not there, or not any more.
    #[error("a row that is referred to is gone: {0}")]
    Dangling(String),
    /// A bug.
    #[error("database error: {0}")]
    Other(DieselError),
    /// The work on the database ended without an answer: it panicked.
    #[error("database work was cut short: {0}")]
    CutShort(String),
}

impl DbError {
    /// What went wrong while a connection was opened, by a pool that has only words for it.
    pub(super) fn no_connection(words: String) -> Self {
        if means_damaged(&words) { Self::Damaged(words) } else { Self::Unavailable(words) }
    }

    /// The same error for somebody else whom it concerns.
    pub(super) fn told_again(&self) -> Self {
        match self {
            Self::Unavailable(reason) => Self::Unavailable(reason.clone()),
            Self::GaveWay(reason) => Self::GaveWay(reason.clone()),
            Self::Damaged(reason) => Self::Damaged(reason.clone()),
            other => Self::CutShort(other.to_string()),
        }
    }

    /// Whether the same request may succeed later.
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::GaveWay(_) | Self::Damaged(_))
    }
}

thread_local! {
    /// Whether the work on this thread has found that its connection leads to the wrong server. Work begins and ends on one
    /// thread.
    static IS_MISPLACED: Cell<bool> = const { Cell::new(false) };
}

/// Whether the work on this thread has found a server that can only be read, as a former primary is after a fail-over: its
/// connection must not be used again. Forgets it.
pub(super) fn take_misplaced() -> bool {
    IS_MISPLACED.take()
}

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, info) => {
                IS_MISPLACED.set(true);
                Self::Unavailable(info.message().to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, info) => {
                Self::GaveWay(info.message().to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, info)
                if info.message().contains(DEADLOCK) =>
            {
                Self::GaveWay(info.message().to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, info) if means_damaged(info.message()) => {
                Self::Damaged(info.message().to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Self::Taken(info.message().to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, info) => {
                Self::Dangling(info.message().to_owned())
            }
            // Between two statements the server hung up, and the second one could not even be sent.
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                info,
            ) => Self::Unavailable(info.message().to_owned()),
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

/// PostgreSQL's words for it; diesel has no kind of its own.
const DEADLOCK: &str = "deadlock detected";

/// SQLite's words for a file that it can't make sense of.
fn means_damaged(message: &str) -> bool {
    ["file is not a database", "disk image is malformed"].iter().any(|words| message.contains(words))
}

/// libpq and SQLite report some outages without a kind of their own; these are their words for them.
fn means_unavailable(message: &str) -> bool {
    const OUTAGES: [&str; 12] = [
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
        "unable to open database file",
        "attempt to write a readonly database",
    ];
    OUTAGES.iter().any(|outage| message.contains(outage))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_kind(kind: DatabaseErrorKind, message: &str) -> DbError {
        let info: Box<dyn diesel::result::DatabaseErrorInformation + Send + Sync> =
            Box::new(message.to_owned());
        DieselError::DatabaseError(kind, info).into()
    }

    fn unknown(message: &str) -> DbError {
        of_kind(DatabaseErrorKind::Unknown, message)
    }

    #[test]
    fn a_statement_that_could_not_be_sent_may_be_asked_for_again() {
        for kind in [DatabaseErrorKind::UnableToSendCommand, DatabaseErrorKind::ClosedConnection] {
            assert!(of_kind(kind, "no connection to the server\n").is_temporary());
        }
    }

    #[test]
    fn errors_without_a_kind_are_told_apart_by_their_words() {
        assert!(matches!(unknown("deadlock detected"), DbError::GaveWay(_)));
        for damage in ["database disk image is malformed", "file is not a database"] {
            assert!(matches!(unknown(damage), DbError::Damaged(_)));
            assert!(matches!(DbError::no_connection(damage.to_owned()), DbError::Damaged(_)));
        }
        assert!(matches!(DbError::no_connection("connection refused".to_owned()), DbError::Unavailable(_)));
        assert!(matches!(unknown("database or disk is full"), DbError::Unavailable(_)));
        assert!(matches!(unknown("column x does not exist"), DbError::Other(_)));
    }

    #[test]
    fn a_server_that_can_only_be_read_is_noticed_once() {
        let info: Box<dyn diesel::result::DatabaseErrorInformation + Send + Sync> = Box::new(String::new());
        let error = DbError::from(DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, info));
        assert!(error.is_temporary());
        assert_eq!([take_misplaced(), take_misplaced()], [true, false]);
    }
}
