//! How far this process has followed its own changes of the catalogue, so that whoever changes something finds it changed.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use tokio::sync::watch;

thread_local! {
    /// Whether the transaction that runs on this thread has recorded a change. Transactions begin and end on one thread.
    static IS_RECORDED: Cell<bool> = const { Cell::new(false) };
}

/// Notes that the running transaction changes the catalogue.
pub(super) fn note() {
    IS_RECORDED.set(true);
}

/// Forgets what an earlier transaction noted.
pub(super) fn forget() {
    IS_RECORDED.set(false);
}

/// Whether the running transaction has noted a change.
pub(super) fn is_noted() -> bool {
    IS_RECORDED.get()
}

/// How old what is known of other processes' changes may be. They are looked for more often than twice in this time.
const CURRENT_FOR: Duration = Duration::from_secs(1);
/// How long a request waits until this process's own changes are followed.
const OWN_CHANGES_WAIT: Duration = Duration::from_millis(300);

/// Counts the transactions of this process that changed the catalogue, and those of them that have been followed.
#[derive(Debug)]
pub struct Trail {
    written: watch::Sender<u64>,
    followed: watch::Sender<u64>,
    /// The same two counts, for those who look at them with every request.
    counts: [AtomicU64; 2],
    made: Instant,
    /// Until when this process knows enough of other processes' changes, in milliseconds since it was made.
    current_until: AtomicU64,
}

impl Default for Trail {
    fn default() -> Self {
        Self {
            written: watch::Sender::new(0),
            followed: watch::Sender::new(0),
            counts: Default::default(),
            made: Instant::now(),
            current_until: AtomicU64::new(0),
        }
    }
}

impl Trail {
    /// A transaction that noted a change is committed.
    pub(super) fn committed(&self) {
        let [written, _] = &self.counts;
        written.fetch_add(1, Ordering::AcqRel);
        self.written.send_modify(|count| *count += 1);
    }

    /// Changes with every transaction of this process that changed the catalogue; holds how many there were.
    pub fn written(&self) -> watch::Receiver<u64> {
        self.written.subscribe()
    }

    /// The first `count` transactions have been followed, and everything that others had committed at `looked`.
    pub fn follow(&self, count: u64, looked: Instant) {
        let until = self.milliseconds(looked + CURRENT_FOR);
        self.current_until.store(until, Ordering::Release);
        let [_, followed] = &self.counts;
        followed.store(count, Ordering::Release);
        self.followed.send_replace(count);
    }

    fn milliseconds(&self, moment: Instant) -> u64 {
        u64::try_from(moment.saturating_duration_since(self.made).as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether everything written before this call has been followed, and others' changes were looked for a moment ago.
    pub fn is_current(&self) -> bool {
        self.is_followed() && self.milliseconds(Instant::now()) < self.current_until.load(Ordering::Acquire)
    }

    fn is_followed(&self) -> bool {
        let [written, followed] = &self.counts;
        written.load(Ordering::Acquire) <= followed.load(Ordering::Acquire)
    }

    /// Waits until everything written before this call has been followed, or for a bounded time; then answers whether
    /// others' changes were looked for a moment ago, too.
    pub async fn caught_up(&self) -> bool {
        let [written, _] = &self.counts;
        let written = written.load(Ordering::Acquire);
        let mut followed = self.followed.subscribe();
        let reached = followed.wait_for(|count| *count >= written);
        // In vain: the database or the index is slow. What is there is a little old, and still an answer.
        let is_followed =
            tokio::time::timeout(OWN_CHANGES_WAIT, reached).await.is_ok_and(|reached| reached.is_ok());
        is_followed && self.milliseconds(Instant::now()) < self.current_until.load(Ordering::Acquire)
    }
}
