//! How many servers run at the same time: few enough for PostgreSQL's connections, and one where a test needs the
//! machine for itself.

use std::{
    cell::Cell,
    sync::{Condvar, Mutex, PoisonError},
};

/// Servers that run at the same time; each has a handful of connections, and PostgreSQL accepts a hundred.
const MOST_AT_ONCE: usize = 8;

struct Turns {
    running: usize,
    /// Tests that wait until nothing runs; nobody new begins before them.
    want_to_be_alone: usize,
}

static TURNS: Mutex<Turns> = Mutex::new(Turns { running: 0, want_to_be_alone: 0 });
static ENDED: Condvar = Condvar::new();

thread_local! {
    /// Turns this test has already. It does not wait for more: others may be waiting for it.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// The right to run a server, until it is dropped.
pub struct Turn {
    weight: usize,
}

impl Turn {
    /// Waits until there is room for one more.
    pub fn take() -> Self {
        let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
        while HELD.get() == 0 && (turns.running >= MOST_AT_ONCE || turns.want_to_be_alone > 0) {
            turns = ENDED.wait(turns).unwrap_or_else(PoisonError::into_inner);
        }
        turns.running += 1;
        Self::held(1)
    }

    /// Waits until nothing else runs, and keeps it so.
    pub fn alone() -> Self {
        let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
        turns.want_to_be_alone += 1;
        while turns.running > 0 {
            turns = ENDED.wait(turns).unwrap_or_else(PoisonError::into_inner);
        }
        turns.want_to_be_alone -= 1;
        turns.running += MOST_AT_ONCE;
        Self::held(MOST_AT_ONCE)
    }

    fn held(weight: usize) -> Self {
        HELD.set(HELD.get() + 1);
        Self { weight }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        HELD.set(HELD.get().saturating_sub(1));
        TURNS.lock().unwrap_or_else(PoisonError::into_inner).running -= self.weight;
        ENDED.notify_all();
    }
}
