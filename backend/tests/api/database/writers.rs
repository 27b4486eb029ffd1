//! Who writes to one embedded database at once waits for each other, and shares commits within a process. This is about
//! SQLite whatever the run is about: PostgreSQL has no such lock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    task::{Context, Waker},
    time::Duration,
};

use backend::db::{
    Database, DatabaseUrl, DbConnection, DbError, migrations,
    schema::{carts, products},
};
use diesel::{connection::SimpleConnection, prelude::*};
use tokio::task::JoinSet;

use crate::support::block_on;

const WRITERS: usize = 2;
const ROUNDS: i32 = 100;

/// An embedded shop in a file of its own, which goes with it; the tee's stock is 0.
struct Shop {
    path: String,
}

impl Shop {
    fn new(name: &str) -> Self {
        let path = format!("{}/{name}-{}.db", env!("CARGO_TARGET_TMPDIR"), std::process::id());
        let shop = Self { path };
        block_on(async {
            let database = shop.open();
            migrations::run(&database).await.unwrap();
            backend::seed::load(&database, 4, false).await.unwrap();
            database.write(|connection| set(connection, 0)).await.unwrap();
        });
        shop
    }

    fn open(&self) -> Database {
        Database::new(DatabaseUrl::Sqlite(self.path.clone().into()), 4)
    }

    fn stock(&self) -> i32 {
        block_on(self.open().read(get)).unwrap()
    }

    /// Lines up a slow write and increments, from no stock, until they end as they do when one commit takes all that wait. On
    /// a busy machine a commit may not wait for the last of them: then each increment that succeeded is stored all the same.
    fn until_all_share_a_commit<F>(&self, expected: (usize, usize), mut line_up: impl FnMut() -> F)
    where
        F: Future<Output = (usize, usize)>,
    {
        let mut seen = Vec::new();
        while seen.last() != Some(&expected) {
            assert!(seen.len() < 20, "never shared a commit: {seen:?}");
            block_on(self.open().write(|connection| set(connection, 0))).unwrap();
            let outcomes = block_on(line_up());
            assert_eq!(outcomes.0 + outcomes.1, expected.0 + expected.1);
            // The slow write is one of them and stores nothing.
            assert_eq!(self.stock(), i32::try_from(outcomes.0 - 1).unwrap(), "{outcomes:?}");
            seen.push(outcomes);
        }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            // Some of them need not exist.
            let _ = std::fs::remove_file(format!("{}{suffix}", self.path));
        }
    }
}

/// Writes that form a line because the writer is held until all of them wait.
struct Queue {
    database: Database,
    go: mpsc::Sender<()>,
    tasks: JoinSet<Result<(), DbError>>,
}

impl Queue {
    async fn behind_a_slow_write(shop: &Shop) -> Self {
        let database = shop.open();
        let (go, wait) = mpsc::channel();
        let (began, mut begun) = tokio::sync::mpsc::channel(1);
        let mut tasks = JoinSet::new();
        let slow = database.clone();
        tasks.spawn(async move {
            let work = move |_: &mut DbConnection| {
                began.blocking_send(()).unwrap();
                wait.recv().unwrap();
                // Longer than a commit waits for others: those behind it are in the next one.
                std::thread::sleep(Duration::from_millis(10));
                Ok(())
            };
            slow.write(work).await
        });
        begun.recv().await.unwrap();
        Self { database, go, tasks }
    }

