//! SQL of the audit log.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{dsl::count_star, prelude::*};
use serde::Serialize;
use serde_json::Value;
use shared_types::audit::{AuditActor, AuditEntry, AuditQuery};

use crate::db::{
    DbConnection, QueryResult,
    json::{Json, to_text},
    new_id,
    schema::{audit_log, users},
    time::{now, to_wire},
};

type Backend = <DbConnection as Connection>::Backend;
type Condition = Box<dyn BoxableExpression<audit_log::table, Backend, SqlType = diesel::sql_types::Bool>>;

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

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_log)]
struct Row {
    id: String,
    actor_id: String,
    action: String,
    entity: String,
    entity_id: String,
    before: Option<Json<Value>>,
    after: Option<Json<Value>>,
    request_id: String,
    created_at: NaiveDateTime,
}

/// Every condition that applies; the count and the page use the same ones.
fn conditions(query: &AuditQuery) -> Vec<Condition> {
    let mut conditions: Vec<Condition> = Vec::new();
    if let Some(entity) = &query.entity {
        conditions.push(Box::new(audit_log::entity.eq(entity.clone())));
    }
    if let Some(entity_id) = &query.entity_id {
        conditions.push(Box::new(audit_log::entity_id.eq(entity_id.clone())));
    }
    if let Some(actor_id) = &query.actor_id {
        conditions.push(Box::new(audit_log::actor_id.eq(actor_id.clone())));
    }
    if let Some(action) = &query.action {
        conditions.push(Box::new(audit_log::action.eq(action.clone())));
    }
    conditions
}

/// How many entries a list has in all.
pub fn count(connection: &mut DbConnection, query: &AuditQuery) -> QueryResult<i64> {
    let mut statement = audit_log::table.select(count_star()).into_boxed::<Backend>();
    for condition in conditions(query) {
        statement = statement.filter(condition);
    }
    statement.get_result(connection)
}

/// One page of entries, newest first: ids grow with time.
pub fn list(connection: &mut DbConnection, query: &AuditQuery) -> QueryResult<Vec<AuditEntry>> {
    let mut statement = audit_log::table.select(Row::as_select()).into_boxed::<Backend>();
    for condition in conditions(query) {
        statement = statement.filter(condition);
    }
    let rows: Vec<Row> = statement
        .order(audit_log::id.desc())
        .limit(query.limit)
        .offset((query.page - 1) * query.limit)
        .load(connection)?;
    let mut actors: Vec<&str> = rows.iter().map(|row| row.actor_id.as_str()).collect();
    actors.sort_unstable();
    actors.dedup();
    let emails: HashMap<String, String> = users::table
        .filter(users::id.eq_any(actors))
        .select((users::id, users::email))
        .load::<(String, String)>(connection)?
        .into_iter()
        .collect();
    let entry = |row: Row| AuditEntry {
        id: row.id,
        actor: AuditActor { email: emails.get(&row.actor_id).cloned(), id: row.actor_id },
        action: row.action,
        entity: row.entity,
        entity_id: row.entity_id,
        before: row.before.map(|json| json.0),
        after: row.after.map(|json| json.0),
        request_id: row.request_id,
        created_at: to_wire(row.created_at),
    };
    Ok(rows.into_iter().map(entry).collect())
}
