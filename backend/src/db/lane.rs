//! The line in front of a pool of connections. Everything about it is bounded: how many wait, how long they wait, and how
//! long a request waits for what is being done for it.

use std::{
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use diesel::r2d2::{Pool, PooledConnection};
use tokio::sync::Semaphore;

use super::{
    DatabaseUrl, DbConnection, DbError,
    connection::Manager,
    error::take_misplaced,
    usage::{PoolFigures, Usage},
};
use crate::{http::request_id, telemetry::traces};

/// How long a request waits for a connection before it is answered with 503.
pub(super) const CONNECTION_WAIT: Duration = Duration::from_secs(5);
/// How long a request waits for what is done with its connection. PostgreSQL bounds a statement by more, for commands and
/// jobs; and a server that hangs, its connections open, bounds nothing.
const WORK_WAIT: Duration = Duration::from_secs(10);
/// Most that wait for each pool, however fast it is; those who come later are told at once.
const LINE: usize = 512;
/// A line as short as this is never too long, whatever its work takes: one slow piece of it says little about the next.
const SHORT_LINE: usize = 64;
/// How much one piece of work counts in what they take on average: an eighth.
const SHARE: u64 = 8;
/// For how long nobody tries to get a connection after somebody has waited for one in vain, unless the pool, which goes on
/// trying by itself, has got one meanwhile.
const REST: Duration = Duration::from_secs(10);

/// A pool with a line in front of it, so that waiting costs a task and not a thread.
#[derive(Clone)]
pub(super) struct Lane {
    pool: Pool<Manager>,
    connections: usize,
    permits: Arc<Semaphore>,
    /// Places in line, those whose turn it is included.
    places: Arc<Semaphore>,
    /// When somebody waited for a connection in vain.
    failed: Arc<Mutex<Option<Instant>>>,
    pace: Arc<Pace>,
    usage: Arc<Usage>,
    /// As traces call the engine.
    engine: &'static str,
}

/// How long work takes on average, in microseconds, so that it is known how long a line is.
#[derive(Debug, Default)]
struct Pace(AtomicU64);

impl Pace {
    /// Counts a piece of work. Two at once may count as one.
    fn count(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX / SHARE);
        let before = self.0.load(Ordering::Relaxed);
        self.0.store(before - before / SHARE + took / SHARE, Ordering::Relaxed);
    }

    /// How long those wait who come after so many others, with so many connections.
    fn wait(&self, line: usize, connections: usize) -> Duration {
        let line = u64::try_from(line).unwrap_or(u64::MAX);
        let connections = u64::try_from(connections).unwrap_or(u64::MAX).max(1);
        Duration::from_micros(self.0.load(Ordering::Relaxed).saturating_mul(line) / connections)
    }
}

