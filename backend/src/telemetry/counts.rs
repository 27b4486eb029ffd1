//! What happens in the shop, counted.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use shared_types::payments::PaymentStatus;

/// How often something happened.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Once more.
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How often so far.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What happens in the shop, since this process started.
#[derive(Debug)]
pub struct Counts {
    /// When it started.
    pub started: SystemTime,
    /// Orders that were placed; an answer that is given again is none.
    pub orders_placed: Count,
    payments: [Count; PaymentStatus::ALL.len()],
    jobs: [Job; JobName::ALL.len()],
}

impl Default for Counts {
    fn default() -> Self {
        let (payments, jobs) = Default::default();
        Self { started: SystemTime::now(), orders_placed: Count::default(), payments, jobs }
    }
}

impl Counts {
    /// A payment has got this status, and the transaction is committed.
    pub fn payment_moved(&self, to: PaymentStatus) {
        let all = PaymentStatus::ALL.iter().zip(&self.payments);
        all.filter(|(status, _)| **status == to).for_each(|(_, count)| count.add());
    }

    /// How many payments have got each status.
    pub fn payments(&self) -> impl Iterator<Item = (PaymentStatus, u64)> {
        PaymentStatus::ALL.iter().zip(&self.payments).map(|(status, count)| (*status, count.get()))
    }

    /// What is known of a job.
    pub fn job(&self, name: JobName) -> &Job {
        let [refunds, payments, endless, orders, old_rows] = &self.jobs;
        match name {
            JobName::Refunds => refunds,
            JobName::Payments => payments,
            JobName::Endless => endless,
            JobName::Orders => orders,
            JobName::OldRows => old_rows,
        }
    }
}

/// Work that happens by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobName {
    /// Refunds that are due are made.
    Refunds,
    /// Payments without an outcome are looked up.
    Payments,
    /// Orders from before there was an end are given one.
    Endless,
    /// Orders that nobody paid are cancelled.
    Orders,
    /// Old rows are forgotten.
    OldRows,
}

impl JobName {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Refunds, Self::Payments, Self::Endless, Self::Orders, Self::OldRows];

    /// As it is called in metrics and traces.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refunds => "refunds",
            Self::Payments => "payments",
            Self::Endless => "endless_orders",
            Self::Orders => "orders",
            Self::OldRows => "old_rows",
        }
    }
}

/// How a job does.
#[derive(Debug, Default)]
pub struct Job {
    /// Times it ran to its end, well or not.
    pub runs: Count,
    /// Times it failed.
    pub failures: Count,
    /// Seconds since 1970; 0 for never.
    last_success: AtomicU64,
    /// What it found and had to leave.
    left: AtomicU64,
}

impl Job {
    /// It ran; `left` is what it found and had to leave, or `None` when it failed.
    pub fn ran(&self, left: Option<usize>) {
        self.runs.add();
        let Some(left) = left else { return self.failures.add() };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.last_success.store(now.as_secs(), Ordering::Relaxed);
        self.left.store(u64::try_from(left).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// When it last did well, since 1970.
    pub fn last_success(&self) -> Duration {
        Duration::from_secs(self.last_success.load(Ordering::Relaxed))
    }

    /// What it found and had to leave, when it last did well.
    pub fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_counts_for_the_status_that_it_gets() {
        let counts = Counts::default();
        counts.payment_moved(PaymentStatus::Declined);
        counts.payment_moved(PaymentStatus::Declined);
        counts.payment_moved(PaymentStatus::Succeeded);
        let found: Vec<_> = counts.payments().filter(|(_, count)| *count > 0).collect();
        assert!(found.contains(&(PaymentStatus::Declined, 2)) && found.len() == 2, "{found:?}");
    }

    #[test]
    fn a_failure_leaves_the_last_success_as_it_was() {
        let counts = Counts::default();
        let job = counts.job(JobName::Orders);
        job.ran(None);
        assert_eq!((job.runs.get(), job.failures.get(), job.last_success()), (1, 1, Duration::ZERO));
        job.ran(Some(3));
        let success = job.last_success();
        job.ran(None);
        assert!(success > Duration::ZERO && job.last_success() == success);
        assert_eq!((job.runs.get(), job.failures.get(), job.left()), (3, 2, 3));
        assert_eq!(counts.job(JobName::Refunds).runs.get(), 0);
    }
}
