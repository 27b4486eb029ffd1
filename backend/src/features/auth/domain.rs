//! Accounts and sessions, without HTTP or SQL.

use chrono::{NaiveDateTime, TimeDelta};
use shared_types::auth::{ProfileUpdated, Role, UserProfile, UserPublic, UserSummary};

use crate::db::time::to_wire;

/// Days a session lives without being used.
pub const SESSION_DAYS: i64 = 30;

/// An account.
#[derive(Debug, Clone)]
pub struct User {
    /// Opaque id.
    pub id: String,
    /// Trimmed and lower-case.
    pub email: String,
    /// bcrypt's.
    pub password_hash: String,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// What the account may do.
    pub role: Role,
    /// Whether it may sign in.
    pub is_active: bool,
    /// Registered at.
    pub created_at: NaiveDateTime,
    /// Last changed at.
    pub updated_at: NaiveDateTime,
}

impl User {
    /// As registration answers it.
    pub fn public(&self) -> UserPublic {
        UserPublic {
            id: self.id.clone(),
            email: self.email.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            role: self.role,
            created_at: to_wire(self.created_at),
        }
    }

    /// As its owner sees it.
    pub fn profile(&self) -> UserProfile {
        UserProfile { user: self.public(), updated_at: to_wire(self.updated_at) }
    }

    /// As a change of the account answers it.
    pub fn updated(&self) -> ProfileUpdated {
        ProfileUpdated { user: self.summary(), updated_at: to_wire(self.updated_at) }
    }

    /// As sign-in answers it.
    pub fn summary(&self) -> UserSummary {
        UserSummary {
            id: self.id.clone(),
            email: self.email.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            role: self.role,
        }
    }
}

/// When a session that is used now will have expired.
pub fn session_expiry(now: NaiveDateTime) -> NaiveDateTime {
    now.checked_add_signed(TimeDelta::days(SESSION_DAYS)).unwrap_or(now)
}
