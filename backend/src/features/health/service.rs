//! Asking the dependencies.

use std::time::Duration;

use shared_types::system::{CacheMetrics, CheckStatus, Checks, Readiness, ReadyStatus};

use crate::{
    db::time::{now, to_wire},
    state::State,
};

/// A dependency that takes longer than this is down, as far as a probe is concerned.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks every dependency.
pub async fn readiness(state: &State) -> Readiness {
    let database = match tokio::time::timeout(PATIENCE, state.db.check()).await {
        Ok(Ok(())) => CheckStatus::Up,
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            CheckStatus::Down
        }
        Err(_) => {
            tracing::warn!("not ready: the database does not answer in time");
            CheckStatus::Down
        }
    };
    let redis = match &state.redis {
        Some(redis) => Some(redis.ping().await.map_or_else(
            |error| {
                tracing::warn!(error, "degraded: Redis does not answer");
                CheckStatus::Down
            },
            |()| CheckStatus::Up,
        )),
        None => None,
    };
    // Without a database there will be no index, and nobody has to wait for it.
    let is_built = match database {
        CheckStatus::Up => state.search.is_built_in_time().await,
        CheckStatus::Down => state.search.is_built(),
    };
    let search = if is_built { CheckStatus::Up } else { CheckStatus::Down };
    let status = match (database, search, redis) {
        (CheckStatus::Down, ..) => ReadyStatus::Unavailable,
        (_, CheckStatus::Down, _) | (.., Some(CheckStatus::Down)) => ReadyStatus::Degraded,
        _ => ReadyStatus::Ready,
    };
    Readiness { status, checks: Checks { database, search, redis }, timestamp: to_wire(now()) }
}

/// How many public reads were answered from memory.
pub fn cache_metrics(state: &State) -> CacheMetrics {
    let counts = state.reads.counts();
    CacheMetrics::of(counts.hits, counts.misses, to_wire(now()))
}
