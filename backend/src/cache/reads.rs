//! The answers to public reads: each is made once, and then sent from memory until what it depends on changes.
//!
//! Whoever asks gets an answer that has everything that this process has written before, and everything that others had
//! written a second ago. [`super::versions`] says which answers that are. When this process can't follow the catalogue,
//! nothing is answered from memory.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use moka::future::Cache;

use super::{
    entry::{Entry, Fresh},
    key::{Key, Namespace},
    redis::Redis,
    shared::Shared,
    versions::Versions,
};
use crate::{
    db::{Database, DbConnection, catalog_changes},
    error::AppError,
    jobs::catalog_follower::{Listener, News, Reach},
};

/// How long an answer is kept at most. Nothing depends on it: what has changed is not sent any more at once.
const LIFETIME: Duration = Duration::from_secs(600);
/// How often somebody else's answer may turn out too old before a request makes its own.
const ATTEMPTS: usize = 3;

/// A failure is shared with those who wait for the same answer, and not kept.
type Kept = Result<Arc<Entry>, Arc<AppError>>;

/// Answers in memory.
pub struct Reads {
    kept: Cache<Key, Kept>,
    /// The second place to look, with several replicas.
    shared: Option<Shared>,
    versions: Versions,
    /// Whether the last news concerned more than stock.
    was_all: AtomicBool,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// How many answers were found and how many had to be made, since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Requests that were answered with what somebody else had asked for.
    pub hits: u64,
    /// Answers that were made.
    pub misses: u64,
}

impl Reads {
    /// Keeps answers in at most so many bytes, and in Redis, when there is one.
    pub fn new(max_bytes: u64, redis: Option<Redis>) -> Self {
        let weigh = |key: &Key, kept: &Kept| {
            let answer = kept.as_ref().map_or(0, |entry| entry.weight());
            u32::try_from(key.weight() + answer).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder().max_capacity(max_bytes).weigher(weigh).time_to_live(LIFETIME).build();
        Self {
            kept,
            shared: redis.map(Shared::new),
            versions: Versions::default(),
            was_all: AtomicBool::new(true),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// Which answers are still true.
    pub fn versions(&self) -> &Versions {
        &self.versions
    }

    /// How well it works.
    pub fn counts(&self) -> Counts {
        Counts { hits: self.hits.load(Ordering::Relaxed), misses: self.misses.load(Ordering::Relaxed) }
    }

    /// How many answers are kept, and how many bytes they take at most.
    pub async fn kept(&self) -> (u64, u64) {
        self.kept.run_pending_tasks().await;
        (self.kept.entry_count(), self.kept.weighted_size())
    }

    /// The answer to this question, as `make` makes it. Requests that ask the same at the same time wait for one of them.
    pub async fn answer(
        &self,
        database: &Database,
        key: Key,
        make: impl AsyncFn() -> Result<Fresh, AppError>,
    ) -> Result<Arc<Entry>, AppError> {
        let trail = database.trail();
        if !trail.is_current() && !trail.caught_up().await {
            return self.made(&make).await;
        }
        let namespace = key.namespace();
        if let Some(Ok(entry)) = self.kept.get(&key).await
            && entry.holds(&self.versions, namespace)
        {
            self.hits.fetch_add(1, Ordering::Relaxed);
            return Ok(entry);
        }
        for _ in 0..ATTEMPTS {
            let is_useless =
                |kept: &Kept| !kept.as_ref().is_ok_and(|entry| entry.holds(&self.versions, namespace));
            let making = Box::pin(async { self.found_or_made(&key, &make).await.map_err(Arc::new) });
            let found = self.kept.entry_by_ref(&key).or_insert_with_if(making, is_useless).await;
            let is_own = found.is_fresh();
            match found.into_value() {
                // What was being made when this request came may have been read before something that was written before.
                Ok(entry) if is_own || entry.holds(&self.versions, namespace) => {
                    if !is_own {
                        self.hits.fetch_add(1, Ordering::Relaxed);
                    }
                    return Ok(entry);
                }
                Ok(_) => {}
                Err(error) => {
                    if is_own {
                        self.kept.invalidate(&key).await;
                    }
                    return Err(AppError::Shared(error));
                }
            }
        }
        self.made(&make).await
    }

    /// Whether an answer that was given may be given again, which then counts as found.
    pub fn is_true(&self, database: &Database, entry: &Entry) -> bool {
        // It is not said here what it is about, so it has to hold whatever that is.
        let is_true = database.trail().is_current()
            && Namespace::ALL.into_iter().all(|namespace| entry.holds(&self.versions, namespace));
        if is_true {
            self.hits.fetch_add(1, Ordering::Relaxed);
        }
        is_true
    }

    /// An answer for one person, which is not kept.
    pub fn unkept(&self, fresh: Fresh) -> Arc<Entry> {
        Arc::new(Entry::new(fresh, self.versions.ticket()))
    }

    /// An answer that another replica has made, or else a new one.
    async fn found_or_made(
        &self,
        key: &Key,
        make: &impl AsyncFn() -> Result<Fresh, AppError>,
    ) -> Result<Arc<Entry>, AppError> {
        let Some(shared) = &self.shared else { return self.made(make).await };
        if let Some(entry) = shared.find(key, self.versions.ticket(), &self.versions).await {
            self.hits.fetch_add(1, Ordering::Relaxed);
            return Ok(Arc::new(entry));
        }
        let entry = self.made(make).await?;
        shared.keep(key, &entry);
        Ok(entry)
    }

    /// Makes an answer. Its ticket is taken before the database is asked.
    async fn made(&self, make: &impl AsyncFn() -> Result<Fresh, AppError>) -> Result<Arc<Entry>, AppError> {
        let ticket = self.versions.ticket();
        self.misses.fetch_add(1, Ordering::Relaxed);
        Ok(Arc::new(Entry::new(make().await?, ticket)))
    }
}

impl Listener for Reads {
    fn changed<'a>(
        &'a self,
        database: &'a Database,
        news: News<'a>,
    ) -> BoxFuture<'a, Result<Reach, AppError>> {
        async move {
            // The index may have read more than it was told of: then the rest of that comes with the next news, looks as if
            // it changed nothing any more, and reaches as far as what it came with.
            let was_all = self.was_all.swap(news.reach == Reach::All, Ordering::AcqRel);
            let is_only_stock = news.reach == Reach::Stock && !was_all;
            self.versions.changed(news.changes, is_only_stock, news.floor);
            if let Some(shared) = self.shared.as_ref().filter(|shared| !shared.is_placed()) {
                shared.is_about(&database.read(identity).await?);
            }
            Ok(news.reach)
        }
        .boxed()
    }
}

fn identity(connection: &mut DbConnection) -> Result<String, AppError> {
    Ok(catalog_changes::identity(connection)?)
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, time::Instant};

