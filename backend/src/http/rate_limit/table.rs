//! Counting in this process, in a fixed amount of memory.
//!
//! The table is made of small sets, like a processor's cache. A key may only be in the set that its hash names; when the
//! set is full, the new key replaces an expired one or else the one that was counted least. Someone with ever new
//! addresses therefore can't make the table grow, and hardly forget a client that has used up its allowance: for that,
//! all others of its set would have to be counted more often than it.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    sync::{Mutex, PoisonError},
};

/// Sets in the table, and keys in a set: 131,072 keys in 3 MiB.
const SETS: usize = 16_384;
const WAYS: usize = 8;
/// Sets that share a lock.
const SETS_EACH_LOCK: usize = 256;

/// How often a key has come in its present window, and how long that still lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Times, this one included.
    pub times: u32,
    /// Milliseconds until the window ends.
    pub ends_in: u64,
}

#[derive(Clone, Copy, Default)]
struct Way {
    fingerprint: u64,
    times: u32,
    ends_at: u64,
}

type Set = [Way; WAYS];

/// Counts keys in windows that begin when a key first comes.
pub struct Table {
    /// Keyed at random, so that nobody can choose whom they share a set with.
    hasher: RandomState,
    sets: Vec<Mutex<Vec<Set>>>,
}

impl Default for Table {
    fn default() -> Self {
        let stripe = || Mutex::new(vec![Set::default(); SETS_EACH_LOCK]);
        Self {
            hasher: RandomState::new(),
            sets: std::iter::repeat_with(stripe).take(SETS / SETS_EACH_LOCK).collect(),
        }
    }
}

impl Table {
    /// Counts a key at the moment `now`; both times in milliseconds.
    pub fn count(&self, key: impl Hash, now: u64, window: u64) -> Count {
        let count = |fingerprint, ways: &mut Set| {
            if let Some(way) = live(ways, fingerprint, now) {
                way.times = way.times.saturating_add(1);
                return Count { times: way.times, ends_in: way.ends_at - now };
            }
            let is_live = |way: &Way| way.ends_at > now;
            if let Some(way) = ways.iter_mut().min_by_key(|way| (is_live(way), way.times, way.ends_at)) {
                *way = Way { fingerprint, times: 1, ends_at: now.saturating_add(window) };
            }
            Count { times: 1, ends_in: window }
        };
        self.in_set(key, count).unwrap_or(Count { times: 1, ends_in: window })
    }

    /// How often a key was counted in the window it is in, without counting it.
    pub fn look(&self, key: impl Hash, now: u64) -> Option<Count> {
        let look = |fingerprint, ways: &mut Set| {
            let way = live(ways, fingerprint, now)?;
            Some(Count { times: way.times, ends_in: way.ends_at - now })
        };
        self.in_set(key, look).flatten()
    }

    /// Works on the set that a key may be in, with the key's fingerprint.
    fn in_set<T>(&self, key: impl Hash, work: impl FnOnce(u64, &mut Set) -> T) -> Option<T> {
        let hash = self.hasher.hash_one(key);
        let set = usize::try_from(hash).unwrap_or_default() % SETS;
        let mut stripe = self.sets.get(set / SETS_EACH_LOCK)?.lock().unwrap_or_else(PoisonError::into_inner);
        // 0 marks a way that was never used.
        stripe.get_mut(set % SETS_EACH_LOCK).map(|ways| work(hash.max(1), ways))
    }
}

/// The way of a key whose window has not ended.
fn live(ways: &mut Set, fingerprint: u64, now: u64) -> Option<&mut Way> {
    ways.iter_mut().find(|way| way.fingerprint == fingerprint && way.ends_at > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000;

    #[test]
    fn each_key_is_counted_by_itself() {
        let table = Table::default();
        let times = |key| table.count(key, 0, MINUTE).times;
        assert_eq!([times("a"), times("a"), times("b"), times("a")], [1, 2, 1, 3]);
    }

    #[test]
    fn a_window_begins_with_the_first_time_and_ends_for_good() {
        let table = Table::default();
        assert_eq!(table.count("a", 500, MINUTE), Count { times: 1, ends_in: MINUTE });
        assert_eq!(table.count("a", 30_500, MINUTE), Count { times: 2, ends_in: 30_000 });
        assert_eq!(table.count("a", 60_499, MINUTE), Count { times: 3, ends_in: 1 });
        assert_eq!(table.count("a", 60_500, MINUTE), Count { times: 1, ends_in: MINUTE });
    }

    #[test]
    fn looking_does_not_count_and_sees_what_was_counted_until_the_window_ends() {
        let table = Table::default();
        assert_eq!(table.look("a", 0), None);
        table.count("a", 0, MINUTE);
        for _ in 0..2 {
            assert_eq!(table.look("a", 1_000), Some(Count { times: 1, ends_in: 59_000 }));
        }
        assert_eq!((table.look("b", 1_000), table.look("a", MINUTE)), (None, None));
    }

    #[test]
    fn a_million_new_keys_do_not_make_it_forget_one_that_was_counted_often() {
        let table = Table::default();
        for _ in 0..5 {
            table.count("victim", 0, MINUTE);
        }
        for address in 0..1_000_000_u32 {
            table.count(address, 1, MINUTE);
        }
        assert_eq!(table.count("victim", 2, MINUTE).times, 6);
    }

    #[test]
    fn the_table_never_grows() {
        let table = Table::default();
        for address in 0..300_000_u32 {
            table.count(address, 0, MINUTE);
        }
        let kept: usize = table.sets.iter().map(|stripe| stripe.lock().unwrap().capacity() * WAYS).sum();
        assert_eq!(kept, SETS * WAYS);
    }

    #[test]
    fn counting_from_many_threads_misses_nobody() {
        let table = Table::default();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        table.count("a", 0, MINUTE);
                    }
                });
            }
        });
        assert_eq!(table.count("a", 0, MINUTE).times, 8_001);
    }
}