    /// Puts work in the line.
    async fn join<F>(&mut self, work: F) -> tokio::task::AbortHandle
    where
        F: FnOnce(&mut DbConnection) -> Result<(), DbError> + Send + 'static,
    {
        let database = self.database.clone();
        let (asked, is_asked) = tokio::sync::oneshot::channel();
        let task = self.tasks.spawn(async move {
            let mut write = std::pin::pin!(database.write(work));
            // A first poll puts it in the line.
            assert!(write.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            asked.send(()).unwrap();
            write.await
        });
        is_asked.await.unwrap();
        task
    }

    /// Lets the slow write end, and counts who succeeded and who failed.
    async fn finish(mut self) -> (usize, usize) {
        self.go.send(()).unwrap();
        let (mut succeeded, mut failed) = (0, 0);
        while let Some(outcome) = self.tasks.join_next().await {
            match outcome {
                Ok(Ok(())) => succeeded += 1,
                Ok(Err(_)) => failed += 1,
                Err(error) => assert!(error.is_cancelled()),
            }
        }
        (succeeded, failed)
    }
}

#[test]
fn those_who_share_a_commit_do_not_share_their_failures() {
    let shop = Shop::new("shared-commit");
    let outcomes = block_on(async {
        let mut queue = Queue::behind_a_slow_write(&shop).await;
        for number in 0..30 {
            let work = move |connection: &mut DbConnection| {
                increment(connection)?;
                let is_good = number % 3 > 0;
                is_good.then_some(()).ok_or_else(|| DbError::Unavailable("on purpose".to_owned()))
            };
            queue.join(work).await;
        }
        queue.finish().await
    });
    assert_eq!(outcomes, (1 + 20, 10));
    assert_eq!(shop.stock(), 20);
}

#[test]
fn a_commit_that_fails_is_told_to_everybody_in_it_and_stores_nothing() {
    let shop = Shop::new("failed-commit");
    shop.until_all_share_a_commit((1, 4), || async {
        let mut queue = Queue::behind_a_slow_write(&shop).await;
        for _ in 0..3 {
            queue.join(increment).await;
        }
        // What it breaks is looked at when the transaction ends.
        let breaks_the_commit = |connection: &mut DbConnection| {
            connection.batch_execute("PRAGMA defer_foreign_keys = ON")?;
            diesel::insert_into(carts::table)
                .values((carts::user_id.eq("nobody"), carts::updated_at.eq(backend::db::time::now())))
                .execute(connection)?;
            Ok(())
        };
        queue.join(breaks_the_commit).await;
        queue.finish().await
    });
    // The writer goes on.
    block_on(shop.open().write(|connection| set(connection, 0))).unwrap();
    block_on(shop.open().write(increment)).unwrap();
    assert_eq!(shop.stock(), 1);
}

#[test]
fn a_transaction_that_the_engine_gives_up_takes_those_before_it_along_and_nobody_after_it() {
    let shop = Shop::new("given-up-commit");
    shop.until_all_share_a_commit((1 + 3, 2), || async {
        let mut queue = Queue::behind_a_slow_write(&shop).await;
        queue.join(increment).await;
        // As SQLite does by itself when the disk is full.
        let gives_up = |connection: &mut DbConnection| {
            increment(connection)?;
            Ok(connection.batch_execute("ROLLBACK")?)
        };
        queue.join(gives_up).await;
        for _ in 0..3 {
            queue.join(increment).await;
        }
        queue.finish().await
    });
}

#[test]
fn who_leaves_the_line_is_not_served() {
    let shop = Shop::new("left-the-line");
    let is_served = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_served);
    let outcomes = block_on(async {
        let mut queue = Queue::behind_a_slow_write(&shop).await;
        let mark = move |_: &mut DbConnection| {
            seen.store(true, Ordering::SeqCst);
            Ok(())
        };
        queue.join(mark).await.abort();
        // Gone before the slow write ends: aborting takes effect when the task is next looked at.
        tokio::task::yield_now().await;
        queue.join(increment).await;
        queue.finish().await
    });
    assert_eq!(outcomes, (2, 0));
    assert!(!is_served.load(Ordering::SeqCst));
    assert_eq!(shop.stock(), 1);
}

/// Two pools as two processes have them, each with several tasks that read and then write.
#[test]
fn two_writers_lose_no_update_and_never_find_the_database_locked() {
    let shop = Shop::new("two-writers");
    let start = std::sync::Barrier::new(WRITERS);
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                let database = shop.open();
                start.wait();
                block_on(async {
                    for _ in 0..ROUNDS {
                        database.write(increment).await.unwrap();
                    }
                });
            });
        }
    });

    assert_eq!(shop.stock(), i32::try_from(WRITERS).unwrap() * ROUNDS);
}

fn get(connection: &mut DbConnection) -> Result<i32, DbError> {
    let tee = products::table.filter(products::sku.eq("MENS-CLASSIC-TEE"));
    Ok(tee.select(products::stock).first(connection)?)
}

fn set(connection: &mut DbConnection, units: i32) -> Result<(), DbError> {
    let tee = products::table.filter(products::sku.eq("MENS-CLASSIC-TEE"));
    diesel::update(tee).set(products::stock.eq(units)).execute(connection)?;
    Ok(())
}

/// Reads, then writes what depends on it: right only when nobody else writes in between.
fn increment(connection: &mut DbConnection) -> Result<(), DbError> {
    let units = get(connection)?;
    set(connection, units + 1)
}