    use futures_util::future::join_all;
    use tokio::sync::Notify;

    use super::*;
    use crate::db::{
        DatabaseUrl,
        catalog_changes::{Change, Entity},
    };

    /// A database that nobody asks, whose changes count as followed.
    fn followed() -> Database {
        let database = Database::new(DatabaseUrl::Sqlite("/nowhere/shop.db".into()), 2);
        database.trail().follow(0, Instant::now());
        database
    }

    fn key(name: &str) -> Key {
        Key::product(name).unwrap()
    }

    fn answer(text: &str) -> Result<Fresh, AppError> {
        Ok(Fresh { body: text.into(), editions: None, shows: vec!["shown".to_owned()] })
    }

    fn sell(reads: &Reads) {
        let change = Change { seq: 1, entity: Entity::Product, entity_id: "shown".to_owned() };
        reads.versions.changed(&[change], true, 1);
    }

    fn text(entry: Result<Arc<Entry>, AppError>) -> String {
        String::from_utf8(entry.unwrap().body().to_vec()).unwrap()
    }

    fn misses(reads: &Reads) -> u64 {
        reads.counts().misses
    }

    #[tokio::test]
    async fn an_answer_is_made_once_until_what_it_shows_changes() {
        let (reads, database) = (Reads::new(1 << 20, None), followed());
        for _ in 0..3 {
            let found = reads.answer(&database, key("a"), async || answer("old")).await;
            assert_eq!(text(found), "old");
        }
        assert_eq!(reads.counts(), Counts { hits: 2, misses: 1 });
        sell(&reads);
        assert_eq!(text(reads.answer(&database, key("a"), async || answer("new")).await), "new");
        assert_eq!(reads.counts(), Counts { hits: 2, misses: 2 });
    }