impl Lane {
    /// A pool of so many connections, none of which is open yet.
    pub(super) fn new(url: &DatabaseUrl, connections: u32, closed: &Arc<RwLock<bool>>) -> Self {
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(0))
            .connection_timeout(CONNECTION_WAIT)
            .error_handler(Box::new(LogConnectionErrors))
            .build_unchecked(Manager::new(url.clone(), closed.clone()));
        let connections = usize::try_from(connections).unwrap_or(LINE);
        let [permits, places] =
            [connections, connections + LINE].map(|count| Arc::new(Semaphore::new(count)));
        let engine = match url {
            DatabaseUrl::Sqlite(_) => "sqlite",
            DatabaseUrl::Postgres(_) => "postgresql",
        };
        Self {
            pool,
            connections,
            permits,
            places,
            failed: Arc::default(),
            pace: Arc::default(),
            usage: Arc::default(),
            engine,
        }
    }

    /// How the pool is used at this moment.
    pub(super) fn figures(&self, name: &'static str) -> PoolFigures {
        self.usage.figures(name, self.pool.state().connections, self.pool.max_size(), &self.permits)
    }

    /// Runs work with a connection, on a thread where blocking is allowed. `name` is what it is in traces, and `asker` the
    /// function that asked.
    pub(super) async fn run<T, E, F>(&self, name: &'static str, asker: &'static str, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut DbConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let mut step = traces::call(name);
        step.set("db.system.name", || self.engine);
        step.set("code.function.name", || asker);
        let refused = |mut step: traces::Span, why: &'static str| {
            step.fail(why);
            DbError::Unavailable(why.to_owned())
        };
        if self.is_resting() {
            return Err(refused(step, "it could not be reached a moment ago").into());
        }
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            return Err(refused(step, "too many wait for a connection").into());
        };
        let line = LINE.saturating_sub(self.places.available_permits());
        // Who would wait in vain is told at once, and who comes back later finds a shorter line.
        let is_too_long = line > SHORT_LINE && self.pace.wait(line, self.connections) > CONNECTION_WAIT;
        if is_too_long && request_id::is_request() {
            return Err(refused(step, "the line is too long").into());
        }
        let Some(permit) = self.usage.turn(&self.permits, CONNECTION_WAIT).await else {
            return Err(refused(step, "all connections are in use").into());
        };
        step.event("has its turn");
        let lane = self.clone();
        let span = tracing::Span::current();
        // The work holds its place, not the request: when a client hangs up, its connection is still in use.
        let task = tokio::task::spawn_blocking(move || {
            let _held = (permit, place);
            let _span = span.entered();
            let mut connection = lane.connect()?;
            take_misplaced();
            let started = Instant::now();
            let outcome = work(&mut connection);
            let took = started.elapsed();
            lane.pace.count(took);
            lane.usage.worked(took);
            outcome
        });
        // A request that is answered with 503 may yet be done: as with a connection that breaks during a commit, this is what
        // idempotency keys are for. Commands and jobs wait as long as it takes.
        let outcome = if request_id::is_request() {
            let Ok(outcome) = tokio::time::timeout(WORK_WAIT, task).await else {
                return Err(refused(step, "it does not answer").into());
            };
            outcome
        } else {
            task.await
        };
        outcome.unwrap_or_else(|panic| {
            step.fail("cut short");
            Err(DbError::CutShort(panic.to_string()).into())
        })
    }

    fn connect(&self) -> Result<PooledConnection<Manager>, DbError> {
        let connection = self.pool.get();
        *self.failed() = connection.is_err().then(Instant::now);
        connection.map_err(|error| DbError::no_connection(error.to_string()))
    }

    fn is_resting(&self) -> bool {
        self.failed().is_some_and(|moment| moment.elapsed() < REST) && self.pool.state().connections == 0
    }

    fn failed(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pool retries by itself; say why it has to, without the address's password.
#[derive(Debug)]
struct LogConnectionErrors;

impl diesel::r2d2::HandleError<diesel::r2d2::Error> for LogConnectionErrors {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        tracing::warn!(%error, "can't connect to the database; retrying");
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    /// One connection to a file of the test's own, and that file.
    fn lane() -> (Lane, std::path::PathBuf) {
        let file = std::env::temp_dir().join(format!("lane-{}.db", crate::db::new_id()));
        (Lane::new(&DatabaseUrl::Sqlite(file.clone()), 1, &Arc::default()), file)
    }

    /// What somebody is told who wants to do nothing.
    async fn asked(lane: &Lane) -> Result<(), String> {
        let done: Result<(), DbError> = lane.run("read", "test", |_| Ok(())).await;
        done.map_err(|error| error.to_string())
    }

    /// The same for a request.
    async fn requested(lane: &Lane) -> Result<(), String> {
        request_id::scope(request_id::given_or_new(&Default::default()), asked(lane)).await
    }

    #[tokio::test]
    async fn so_many_wait_and_the_next_one_is_told_at_once() {
        let (lane, file) = lane();
        let line = lane.places.clone().acquire_many_owned(u32::try_from(LINE).unwrap() + 1).await.unwrap();
        let told = asked(&lane).now_or_never();
        assert!(told.is_some_and(|told| told.is_err_and(|said| said.contains("too many wait"))));
        drop(line);
        assert_eq!(asked(&lane).await, Ok(()));
        std::fs::remove_file(file).unwrap();
    }

    #[tokio::test]
    async fn a_request_that_would_wait_too_long_is_told_at_once_and_a_job_waits() {
        let (lane, file) = lane();
        lane.pace.count(Duration::from_secs(60));
        let others = |count: usize| lane.places.clone().acquire_many_owned(u32::try_from(count).unwrap());
        let short = others(SHORT_LINE).await.unwrap();
        assert_eq!(requested(&lane).await, Ok(()));
        lane.pace.count(Duration::from_secs(60));
        let _one_more = others(1).await.unwrap();
        let told = requested(&lane).now_or_never();
        assert!(told.is_some_and(|told| told.is_err_and(|said| said.contains("the line is too long"))));
        assert_eq!(asked(&lane).await, Ok(()));
        drop(short);
        assert_eq!(requested(&lane).await, Ok(()));
        std::fs::remove_file(file).unwrap();
    }

    #[tokio::test]
    async fn after_a_wait_in_vain_nobody_waits_for_a_connection_for_a_while() {
        let nowhere = DatabaseUrl::Sqlite("/nowhere/at/all/shop.db".into());
        let lane = Lane::new(&nowhere, 1, &Arc::default());
        let first = asked(&lane).await.unwrap_err();
        assert!(!first.contains("a moment ago"), "{first}");
        let told = asked(&lane).now_or_never();
        assert!(told.is_some_and(|told| told.is_err_and(|said| said.contains("a moment ago"))));
    }

    #[tokio::test]
    async fn nobody_is_turned_away_after_a_rest_nor_while_there_is_a_connection() {
        let (lane, file) = lane();
        let fail = |ago| *lane.failed() = Instant::now().checked_sub(ago);
        fail(Duration::ZERO);
        assert!(asked(&lane).await.is_err_and(|said| said.contains("a moment ago")));
        fail(REST);
        assert_eq!(asked(&lane).await, Ok(()));
        assert_eq!(*lane.failed(), None, "somebody has got a connection");
        fail(Duration::ZERO);
        assert_eq!(asked(&lane).await, Ok(()));
        std::fs::remove_file(file).unwrap();
    }

    /// What takes longer than this takes for ever.
    async fn soon<T>(work: impl Future<Output = T>) -> T {
        tokio::time::timeout(2 * WORK_WAIT, work).await.expect("it takes for ever")
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let (lane, file) = lane();
        let begun = Instant::now();
        // For a turn.
        let held = lane.permits.clone().acquire_owned().await.unwrap();
        let told = soon(requested(&lane)).await.unwrap_err();
        assert!(told.contains("all connections are in use") && begun.elapsed() >= CONNECTION_WAIT, "{told}");
        drop(held);
        // For work that does not end, as on a server that hangs. Its connection stays with it; a job waits.
        let (other, other_file) = self::lane();
        let (ends, end) = std::sync::mpsc::channel::<()>();
        let (job_ends, job_end) = std::sync::mpsc::channel::<()>();
        let hang = |end: std::sync::mpsc::Receiver<()>| {
            move |_: &mut DbConnection| {
                // Fails when nobody is there any more to say so.
                let _ = end.recv();
                Ok::<_, DbError>(())
            }
        };
        let mut job = std::pin::pin!(other.run("read", "test", hang(job_end)));
        let hung = lane.run("read", "test", hang(end));
        let told = tokio::select! {
            biased;
            ended = &mut job => panic!("{ended:?}"),
            told = soon(request_id::scope(request_id::given_or_new(&Default::default()), hung)) => told,
        };
        let told = told.unwrap_err().to_string();
        assert!(told.contains("it does not answer"), "{told}");
        assert_eq!((lane.permits.available_permits(), lane.places.available_permits()), (0, LINE));
        drop((ends, job_ends));
        job.await.unwrap();
        assert_eq!(asked(&lane).await, Ok(()));
        assert!(lane.pace.wait(1, 1) >= Duration::from_secs(1), "what takes long makes a line long");
        [file, other_file].iter().for_each(|file| std::fs::remove_file(file).unwrap());
    }

    #[test]
    fn a_line_is_as_long_as_its_work_takes() {
        let pace = Pace::default();
        assert_eq!(pace.wait(500, 1), Duration::ZERO);
        (0..100).for_each(|_| pace.count(Duration::from_millis(10)));
        let wait = pace.wait(500, 5);
        assert!(wait > Duration::from_millis(900) && wait <= Duration::from_secs(1), "{wait:?}");
        // Somebody held a lock, and it is over: a few pieces of work later the line is short again.
        pace.count(Duration::from_secs(5));
        assert!(pace.wait(100, 1) > CONNECTION_WAIT);
        (0..60).for_each(|_| pace.count(Duration::from_millis(5)));
        assert!(pace.wait(100, 1) < CONNECTION_WAIT);
    }
}
