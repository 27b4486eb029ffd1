//! The audit log, as administrators read it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    timestamp::Timestamp,
    validation::{Fields, FromFields, text, whole_number_text},
};

/// Entries a page when the request does not say.
pub const PAGE_LIMIT: i64 = 20;
/// Most entries a page.
pub const PAGE_LIMIT_MAX: i64 = 100;
/// The last page that can be asked for; keeps `page * limit` far from overflow.
pub const PAGE_MAX: i64 = 1_000_000_000;

/// Who made a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditActor {
    /// The account.
    pub id: String,
    /// Its e-mail address today; `null` when the account is gone.
    pub email: Option<String>,
}

/// One change through the admin API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Opaque id.
    pub id: String,
    /// Who.
    pub actor: AuditActor,
    /// What was done, such as `product.update`.
    pub action: String,
    /// To what kind of thing, such as `product`.
    pub entity: String,
    /// To which one.
    pub entity_id: String,
    /// What it was; `null` when it was added.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub before: Option<Value>,
    /// What it is since then; `null` when it was removed.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub after: Option<Value>,
    /// The request that did it, as in its answer and in the log.
    pub request_id: String,
    /// When.
    pub created_at: Timestamp,
}

/// Which entries to list. Filters add up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query, rename_all = "camelCase"))]
pub struct AuditQuery {
    /// Page number, from 1.
    #[cfg_attr(
        feature = "openapi",
        param(required = false, minimum = 1, maximum = 1_000_000_000, default = 1)
    )]
    pub page: i64,
    /// Entries a page.
    #[cfg_attr(feature = "openapi", param(required = false, minimum = 1, maximum = 100, default = 20))]
    pub limit: i64,
    /// Only about this kind of thing, such as `product`.
    #[cfg_attr(feature = "openapi", param(nullable = false, min_length = 1, max_length = 200))]
    pub entity: Option<String>,
    /// Only about this one.
    #[cfg_attr(feature = "openapi", param(nullable = false, min_length = 1, max_length = 200))]
    pub entity_id: Option<String>,
    /// Only by this account.
    #[cfg_attr(feature = "openapi", param(nullable = false, min_length = 1, max_length = 200))]
    pub actor_id: Option<String>,
    /// Only this action, such as `product.update`.
    #[cfg_attr(feature = "openapi", param(nullable = false, min_length = 1, max_length = 200))]
    pub action: Option<String>,
}

impl FromFields for AuditQuery {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let page = fields.optional("page", whole_number_text(1..=PAGE_MAX));
        let limit = fields.optional("limit", whole_number_text(1..=PAGE_LIMIT_MAX));
        let entity = fields.optional("entity", text(200, "Must not be empty"));
        let entity_id = fields.optional("entityId", text(200, "Must not be empty"));
        let actor_id = fields.optional("actorId", text(200, "Must not be empty"));
        let action = fields.optional("action", text(200, "Must not be empty"));
        Some(Self {
            page: page?.unwrap_or(1),
            limit: limit?.unwrap_or(PAGE_LIMIT),
            entity: entity?,
            entity_id: entity_id?,
            actor_id: actor_id?,
            action: action?,
        })
    }
}
