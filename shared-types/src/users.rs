//! Accounts, as administrators see them.

use serde::{Deserialize, Serialize};

use crate::{
    auth::{Role, UserProfile},
    validation::{Fields, FromFields, flag, free_text, one_of, whole_number_text},
};

/// Accounts a page when the request does not say.
pub const PAGE_LIMIT: i64 = 20;
/// Most accounts a page.
pub const PAGE_LIMIT_MAX: i64 = 100;
/// Longest text to search for, in characters.
pub const SEARCH_MAX: usize = 100;

/// Which accounts to list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query, rename_all = "camelCase"))]
pub struct UserQuery {
    /// Page number, from 1.
    #[cfg_attr(
        feature = "openapi",
        param(required = false, minimum = 1, maximum = 1_000_000_000, default = 1)
    )]
    pub page: i64,
    /// Accounts a page.
    #[cfg_attr(feature = "openapi", param(required = false, minimum = 1, maximum = 100, default = 20))]
    pub limit: i64,
    /// Only those with this in their address or a name, without regard to the case of ASCII letters.
    #[cfg_attr(feature = "openapi", param(required = false, nullable = false, max_length = 100))]
    pub q: Option<String>,
}

impl FromFields for UserQuery {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let page = fields.optional("page", whole_number_text(1..=crate::catalog::PAGE_MAX));
        let limit = fields.optional("limit", whole_number_text(1..=PAGE_LIMIT_MAX));
        let q = fields.optional("q", free_text(SEARCH_MAX));
        Some(Self {
            page: page?.unwrap_or(1),
            limit: limit?.unwrap_or(PAGE_LIMIT),
            q: q?.filter(|text| !text.is_empty()),
        })
    }
}

/// A change of somebody's account by an administrator: only what is given changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpdateUser {
    /// Whether the account may sign in. Any change of it ends all of its sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub is_active: Option<bool>,
    /// What the user may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub role: Option<Role>,
}

impl FromFields for UpdateUser {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let is_active = fields.optional("isActive", flag);
        let role = fields.optional("role", one_of(Role::ALL, Role::as_str));
        Some(Self { is_active: is_active?, role: role? })
    }
}

/// An account, as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserAccount {
    /// What its owner sees.
    #[serde(flatten)]
    pub profile: UserProfile,
    /// Whether it may sign in.
    pub is_active: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::validation::validate;

    #[test]
    fn only_what_is_given_changes() {
        let read = |body| validate::<UpdateUser>(Some(&body)).unwrap();
        assert_eq!(read(json!({})), UpdateUser::default());
        let both = UpdateUser { is_active: Some(false), role: Some(Role::Admin) };
        assert_eq!(read(json!({"isActive": false, "role": "ADMIN", "email": "x"})), both);
    }

    #[test]
    fn words_that_mean_nothing_are_refused() {
        for body in [
            json!({"isActive": null}),
            json!({"isActive": "false"}),
            json!({"isActive": 0}),
            json!({"role": null}),
            json!({"role": "ROOT"}),
        ] {
            assert!(validate::<UpdateUser>(Some(&body)).is_err(), "{body}");
        }
    }
}
