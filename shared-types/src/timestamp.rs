//! Moments on the wire.

use serde::{Deserialize, Serialize};

/// A moment as ISO-8601 in UTC with milliseconds, for example `2026-01-31T09:30:00.000Z`. Compares in time order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2026-01-31T09:30:00.000Z")))]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// Wraps text that already has the wire format.
    pub fn from_wire(text: String) -> Self {
        Self(text)
    }

    /// The wire format.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
