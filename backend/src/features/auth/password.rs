//! Hashing passwords, on a bounded number of threads so that a storm of logins leaves the rest of the shop its share.

use std::sync::{Arc, OnceLock};

use shared_types::auth::Password;
use tokio::sync::Semaphore;

use crate::error::AppError;

/// Hashes and checks passwords with bcrypt.
pub struct Passwords {
    cost: u32,
    permits: Semaphore,
    /// Checked in place of the hash an unknown account does not have.
    dummy: Arc<OnceLock<String>>,
}

impl Passwords {
    /// `cost` is bcrypt's: each step doubles the work.
    pub fn new(cost: u32) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { cost, permits: Semaphore::new(cores.saturating_sub(1).max(1)), dummy: Arc::default() }
    }

    /// Hashes a new password.
    pub async fn hash(&self, password: Password) -> Result<String, AppError> {
        let cost = self.cost;
        self.run(move || bcrypt::hash(password.expose(), cost).map_err(internal)).await
    }

    /// Whether the password is the account's. Without an account the same work is done, and the answer is no.
    pub async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, AppError> {
        let (cost, dummy) = (self.cost, self.dummy.clone());
        self.run(move || {
            if let Some(hash) = hash {
                return bcrypt::verify(password.expose(), &hash).map_err(internal);
            }
            let nobody = match dummy.get() {
                Some(hash) => hash,
                None => {
                    let hash = bcrypt::hash("nobody's password", cost).map_err(internal)?;
                    dummy.get_or_init(|| hash)
                }
            };
            bcrypt::verify(password.expose(), nobody).map(|_| false).map_err(internal)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let _permit = self.permits.acquire().await.map_err(internal)?;
        tokio::task::spawn_blocking(work).await.map_err(internal)?
    }
}

fn internal(error: impl std::fmt::Display) -> AppError {
    AppError::Internal(format!("hashing a password: {error}"))
}
