//! SQL of the audit log.

use diesel::prelude::*;
use serde::Serialize;

use crate::db::{DbConnection, QueryResult, json::to_text, new_id, schema::audit_log, time::now};

/// One change, about to be written down.
#[derive(Debug, Clone)]
pub struct Entry<'e, T> {
    /// The administrator.
    pub actor_id: &'e str,
    /// What was done, such as `product.update`.
    pub action: &'static str,
    /// To what kind of thing, such as `product`.
    pub entity: &'static str,
    /// To which one.
    pub entity_id: &'e str,
    /// What it was; `None` when it was added.
    pub before: Option<&'e T>,
    /// What it is now; `None` when it is gone.
    pub after: Option<&'e T>,
    /// The request that did it.
    pub request_id: &'e str,
}

/// Writes a change down. Part of the transaction that makes it.
pub fn record<T: Serialize>(connection: &mut DbConnection, entry: &Entry<'_, T>) -> QueryResult<()> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(new_id()),
            audit_log::actor_id.eq(entry.actor_id),
            audit_log::action.eq(entry.action),
            audit_log::entity.eq(entry.entity),
            audit_log::entity_id.eq(entry.entity_id),
            audit_log::before.eq(entry.before.map(to_text).transpose()?),
            audit_log::after.eq(entry.after.map(to_text).transpose()?),
            audit_log::request_id.eq(entry.request_id),
            audit_log::created_at.eq(now()),
        ))
        .execute(connection)
        .map(|_| ())
}
