//! Moments between the clock, both databases (TIMESTAMP in UTC) and the wire.

use chrono::{DateTime, NaiveDateTime, SubsecRound, TimeDelta, Utc};
use shared_types::Timestamp;

/// Now, to the millisecond the wire shows, so that what was answered equals what is read later.
pub fn now() -> NaiveDateTime {
    Utc::now().naive_utc().trunc_subsecs(3)
}

/// A moment for a change of something that was last changed at `previous`: now, but later than that, whatever the clocks of
/// the servers say. So two changes never share a moment, and the moment tells them apart.
pub fn now_after(previous: &Timestamp) -> NaiveDateTime {
    let next =
        from_wire(previous.as_str()).and_then(|moment| moment.checked_add_signed(TimeDelta::milliseconds(1)));
    next.map_or_else(now, |next| next.max(now()))
}

/// The wire format of a stored moment.
pub fn to_wire(moment: NaiveDateTime) -> Timestamp {
    Timestamp::from_wire(moment.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// Reads the wire format; used for fixed moments, such as the demo shop's.
pub fn from_wire(text: &str) -> Option<NaiveDateTime> {
    DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.naive_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_later_than_the_one_before_it() {
        let ahead = to_wire(now() + TimeDelta::hours(1));
        assert!(to_wire(now_after(&ahead)) > ahead);
        let long_ago = Timestamp::from_wire("2024-01-15T09:00:00.000Z".to_owned());
        assert!(now_after(&long_ago) >= now() - TimeDelta::seconds(5));
    }
}