    #[tokio::test]
    async fn an_answer_that_was_being_read_while_something_changed_is_not_kept() {
        let (reads, database) = (Reads::new(1 << 20, None), followed());
        let slow = async || {
            let read = answer("old");
            sell(&reads);
            read
        };
        assert_eq!(text(reads.answer(&database, key("a"), slow).await), "old");
        assert_eq!(text(reads.answer(&database, key("a"), async || answer("new")).await), "new");
    }

    #[tokio::test]
    async fn those_who_ask_the_same_at_once_wait_for_one_of_them() {
        let (reads, database) = (Reads::new(1 << 20, None), followed());
        let slow = async || {
            tokio::time::sleep(Duration::from_millis(20)).await;
            answer("one")
        };
        let all = join_all((0..50).map(|_| reads.answer(&database, key("a"), slow))).await;
        assert!(all.into_iter().all(|found| text(found) == "one"));
        assert_eq!(reads.counts(), Counts { hits: 49, misses: 1 });
    }

    #[tokio::test]
    async fn whoever_asks_after_a_change_does_not_take_what_was_being_read_before_it() {
        let (reads, database) = (Reads::new(1 << 20, None), followed());
        let (began, goes_on) = (Notify::new(), Notify::new());
        let early = reads.answer(&database, key("a"), async || {
            began.notify_one();
            goes_on.notified().await;
            answer("old")
        });
        let late = async {
            began.notified().await;
            sell(&reads);
            let asking = reads.answer(&database, key("a"), async || answer("new"));
            tokio::join!(asking, async { goes_on.notify_one() }).0
        };
        let (early, late) = tokio::join!(early, late);
        assert_eq!([text(early), text(late)], ["old", "new"]);
    }

    #[tokio::test]
    async fn a_failure_is_shared_by_those_who_wait_and_not_kept() {
        let (reads, database) = (Reads::new(1 << 20, None), followed());
        let failing = async || {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Err(AppError::not_found("Product not found"))
        };
        let all = join_all((0..10).map(|_| reads.answer(&database, key("a"), failing))).await;
        assert!(all.into_iter().all(|found| found.unwrap_err().to_string() == "Product not found"));
        assert_eq!(misses(&reads), 1);
        assert_eq!(text(reads.answer(&database, key("a"), async || answer("there")).await), "there");
    }

    #[tokio::test]
    async fn whoever_hangs_up_leaves_the_work_to_the_next() {
        let (reads, database) = (Reads::new(1 << 20, None), followed());
        let calls = Cell::new(0);
        let first = reads.answer(&database, key("a"), async || {
            calls.set(calls.get() + 1);
            std::future::pending().await
        });
        let second = reads.answer(&database, key("a"), async || answer("there"));
        let hung_up = tokio::time::timeout(Duration::from_millis(20), first);
        let (hung_up, second) = tokio::join!(hung_up, second);
        assert!(hung_up.is_err() && calls.get() == 1);
        assert_eq!(text(second), "there");
    }

    #[tokio::test]
    async fn nothing_is_answered_from_memory_when_the_catalogue_is_not_followed() {
        let (reads, database) = (Reads::new(1 << 20, None), followed());
        let long_ago = Instant::now().checked_sub(Duration::from_secs(2)).unwrap();
        for (looked, expected) in [(Instant::now(), 1), (long_ago, 3), (Instant::now(), 3)] {
            database.trail().follow(0, looked);
            for _ in 0..2 {
                reads.answer(&database, key("a"), async || answer("a")).await.unwrap();
            }
            assert_eq!(misses(&reads), expected);
        }
    }

    #[tokio::test]
    async fn ever_new_questions_do_not_take_more_memory_than_allowed() {
        let (reads, database) = (Reads::new(200_000, None), followed());
        let body = "x".repeat(1_000);
        for number in 0..2_000 {
            let asked = key(&format!("product-{number}"));
            reads.answer(&database, asked, async || answer(&body)).await.unwrap();
        }
        reads.kept.run_pending_tasks().await;
        let (weight, count) = (reads.kept.weighted_size(), reads.kept.entry_count());
        assert!(weight <= 200_000 && (10..80).contains(&count), "{count} answers weigh {weight}");
    }
}
