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
    /// The search index, which is built when the process starts; until then the database is searched, more literally.
    pub search: CheckStatus,
    /// Redis, without which answers are only slower; absent when not configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub redis: Option<CheckStatus>,
}

/// `GET /metrics/cache`: how well answers are kept, since this process started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CacheMetrics {
    /// Requests that were answered with what was made for another one.
    pub hits: u64,
    /// Answers that had to be made.
    pub misses: u64,
    /// Hits of all, in per cent with two places, rounded down.
    #[cfg_attr(feature = "openapi", schema(example = "99.95%"))]
    pub hit_rate: String,
    /// Hits and misses.
    pub total: u64,
    /// The server's clock.
    pub timestamp: Timestamp,
}

impl CacheMetrics {
    /// What two counts come to.
    pub fn of(hits: u64, misses: u64, timestamp: Timestamp) -> Self {
        let total = hits.saturating_add(misses);
        let parts = u128::from(hits) * 10_000 / u128::from(total.max(1));
        Self { hits, misses, hit_rate: format!("{}.{:02}%", parts / 100, parts % 100), total, timestamp }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_two_places_and_is_whole_only_without_a_miss() {
        let rate = |hits, misses| {
            let now = Timestamp::from_wire(String::new());
            CacheMetrics::of(hits, misses, now).hit_rate
        };
        assert_eq!([rate(0, 0), rate(0, 5), rate(1, 2)], ["0.00%", "0.00%", "33.33%"]);
        assert_eq!([rate(1_999, 1), rate(99_999, 1), rate(7, 0)], ["99.95%", "99.99%", "100.00%"]);
    }
}
