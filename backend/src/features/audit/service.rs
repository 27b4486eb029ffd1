//! Reading the audit log, and who an entry is by.

use shared_types::{
    Page,
    audit::{AuditEntry, AuditQuery},
};

use super::repo::{self, Entry};
use crate::{
    error::AppError,
    http::{identity::AdminUser, request_id},
    state::State,
};

/// Who makes a change, and in which request. Made before the work moves to a thread that may block: the request is not
/// known there.
#[derive(Debug, Clone)]
pub struct By {
    /// The administrator.
    pub actor_id: String,
    /// The request.
    pub request_id: String,
}

impl By {
    /// This administrator, in the request that is being served.
    pub fn current(admin: AdminUser) -> Self {
        Self { actor_id: admin.0.id, request_id: request_id::current() }
    }

    /// The entry of a change, for [`super::repo::record`].
    pub fn entry<'e, T>(
        &'e self,
        action: &'static str,
        (entity, entity_id): (&'static str, &'e str),
        before: Option<&'e T>,
        after: Option<&'e T>,
    ) -> Entry<'e, T> {
        let Self { actor_id, request_id } = self;
        Entry { actor_id, action, entity, entity_id, before, after, request_id }
    }
}

/// One page of the log.
pub async fn list(state: &State, query: AuditQuery) -> Result<Page<AuditEntry>, AppError> {
    state
        .db
        .read(move |connection| {
            let total = repo::count(connection, &query)?;
            let entries = repo::list(connection, &query)?;
            Ok(Page::new(entries, query.page, query.limit, total))
        })
        .await
}
