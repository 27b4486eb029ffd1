//! Moments between the clock, both databases (TIMESTAMP in UTC) and the wire.

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};
use shared_types::Timestamp;

/// Now, to the millisecond the wire shows, so that what was answered equals what is read later.
pub fn now() -> NaiveDateTime {
    Utc::now().naive_utc().trunc_subsecs(3)
}

/// The wire format of a stored moment.
pub fn to_wire(moment: NaiveDateTime) -> Timestamp {
    Timestamp::from_wire(moment.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// Reads the wire format; used for fixed moments, such as the demo shop's.
pub fn from_wire(text: &str) -> Option<NaiveDateTime> {
    DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.naive_utc())
}
