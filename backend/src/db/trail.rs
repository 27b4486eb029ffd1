//! How far this process has followed its own changes of the catalogue, so that whoever changes something finds it changed.

use std::{cell::Cell, time::Duration};

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

/// Counts the transactions of this process that changed the catalogue, and those of them that have been followed.
#[derive(Debug)]
pub struct Trail {
    written: watch::Sender<u64>,
    followed: watch::Sender<u64>,
}

impl Default for Trail {
    fn default() -> Self {
        Self { written: watch::Sender::new(0), followed: watch::Sender::new(0) }
    }
}

impl Trail {
    /// The transaction that ran on this thread is committed.
    pub(super) fn committed(&self) {
        if IS_RECORDED.take() {
            self.written.send_modify(|count| *count += 1);
        }
    }

    /// Changes with every transaction of this process that changed the catalogue; holds how many there were.
    pub fn written(&self) -> watch::Receiver<u64> {
        self.written.subscribe()
    }

    /// The first `count` transactions have been followed.
    pub fn follow(&self, count: u64) {
        self.followed.send_replace(count);
    }

    /// Waits until everything written before this call has been followed, or until patience ends.
    pub async fn caught_up(&self, patience: Duration) {
        let written = *self.written.borrow();
        let mut followed = self.followed.subscribe();
        let reached = followed.wait_for(|count| *count >= written);
        // In vain: the database or the index is slow. What is there is a little old, and still an answer.
        let _ = tokio::time::timeout(patience, reached).await;
    }
}
