//! How long something takes, counted in buckets. Adding a time is two additions to atomic numbers: no lock, no memory.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Upper bounds of the buckets.
pub type Bounds = [Duration];

/// Counts of times, by the smallest bound that they don't exceed.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static Bounds,
    /// One more than there are bounds: the last one is for whatever is longer.
    counts: Box<[AtomicU64]>,
    sum_nanoseconds: AtomicU64,
}

/// What was counted up to a moment; that of several can be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    bounds: &'static Bounds,
    counts: Vec<u64>,
    sum: Duration,
}

impl Histogram {
    /// Nothing was counted yet.
    pub fn new(bounds: &'static Bounds) -> Self {
        let counts = std::iter::repeat_with(AtomicU64::default).take(bounds.len() + 1).collect();
        Self { bounds, counts, sum_nanoseconds: AtomicU64::new(0) }
    }

    /// Counts a time.
    pub fn add(&self, time: Duration) {
        let bucket = self.bounds.iter().position(|bound| time <= *bound).unwrap_or(self.bounds.len());
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.sum_nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// What was counted so far.
    pub fn counted(&self) -> Counted {
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        let sum = Duration::from_nanos(self.sum_nanoseconds.load(Ordering::Relaxed));
        Counted { bounds: self.bounds, counts, sum }
    }
}

impl Counted {
    /// Adds what another histogram with the same bounds has counted.
    pub fn add(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
        self.sum += other.sum;
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// All of them together.
    pub fn sum(&self) -> Duration {
        self.sum
    }

    /// Each bucket's upper bound in seconds, and how many fell into it alone.
    pub fn buckets(&self) -> Vec<(f64, u64)> {
        let bounds = self.bounds.iter().map(Duration::as_secs_f64).chain([f64::INFINITY]);
        bounds.zip(self.counts.iter().copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(10)];

    #[test]
    fn a_time_falls_into_the_first_bucket_that_it_fits() {
        let histogram = Histogram::new(&BOUNDS);
        for micros in [1, 1_000, 1_001, 10_000, 10_001, 60_000_000] {
            histogram.add(Duration::from_micros(micros));
        }
        let counted = histogram.counted();
        assert_eq!(counted.buckets(), [(0.001, 2), (0.01, 2), (f64::INFINITY, 2)]);
        assert_eq!((counted.count(), counted.sum()), (6, Duration::from_micros(60_022_003)));
    }

    #[test]
    fn what_several_have_counted_is_added() {
        let [one, other] = [1, 5].map(|millis| {
            let histogram = Histogram::new(&BOUNDS);
            histogram.add(Duration::from_millis(millis));
            histogram.counted()
        });
        let mut both = one;
        both.add(&other);
        assert_eq!(both.buckets(), [(0.001, 1), (0.01, 1), (f64::INFINITY, 0)]);
        assert_eq!(both.sum(), Duration::from_millis(6));
    }
}
