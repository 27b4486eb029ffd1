//! Figures: what many observations come to, and how a measuring program hands them to the command that started it.

use std::time::Duration;

/// Prints one figure as `cargo xtask bench` reads it: `figure <name> <value>`.
pub fn tell(name: &str, value: f64) {
    println!("figure {name} {value}");
}

/// The middle of some observations; 0 when there are none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (upper, lower) = (sorted.len() / 2, sorted.len().saturating_sub(1) / 2);
    match (sorted.get(lower), sorted.get(upper)) {
        (Some(lower), Some(upper)) => f64::midpoint(*lower, *upper),
        _ => 0.0,
    }
}

/// How long things took.
#[derive(Debug, Clone, Default)]
pub struct Times {
    nanoseconds: Vec<u64>,
}

impl Times {
    /// Adds one.
    pub fn add(&mut self, time: Duration) {
        self.nanoseconds.push(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Adds those of somebody else.
    pub fn merge(&mut self, other: Self) {
        self.nanoseconds.extend(other.nanoseconds);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.nanoseconds.len()
    }

    /// The time that so many of a thousand did not exceed, in microseconds; 0 when there are none.
    pub fn permille(&mut self, permille: usize) -> f64 {
        self.nanoseconds.sort_unstable();
        let rank = (self.nanoseconds.len() * permille).div_ceil(1_000).saturating_sub(1);
        self.nanoseconds.get(rank).map_or(0.0, |time| Duration::from_nanos(*time).as_secs_f64() * 1e6)
    }
}

/// A count as a number to calculate with. Counts beyond 2^32 are none that a test reaches.
pub fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_even_number_lies_between_two() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(&[]), 0.0);
    }

    #[test]
    fn a_percentile_is_an_observation() {
        let mut times = Times::default();
        (1..=100).rev().for_each(|microseconds| times.add(Duration::from_micros(microseconds)));
        assert_eq!([times.permille(500), times.permille(990), times.permille(1_000)], [50.0, 99.0, 100.0]);
        assert_eq!(Times::default().permille(990), 0.0);
    }
}
