//! Orders, payments and the work that happens by itself.

use std::time::Duration;

use super::{AppEnv, Source};

/// Signs events on developers' machines, where nobody pays. Production refuses it.
pub(super) const DEVELOPMENT_WEBHOOK_SECRET: &str = "alder-development-webhook-secret-never-in-production";

/// Orders, payments and the work that happens by itself.
#[derive(Clone)]
pub struct OrdersConfig {
    /// `ORDER_HOLD_MINUTES`: how long an order that is not paid holds its stock, 1 to 10080 (a week); 30.
    pub hold: Duration,
    /// `PAYMENT_WEBHOOK_SECRET`: signs the payment provider's events; at least 32 bytes, required in production.
    pub webhook_secret: String,
    /// `JOB_INTERVAL_SECONDS`: time between two rounds of refunds, look-ups of payments and expiry of orders, 1 to 3600;
    /// 15.
    pub job_interval: Duration,
}

impl OrdersConfig {
    pub(super) fn read(source: &mut Source, app_env: AppEnv) -> Self {
        Self {
            hold: Duration::from_secs(source.number("ORDER_HOLD_MINUTES", 30, 1..=10_080) * 60),
            webhook_secret: source.secret("PAYMENT_WEBHOOK_SECRET", DEVELOPMENT_WEBHOOK_SECRET, app_env),
            job_interval: Duration::from_secs(source.number("JOB_INTERVAL_SECONDS", 15, 1..=3_600)),
        }
    }

    /// Says where the secret comes from, without showing it.
    pub fn secret_origin(&self) -> &'static str {
        if self.webhook_secret == DEVELOPMENT_WEBHOOK_SECRET { "(development default)" } else { "(set)" }
    }
}
