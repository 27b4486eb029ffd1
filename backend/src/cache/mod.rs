//! Redis, shared by several replicas. Every call is bounded in time, and no request depends on it.

use std::time::Duration;

use deadpool_redis::{Config, Pool, PoolConfig, Runtime, Timeouts, redis};

/// Longest wait for a connection or an answer.
const PATIENCE: Duration = Duration::from_millis(250);
/// Most connections at once.
const CONNECTIONS: usize = 16;

/// A pool of connections to one Redis server; connects when first used.
#[derive(Clone)]
pub struct Redis {
    pool: Pool,
}

impl Redis {
    /// Prepares a pool for a `redis://` or `rediss://` address.
    pub fn new(url: &str) -> Result<Self, String> {
        let timeouts = Timeouts { wait: Some(PATIENCE), create: Some(PATIENCE), recycle: Some(PATIENCE) };
        let mut config = Config::from_url(url);
        config.pool = Some(PoolConfig { max_size: CONNECTIONS, timeouts, ..PoolConfig::default() });
        let pool = config.create_pool(Some(Runtime::Tokio1)).map_err(|error| error.to_string())?;
        Ok(Self { pool })
    }

    /// Whether the server answers; the error is for the log.
    pub async fn ping(&self) -> Result<(), String> {
        let asking = async {
            let mut connection = self.pool.get().await.map_err(|error| error.to_string())?;
            redis::cmd("PING").query_async::<()>(&mut connection).await.map_err(|error| error.to_string())
        };
        tokio::time::timeout(PATIENCE, asking).await.map_err(|_| "no answer in time".to_owned())?
    }
}
