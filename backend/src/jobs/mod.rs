//! Work that happens by itself: settling refunds, looking payments up, cancelling orders that nobody paid, forgetting what
//! is old.

pub mod catalog_follower;

use std::sync::Arc;

use tokio::{sync::watch, task::JoinHandle, time};

use crate::{
    db::{DbConnection, catalog_changes, idempotency, time::now},
    error::AppError,
    features::{orders::service::expiry, payments::service::recovery},
    state::State,
};

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
            let mut clock = time::interval(state.config.orders.job_interval);
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
    report("refunds settled", recovery::settle_due_refunds(state).await);
    // Before orders expire: a payment whose outcome got lost may have been made in time.
    report("payments looked up", recovery::look_up_overdue(state).await);
    report("orders given an end", expiry::end_the_endless(state).await);
    report("orders expired", expiry::cancel_expired(state).await);
    let forget = |connection: &mut DbConnection| {
        idempotency::sweep(connection, now())?;
        catalog_changes::sweep(connection, now()).map_err(AppError::from)
    };
    if let Err(error) = state.db.write(forget).await {
        tracing::warn!(%error, "old rows could not be forgotten; trying again later");
    }
}

fn report(what: &'static str, outcome: Result<usize, AppError>) {
    match outcome {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "{what}"),
        Err(error) => tracing::warn!(%error, "not all done: {what}; trying again later"),
    }
}
