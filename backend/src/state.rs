//! What every request may use, made once at start.

use crate::{
    cache::Redis,
    config::Config,
    db::Database,
    features::{
        auth::{password::Passwords, token::Tokens},
        payments::provider::Provider,
    },
};

/// Shared by all workers.
pub struct State {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Database,
    /// Redis, when configured.
    pub redis: Option<Redis>,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Signs and checks access tokens.
    pub tokens: Tokens,
    /// Charges cards.
    pub payments: Provider,
}

impl State {
    /// Prepares everything; nothing is connected yet.
    pub fn new(config: Config) -> Result<Self, String> {
        Ok(Self {
            redis: config.database.redis_url.as_deref().map(Redis::new).transpose()?,
            db: Database::new(config.database.url.clone(), config.database.pool_size),
            passwords: Passwords::new(config.accounts.bcrypt_cost),
            tokens: Tokens::new(&config.accounts),
            payments: Provider::default(),
            config,
        })
    }
}
