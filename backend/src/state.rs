//! What every request may use, made once at start.

use crate::{
    cache::{Reads, Redis},
    config::Config,
    db::Database,
    features::{
        auth::{password::Passwords, token::Tokens},
        payments::provider::Provider,
        search::live::Search,
        sitemap::service::Kept,
    },
    http::rate_limit::RateLimits,
    telemetry::{counts::Counts, traces::Traces, traffic::Traffic},
};

/// Shared by all workers.
pub struct State {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Database,
    /// Redis, when configured.
    pub redis: Option<Redis>,
    /// Counts requests.
    pub limits: RateLimits,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Signs and checks access tokens.
    pub tokens: Tokens,
    /// Charges cards.
    pub payments: Provider,
    /// Finds products and categories.
    pub search: Search,
    /// Answers to public reads.
    pub reads: Reads,
    /// The list of pages for search engines.
    pub sitemap: Kept,
    /// Requests, as they were served.
    pub traffic: Traffic,
    /// What happened in the shop.
    pub counts: Counts,
    /// Where the time went.
    pub traces: Traces,
}

impl State {
    /// Prepares everything; nothing is connected yet.
    pub fn new(config: Config) -> Result<Self, String> {
        let redis = config.database.redis_url.as_deref().map(Redis::new).transpose()?;
        Ok(Self {
            limits: RateLimits::new(config.limits.clone(), &config.accounts, redis.clone()),
            reads: Reads::new(config.cache.max_bytes, redis.clone()),
            redis,
            db: Database::new(config.database.url.clone(), config.database.pool_size),
            passwords: Passwords::new(config.accounts.bcrypt_cost),
            tokens: Tokens::new(&config.accounts),
            payments: Provider::default(),
            search: Search::default(),
            sitemap: Kept::default(),
            traffic: Traffic::default(),
            counts: Counts::default(),
            traces: Traces::new(config.telemetry.traces.as_ref())?,
            config,
        })
    }
}
