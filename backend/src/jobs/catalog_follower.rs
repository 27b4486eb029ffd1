//! Follows the catalogue's changes, made by this process or by any other, and hands each to everybody who keeps something
//! made of the catalogue.
//!
//! It asks the database twice a second; a change of this process, or word of one through Redis, makes it ask at once.

use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};

use crate::{
    cache::wakeups,
    db::{
        Database,
        catalog_changes::{self, Change, Entity},
        time::now,
    },
    error::AppError,
    state::State,
};

/// Longest time between two looks at the database.
const INTERVAL: Duration = Duration::from_millis(400);
/// Time between two looks however much changes: a rush of orders is followed a few at a time.
const BREATH: Duration = Duration::from_millis(10);
/// How long a missing number is waited for. Numbers are handed out before their transactions commit, so a lower one may
/// appear after a higher one; no transaction may take as long as this.
const LATEST: Duration = Duration::from_secs(60);
/// Changes read at once.
const PAGE: usize = 1_000;
/// So many changes are read as "everything".
const TOO_MANY: usize = 20_000;

/// How much of the catalogue some changes concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Numbers of units, of products that can be bought before and after: what a sale changes.
    Stock,
    /// Anything.
    All,
}

/// What was found since the last look.
#[derive(Debug, Clone, Copy)]
pub struct News<'a> {
    /// What has changed, and may be read now; [`Entity::Everything`] comes first of all. A change may be told more than
    /// once, and often nothing has changed.
    pub changes: &'a [Change],
    /// Everything up to this number has been told.
    pub floor: i64,
    /// How much they concern, as far as those who were told before could say.
    pub reach: Reach,
}

/// Somebody who keeps something made of the catalogue.
pub trait Listener: Send + Sync {
    /// Takes the news, and answers how far they reach. After an error the same changes are told again.
    fn changed<'a>(
        &'a self,
        database: &'a Database,
        news: News<'a>,
    ) -> BoxFuture<'a, Result<Reach, AppError>>;
}

/// The running follower.
pub struct CatalogFollower {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl CatalogFollower {
    /// Begins to follow.
    pub fn start(state: Arc<State>) -> Self {
        let (stop, mut stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            let woken = Arc::new(Notify::new());
            let wakeups = async {
                match &state.config.database.redis_url {
                    Some(url) => wakeups::run(url, state.db.trail().written(), &woken).await,
                    None => std::future::pending().await,
                }
            };
            // Answers are made with the index, so it must know a change before they count as made after it.
            let listeners: [&dyn Listener; 2] = [&state.search, &state.reads];
            tokio::select! {
                _ = stopped.changed() => {}
                () = wakeups => {}
                () = follow(&state.db, &listeners, &woken) => {}
            }
        });
        Self { stop, task }
    }

    /// Ends, also in the middle of something: what it makes is lost with the process anyway.
    pub async fn stop(self) {
        // Fails when the task has ended already, which is as good.
        let _ = self.stop.send(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "following the catalogue ended badly");
        }
    }
}

