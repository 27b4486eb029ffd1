//! Redis, shared by several replicas. Every call is bounded in time, and no request depends on it.
//!
//! After a failure nobody asks for a moment, and then one caller tries: a server that is out of reach costs one caller a
//! second the time-out, not every one.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use deadpool_redis::{
    Config, Connection, Pool, PoolConfig, Runtime, Timeouts,
    redis::{self, RedisResult, aio::MultiplexedConnection},
};

use crate::telemetry::{counts::Count, traces};

/// Longest wait for a connection or an answer.
pub(super) const PATIENCE: Duration = Duration::from_millis(250);
/// How long nobody asks after a failure.
const REST_MILLISECONDS: u64 = 1_000;
/// Most connections that are being opened at once; one is enough for all questions.
const CONNECTIONS: usize = 16;

/// Counts a key in a window that begins with its first time, in one step, so that no two callers get the same number. A
/// key without an end, which only a hand at the console can leave, gets one.
const COUNT: &str = "
    local times = redis.call('INCR', KEYS[1])
    local left = redis.call('PTTL', KEYS[1])
    if left < 0 then
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        left = tonumber(ARGV[1])
    end
    return {times, left}";

/// A connection to one Redis server, made when first used, and again after a failure.
#[derive(Clone)]
pub struct Redis {
    pool: Pool,
    open: Arc<Mutex<Option<MultiplexedConnection>>>,
    rest: Arc<Rest>,
    failures: Arc<Count>,
}

impl Redis {
    /// Prepares a pool for a `redis://` or `rediss://` address.
    pub fn new(url: &str) -> Result<Self, String> {
        let timeouts = Timeouts { wait: Some(PATIENCE), create: Some(PATIENCE), recycle: Some(PATIENCE) };
        let mut config = Config::from_url(url);
        config.pool = Some(PoolConfig { max_size: CONNECTIONS, timeouts, ..PoolConfig::default() });
        let pool = config.create_pool(Some(Runtime::Tokio1)).map_err(|error| error.to_string())?;
        Ok(Self { pool, open: Arc::default(), rest: Arc::default(), failures: Arc::default() })
    }

    /// Whether the server answers right now; the error is for the log.
    pub async fn ping(&self) -> Result<(), String> {
        self.ask("PING", async |connection| redis::cmd("PING").query_async::<()>(connection).await).await
    }

    /// What the server says of its memory, a line each.
    pub async fn memory(&self) -> Result<String, String> {
        self.ask("INFO", async |connection| redis::cmd("INFO").arg("memory").query_async(connection).await)
            .await
    }

    /// Counts a key in a window of so many milliseconds: how often it has come, and how many milliseconds are left.
    pub async fn count(&self, key: &str, window: u64) -> Result<(u32, u64), String> {
        self.ask_unless_resting("EVAL", async |connection| {
            let mut count = redis::cmd("EVAL");
            count.arg(COUNT).arg(1).arg(key).arg(window).query_async::<(u32, u64)>(connection).await
        })
        .await
    }

    /// What is kept under a name, if anything.
    pub async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        let get = async |connection: &mut MultiplexedConnection| {
            redis::cmd("GET").arg(name).query_async(connection).await
        };
        self.ask_unless_resting("GET", get).await
    }

    /// Keeps something under a name for so many seconds.
    pub async fn set(&self, name: &str, value: Vec<u8>, seconds: u64) -> Result<(), String> {
        let set = async |connection: &mut MultiplexedConnection| {
            redis::cmd("SET").arg(name).arg(value).arg("EX").arg(seconds).query_async(connection).await
        };
        self.ask_unless_resting("SET", set).await
    }

    /// Whether nobody asks, since the server failed a moment ago.
    pub fn is_resting(&self) -> bool {
        self.rest.until.load(Ordering::Relaxed) != 0
    }

    /// How often it did not answer.
    pub fn failures(&self) -> u64 {
        self.failures.get()
    }

    /// Asks, unless the server failed a moment ago.
    async fn ask_unless_resting<T>(
        &self,
        command: &'static str,
        question: impl AsyncFnOnce(&mut MultiplexedConnection) -> RedisResult<T>,
    ) -> Result<T, String> {
        if !self.rest.lets_ask() {
            return Err("Redis failed a moment ago".to_owned());
        }
        self.ask(command, question).await
    }

    async fn ask<T>(
        &self,
        command: &'static str,
        question: impl AsyncFnOnce(&mut MultiplexedConnection) -> RedisResult<T>,
    ) -> Result<T, String> {
        let mut call = traces::call(command);
        call.set("db.system.name", || "redis");
        let asking = async {
            let mut connection = self.connection().await?;
            question(&mut connection).await.map_err(|error| error.to_string())
        };
        let answer = tokio::time::timeout(PATIENCE, asking)
            .await
            .unwrap_or_else(|_| Err("no answer in time".to_owned()));
        match &answer {
            Ok(_) => self.rest.end(),
            Err(error) => {
                // Whatever is wrong with it, a new one is not.
                drop(self.lock().take());
                self.failures.add();
                call.fail("no answer");
                self.rest.begin(error);
            }
        }
        answer
    }

    /// The connection that everybody shares. It is not tried before each use, which would double the time of every question:
    /// a question that fails, or is not answered in time, ends it.
    async fn connection(&self) -> Result<MultiplexedConnection, String> {
        let open = self.lock().clone();
        if let Some(open) = open {
            return Ok(open);
        }
        let fresh = self.pool.get().await.map_err(|error| error.to_string())?;
        Ok(self.lock().insert(Connection::take(fresh)).clone())
    }

    fn lock(&self) -> MutexGuard<'_, Option<MultiplexedConnection>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The moment until which nobody asks, in milliseconds since this was made.
struct Rest {
    made: Instant,
    until: AtomicU64,
}

impl Default for Rest {
    fn default() -> Self {
        Self { made: Instant::now(), until: AtomicU64::new(0) }
    }
}

impl Rest {
    fn now(&self) -> u64 {
        u64::try_from(self.made.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether to ask. After the rest one caller tries; the others wait for what it finds.
    fn lets_ask(&self) -> bool {
        let (until, now) = (self.until.load(Ordering::Relaxed), self.now());
        let prolong = || {
            let next = now.saturating_add(REST_MILLISECONDS);
            self.until.compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        };
        until == 0 || (until <= now && prolong())
    }

    fn begin(&self, error: &str) {
        let until = self.now().saturating_add(REST_MILLISECONDS);
        if self.until.swap(until, Ordering::Relaxed) == 0 {
            tracing::warn!(event = "redis_lost", error, "Redis does not answer; going on without it");
        }
    }

    fn end(&self) {
        if self.until.swap(0, Ordering::Relaxed) != 0 {
            tracing::info!(event = "redis_back", "Redis answers again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_failure_nobody_asks_and_after_the_rest_one_does() {
        let rest = Rest::default();
        assert!(rest.lets_ask() && rest.lets_ask());
        rest.begin("gone");
        assert!(!rest.lets_ask());
        std::thread::sleep(Duration::from_millis(REST_MILLISECONDS + 5));
        assert_eq!([rest.lets_ask(), rest.lets_ask()], [true, false]);
        rest.end();
        assert!(rest.lets_ask() && rest.lets_ask());
    }
}
