//! Answers of the operations routes. They carry no envelope, as probes and load balancers expect.

use serde::{Deserialize, Serialize};

use crate::{text_enum::text_enum, timestamp::Timestamp};

/// `GET /health`: the process answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// Always `ok`.
    pub status: String,
    /// The server's clock.
    pub timestamp: Timestamp,
}

/// `GET /ready`: whether requests can be served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Readiness {
    /// The sum of the checks.
    pub status: ReadyStatus,
    /// Each dependency.
    pub checks: Checks,
    /// The server's clock.
    pub timestamp: Timestamp,
}

/// One line for each dependency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Checks {
    /// The database, without which nothing is served.
    pub database: CheckStatus,
    /// Redis, without which answers are only slower; absent when not configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub redis: Option<CheckStatus>,
}

text_enum! {
    /// Whether requests can be served.
    ReadyStatus {
        /// Everything answers.
        Ready = "ready",
        /// Requests are served, with an optional dependency missing.
        Degraded = "degraded",
        /// Requests can't be served; answered with 503.
        Unavailable = "unavailable",
    }
}

text_enum! {
    /// Whether a dependency answers.
    CheckStatus {
        /// It answers.
        Up = "up",
        /// It does not.
        Down = "down",
    }
}