async fn follow(database: &Database, listeners: &[&dyn Listener], woken: &Notify) {
    let mut written = database.trail().written();
    let mut position = None;
    let mut is_failing = false;
    loop {
        // Before looking: what is written later may or may not be seen.
        let (count, looked) = (*written.borrow_and_update(), Instant::now());
        match round(database, listeners, &mut position).await {
            Ok(()) => {
                database.trail().follow(count, looked);
                if is_failing {
                    tracing::info!("following the catalogue's changes again");
                }
                is_failing = false;
            }
            Err(error) if is_failing => tracing::debug!(%error, "the catalogue can't be followed"),
            Err(error) => {
                tracing::warn!(%error, "the catalogue can't be followed; trying again until it can");
                is_failing = true;
            }
        }
        tokio::time::sleep(BREATH).await;
        tokio::select! {
            // The sender lives as long as the database.
            _ = written.changed(), if !is_failing => {}
            () = woken.notified(), if !is_failing => {}
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}

/// Looks once. A change counts as followed when every listener has taken it.
async fn round(
    database: &Database,
    listeners: &[&dyn Listener],
    position: &mut Option<Position>,
) -> Result<(), AppError> {
    let mut next = match &*position {
        Some(position) => position.clone(),
        None => Position::from(database.read(first_number).await?),
    };
    let mut changes = next.take(read(database, next.last(), next.gaps()).await?, Instant::now());
    if position.is_none() || changes.len() > TOO_MANY {
        changes = vec![Change { seq: next.last(), entity: Entity::Everything, entity_id: String::new() }];
    }
    let mut news = News { changes: &changes, floor: next.floor, reach: Reach::All };
    for listener in listeners {
        news.reach = listener.changed(database, news).await?;
    }
    *position = Some(next);
    Ok(())
}

/// Below this number every change has been committed or never will be.
fn first_number(connection: &mut crate::db::DbConnection) -> Result<i64, AppError> {
    let long_ago = TimeDelta::from_std(LATEST * 2).unwrap_or(TimeDelta::zero());
    Ok(catalog_changes::last_before(connection, now() - long_ago)?)
}

/// All changes above a number, and those in the gaps below it. What has been seen is not read again, however long a gap
/// stays open: transactions that are rolled back leave many.
async fn read(
    database: &Database,
    last: i64,
    gaps: Vec<RangeInclusive<i64>>,
) -> Result<Vec<Change>, AppError> {
    let all = move |connection: &mut crate::db::DbConnection| {
        let mut changes = catalog_changes::within(connection, &gaps)?;
        let mut last = last;
        loop {
            let page = catalog_changes::after(connection, last, i64::try_from(PAGE).unwrap_or(i64::MAX))?;
            let is_last = page.len() < PAGE;
            last = page.last().map_or(last, |change| change.seq);
            changes.extend(page);
            if is_last {
                return Ok(changes);
            }
        }
    };
    database.read(all).await
}

/// Which changes have been seen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Position {
    /// Everything up to here has been seen, or will never be there.
    floor: i64,
    /// What has been seen above that, and when: numbers between them are missing.
    seen: BTreeMap<i64, Instant>,
}

impl From<i64> for Position {
    fn from(floor: i64) -> Self {
        Self { floor, seen: BTreeMap::new() }
    }
}

impl Position {
    /// The highest number that has been seen.
    fn last(&self) -> i64 {
        self.seen.last_key_value().map_or(self.floor, |(seq, _)| *seq)
    }

    /// The numbers below the last one that have not been seen.
    fn gaps(&self) -> Vec<RangeInclusive<i64>> {
        let before = std::iter::once(self.floor).chain(self.seen.keys().copied());
        before
            .zip(self.seen.keys())
            .filter(|(before, next)| before + 1 < **next)
            .map(|(before, next)| before + 1..=next - 1)
            .collect()
    }

    /// Those of `changes` that have not been seen before; they have been now.
    fn take(&mut self, mut changes: Vec<Change>, now: Instant) -> Vec<Change> {
        changes.retain(|change| change.seq > self.floor && !self.seen.contains_key(&change.seq));
        self.seen.extend(changes.iter().map(|change| (change.seq, now)));
        while let Some(entry) = self.seen.first_entry() {
            let is_next = *entry.key() == self.floor + 1;
            let is_old = now.saturating_duration_since(*entry.get()) >= LATEST;
            if !is_next && !is_old {
                break;
            }
            self.floor = entry.remove_entry().0;
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(numbers: &[i64]) -> Vec<Change> {
        let change = |seq: &i64| Change { seq: *seq, entity: Entity::Product, entity_id: seq.to_string() };
        numbers.iter().map(change).collect()
    }

    fn taken(position: &mut Position, numbers: &[i64], now: Instant) -> Vec<i64> {
        position.take(changes(numbers), now).into_iter().map(|change| change.seq).collect()
    }

    #[test]
    fn what_has_been_seen_is_not_new_again() {
        let (mut position, now) = (Position::from(4), Instant::now());
        assert_eq!(taken(&mut position, &[5, 6], now), [5, 6]);
        assert_eq!(position, Position::from(6));
        assert_eq!(taken(&mut position, &[5, 6], now), [0; 0]);
        assert_eq!(taken(&mut position, &[7], now), [7]);
    }

    #[test]
    fn a_lower_number_that_appears_later_is_new() {
        let (mut position, now) = (Position::from(0), Instant::now());
        assert_eq!(taken(&mut position, &[1, 3, 4], now), [1, 3, 4]);
        assert_eq!(position.floor, 1);
        assert_eq!(taken(&mut position, &[2, 3, 4, 5], now), [2, 5]);
        assert_eq!(position, Position::from(5));
    }

    #[test]
    fn only_what_is_missing_is_asked_for_again() {
        let (mut position, now) = (Position::from(10), Instant::now());
        assert_eq!((position.gaps(), position.last()), (Vec::new(), 10));
        // A rolled-back transaction has left 13, and a slow one holds 16 to 18.
        let seen: Vec<i64> = [11, 12, 14, 15].into_iter().chain(19..5_000).collect();
        taken(&mut position, &seen, now);
        assert_eq!((position.gaps(), position.last()), (vec![13..=13, 16..=18], 4_999));
        assert_eq!(taken(&mut position, &[17], now), [17]);
        assert_eq!(position.gaps(), [13..=13, 16..=16, 18..=18]);
        taken(&mut position, &[16, 18], now);
        assert_eq!((position.gaps(), position.floor), (vec![13..=13], 12));
        taken(&mut position, &[], now + LATEST);
        assert_eq!((position.gaps(), position), (Vec::new(), Position::from(4_999)));
    }

    #[test]
    fn a_number_that_never_appears_is_given_up() {
        let (mut position, start) = (Position::from(0), Instant::now());
        assert_eq!(taken(&mut position, &[2], start), [2]);
        assert_eq!(taken(&mut position, &[2, 5], start + LATEST / 2), [5]);
        assert_eq!(position.floor, 0);
        assert_eq!(taken(&mut position, &[2, 5], start + LATEST), [0; 0]);
        assert_eq!(position.floor, 2);
        assert_eq!(taken(&mut position, &[3, 5], start + LATEST), [3]);
        taken(&mut position, &[], start + LATEST * 2);
        assert_eq!(position, Position::from(5));
    }
}
