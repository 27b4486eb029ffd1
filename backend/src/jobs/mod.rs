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
    telemetry::{counts::JobName, traces},
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

/// What a job has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// So much.
    pub done: usize,
    /// So much was found and could not be done yet.
    pub left: usize,
}

impl Round {
    /// One more was found.
    pub fn count(&mut self, is_done: bool) {
        if is_done {
            self.done += 1;
        } else {
            self.left += 1;
        }
    }
}

async fn round(state: &State) {
    run(state, JobName::Refunds, "refunds settled", recovery::settle_due_refunds(state)).await;
    // Before orders expire: a payment whose outcome got lost may have been made in time.
    run(state, JobName::Payments, "payments looked up", recovery::look_up_overdue(state)).await;
    run(state, JobName::Endless, "orders given an end", expiry::end_the_endless(state)).await;
    run(state, JobName::Orders, "orders expired", expiry::cancel_expired(state)).await;
    run(state, JobName::OldRows, "old rows forgotten", forget(state)).await;
}

/// Nobody wants to know how many.
async fn forget(state: &State) -> Result<Round, AppError> {
    let forget = |connection: &mut DbConnection| {
        idempotency::sweep(connection, now())?;
        catalog_changes::sweep(connection, now()).map_err(AppError::from)
    };
    state.db.write(forget).await.map(|_| Round::default())
}

/// Runs a job, which is a trace of its own, counts it, and says in the log what it did.
async fn run(
    state: &State,
    name: JobName,
    what: &'static str,
    job: impl Future<Output = Result<Round, AppError>>,
) {
    let mut span = state.traces.job(name.as_str());
    let outcome = traces::within(span.parent(), job).await;
    state.counts.job(name).ran(outcome.as_ref().map(|round| round.left).ok());
    match outcome {
        Ok(Round { done: 0, .. }) => {}
        Ok(Round { done, .. }) => tracing::info!(count = done, "{what}"),
        Err(error) => {
            span.fail("not all done");
            tracing::warn!(%error, "not all done: {what}; trying again later");
        }
    }
}
