//! Work that happens by itself: settling refunds that could not be settled at once, forgetting what is too old to matter.

pub mod catalog_follower;

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinHandle, time};

use crate::{
    db::{DbConnection, catalog_changes, idempotency, time::now},
    error::AppError,
    features::payments,
    state::State,
};

/// Time between two rounds.
const INTERVAL: Duration = Duration::from_secs(60);

/// The running jobs.
pub struct Jobs {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Jobs {
    /// Starts them; the first round comes at once, for what an earlier process left.
    pub fn start(state: Arc<State>) -> Self {
        let (stop, mut stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            let mut clock = time::interval(INTERVAL);
            clock.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    _ = stopped.changed() => return,
                    _ = clock.tick() => round(&state).await,
                }
            }
        });
        Self { stop, task }
    }

    /// Lets the running round finish, then ends.
    pub async fn stop(self) {
        // Fails when the task has ended already, which is as good.
        let _ = self.stop.send(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the jobs ended badly");
        }
    }
}

async fn round(state: &State) {
    match payments::service::settle_due_refunds(state).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "settled refunds"),
        Err(error) => tracing::warn!(%error, "refunds could not be settled; trying again later"),
    }
    let forget = |connection: &mut DbConnection| {
        idempotency::sweep(connection, now())?;
        catalog_changes::sweep(connection, now()).map_err(AppError::from)
    };
    if let Err(error) = state.db.write(forget).await {
        tracing::warn!(%error, "old rows could not be forgotten; trying again later");
    }
}
