//! `/api/audit`

use actix_web::{get, web::Data};
use shared_types::{
    ErrorBody, Page,
    audit::{AuditEntry, AuditQuery},
};

use super::service;
use crate::{
    http::{
        answer::{Answer, page},
        identity::AdminUser,
        input::{Call, Query},
    },
    state::State,
};

/// What administrators changed, newest first
#[utoipa::path(tag = "audit", operation_id = "listAuditEntries", params(AuditQuery),
    responses((status = 200, description = "One page", body = Page<AuditEntry>),
              (status = 401, description = "Not signed in", body = ErrorBody),
              (status = 403, description = "Not an administrator", body = ErrorBody),
              (status = 422, description = "A parameter is wrong", body = ErrorBody)))]
#[get("")]
pub async fn list_audit_entries(state: Data<State>, call: Call<AdminUser, Query<AuditQuery>>) -> Answer {
    Ok(page(&service::list(&state, call.input.0).await?))
}
