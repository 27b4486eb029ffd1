//! How a pool of connections is used, counted for whoever looks after the server.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::telemetry::histogram::{Bounds, Counted, Histogram};

/// From a permit that was free to the longest wait that there is.
const TIMES: &Bounds = &[
    Duration::from_micros(100),
    Duration::from_millis(1),
    Duration::from_millis(5),
    Duration::from_millis(25),
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// Counts as a pool is used.
#[derive(Debug)]
pub struct Usage {
    waiting: AtomicU64,
    waits: Histogram,
    work: Histogram,
    refused: AtomicU64,
}

impl Default for Usage {
    fn default() -> Self {
        let [waits, work] = [(); 2].map(|()| Histogram::new(TIMES));
        Self { waiting: AtomicU64::new(0), waits, work, refused: AtomicU64::new(0) }
    }
}

/// One who waits, until it is dropped.
struct Waiting<'u>(&'u AtomicU64);

impl<'u> Waiting<'u> {
    fn begin(count: &'u AtomicU64) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Usage {
    /// Waits for a turn, so long and no longer.
    pub async fn turn(&self, permits: &Arc<Semaphore>, patience: Duration) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = permits.clone().try_acquire_owned() {
            self.waits.add(Duration::ZERO);
            return Some(permit);
        }
        let (begun, _waiting) = (Instant::now(), Waiting::begin(&self.waiting));
        let turn = tokio::time::timeout(patience, permits.clone().acquire_owned()).await;
        self.waits.add(begun.elapsed());
        if let Ok(Ok(permit)) = turn {
            return Some(permit);
        }
        self.refused.fetch_add(1, Ordering::Relaxed);
        None
    }

    /// A connection was used for so long.
    pub fn worked(&self, time: Duration) {
        self.work.add(time);
    }
}

/// How a pool is used at a moment.
#[derive(Debug, Clone)]
pub struct PoolFigures {
    /// What the pool is for: `shared`, or `read` and `write` where one connection writes.
    pub pool: &'static str,
    /// Connections that are open.
    pub open: u64,
    /// Connections that are being used, or opened for somebody.
    pub in_use: u64,
    /// Connections that may be open.
    pub most: u64,
    /// Requests that wait for one.
    pub waiting: u64,
    /// Requests that waited in vain.
    pub refused: u64,
    /// How long requests waited.
    pub waits: Counted,
    /// How long connections were used at a time.
    pub work: Counted,
}

impl Usage {
    /// The figures of a pool with so many open connections and permits.
    pub fn figures(&self, pool: &'static str, open: u32, most: u32, permits: &Semaphore) -> PoolFigures {
        let free = u64::try_from(permits.available_permits()).unwrap_or(u64::MAX);
        PoolFigures {
            pool,
            open: open.into(),
            in_use: u64::from(most).saturating_sub(free),
            most: most.into(),
            waiting: self.waiting.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            waits: self.waits.counted(),
            work: self.work.counted(),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn who_waits_is_counted_until_it_is_its_turn_or_too_late() {
        let (usage, permits) = (Usage::default(), Arc::new(Semaphore::new(1)));
        let long = Duration::from_secs(60);
        let first = usage.turn(&permits, long).await;
        let mut second = Box::pin(usage.turn(&permits, long));
        assert!((&mut second).now_or_never().is_none());
        let figures = usage.figures("read", 1, 1, &permits);
        assert_eq!((figures.in_use, figures.most, figures.waiting, figures.refused), (1, 1, 1, 0));
        drop(first);
        drop(second.await);
        assert!(permits.clone().try_acquire_owned().is_ok());
        let held = usage.turn(&permits, long).await;
        assert!(usage.turn(&permits, Duration::from_millis(2)).await.is_none());
        drop(held);
        // Whoever hangs up waits no longer.
        let held = usage.turn(&permits, long).await;
        assert!(usage.turn(&permits, long).now_or_never().is_none());
        drop(held);
        let figures = usage.figures("read", 1, 1, &permits);
        assert_eq!((figures.in_use, figures.waiting, figures.refused), (0, 0, 1));
        assert_eq!(figures.waits.count(), 5);
        assert!(figures.waits.sum() >= Duration::from_millis(2));
    }
}
