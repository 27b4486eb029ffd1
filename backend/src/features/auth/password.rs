//! Hashing passwords, on a bounded number of threads so that a storm of logins leaves the rest of the shop its share.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, OnceLock, PoisonError, mpsc},
    thread,
    time::Duration,
};

use shared_types::auth::Password;
use tokio::sync::{Semaphore, oneshot};

use crate::{
    error::AppError,
    telemetry::{counts::Count, traces},
};

/// How long a request waits for its turn before it is answered with 503.
const PATIENCE: Duration = Duration::from_secs(10);

/// Most requests that wait for each thread: at bcrypt's default cost those that come later would not have their turn in
/// time, so they are told at once.
const LINE: usize = 32;

/// What the threads take less of the processor than those that serve requests, as nice(1) counts: with more to do than
/// there is time for, a tenth of a core is left for a password.
const NICE: i32 = 10;

/// What a thread does next.
type Job = Box<dyn FnOnce() + Send>;

/// The line in front of the threads that hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Passwords that are being hashed.
    pub working: u64,
    /// Passwords that wait for their turn.
    pub waiting: u64,
    /// Requests that were refused since the line was too long.
    pub refused: u64,
}

/// Hashes and checks passwords with bcrypt.
pub struct Passwords {
    cost: u32,
    /// Permits and places in all.
    most: (usize, usize),
    permits: Arc<Semaphore>,
    /// Places in line, those whose turn it is included.
    places: Arc<Semaphore>,
    refused: Arc<Count>,
    /// To the threads, which end when this is dropped.
    jobs: mpsc::Sender<Job>,
    /// Checked in place of the hash an unknown account does not have.
    dummy: Arc<OnceLock<String>>,
}

impl Passwords {
    /// `cost` is bcrypt's: each step doubles the work.
    pub fn new(cost: u32) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = cores.saturating_sub(1).max(1);
        let [permits, places] = [threads, threads * (LINE + 1)].map(|count| Arc::new(Semaphore::new(count)));
        let most = (threads, threads * (LINE + 1));
        let (jobs, waiting) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(waiting));
        (0..threads).for_each(|_| start_thread(waiting.clone()));
        Self { cost, most, permits, places, refused: Arc::default(), jobs, dummy: Arc::default() }
    }

    /// How long the line is.
    pub fn line(&self) -> Line {
        let (threads, places) = self.most;
        let count = |most: usize, semaphore: &Semaphore| most.saturating_sub(semaphore.available_permits());
        let working = count(threads, &self.permits);
        let waiting = count(places, &self.places).saturating_sub(working);
        let [working, waiting] = [working, waiting].map(|count| u64::try_from(count).unwrap_or(u64::MAX));
        Line { working, waiting, refused: self.refused.get() }
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
        let _step = traces::step("bcrypt");
        let busy = || {
            self.refused.add();
            AppError::busy()
        };
        let place = self.places.clone().try_acquire_owned().map_err(|_| busy())?;
        let turn = tokio::time::timeout(PATIENCE, self.permits.clone().acquire_owned());
        let permit = turn.await.map_err(|_| busy())?.map_err(internal)?;
        // The work holds the permit, not the request: when a client hangs up, its hash is still being computed.
        let (done, outcome) = oneshot::channel();
        let job = move || {
            let held = (permit, place);
            let outcome = work();
            drop(held);
            // A client that has hung up does not hear of it.
            drop(done.send(outcome));
        };
        self.jobs.send(Box::new(job)).map_err(internal)?;
        outcome.await.map_err(internal)?
    }
}

/// Starts a thread that does one job after the other. The threads for blocking work would do, too, but each time another one
/// of them, which begins on whatever core it was last on, beside whoever serves requests there.
fn start_thread(jobs: Arc<Mutex<mpsc::Receiver<Job>>>) {
    let work = move || {
        // Where this is not allowed, passwords and requests share the cores evenly.
        let _ = rustix::process::setpriority_process(None, NICE);
        loop {
            let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = next else { return };
            // Whoever waits for a job that panics finds its channel closed; the thread goes on.
            drop(catch_unwind(AssertUnwindSafe(job)));
        }
    };
    let started = thread::Builder::new().name("passwords".to_owned()).spawn(work);
    if let Err(error) = started {
        tracing::error!(%error, "a thread for passwords can't be started");
    }
}

fn internal(error: impl std::fmt::Display) -> AppError {
    AppError::Internal(format!("hashing a password: {error}"))
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError;
    use serde_json::json;

    use super::*;

    fn password() -> Password {
        Password::new_rule(&json!("correct horse")).unwrap()
    }

    #[tokio::test]
    async fn a_password_is_checked_against_its_hash_and_nobody_has_none() {
        let passwords = Passwords::new(4);
        let hash = passwords.hash(password()).await.unwrap();
        assert!(passwords.verify(password(), Some(hash)).await.unwrap());
        assert!(!passwords.verify(password(), None).await.unwrap());
    }

    #[tokio::test]
    async fn when_the_line_is_full_the_next_one_is_told_at_once_and_later_ones_are_served_again() {
        let passwords = Passwords::new(4);
        let all = passwords.places.available_permits();
        let line = passwords.places.acquire_many(u32::try_from(all).unwrap()).await.unwrap();
        let refused = passwords.hash(password()).await.unwrap_err();
        assert_eq!(refused.code(), shared_types::ErrorCode::Unavailable);
        assert!(refused.error_response().headers().contains_key("retry-after"));
        let waiting = u64::try_from(all).unwrap();
        assert_eq!(passwords.line(), Line { working: 0, waiting, refused: 1 });
        drop(line);
        assert!(passwords.hash(password()).await.is_ok());
        assert_eq!(passwords.places.available_permits(), all);
    }

    #[tokio::test]
    async fn clients_that_hang_up_do_not_make_room_for_more_work_at_once() {
        let passwords = Passwords::new(4);
        let all = passwords.permits.available_permits();
        let (finish, blocked) = mpsc::channel::<()>();
        let work = passwords.run(move || blocked.recv().map_err(internal));
        // The client hangs up while its hash is being computed.
        assert!(tokio::time::timeout(Duration::from_millis(50), work).await.is_err());
        assert_eq!(passwords.permits.available_permits(), all - 1);
        assert_eq!(passwords.line(), Line { working: 1, waiting: 0, refused: 0 });
        finish.send(()).unwrap();
        let given_back = passwords.permits.acquire_many(u32::try_from(all).unwrap());
        assert!(tokio::time::timeout(Duration::from_secs(10), given_back).await.is_ok());
    }

    #[tokio::test]
    async fn a_thread_gives_way_to_requests_and_outlives_a_job_that_panics() {
        let passwords = Passwords::new(4);
        assert!(passwords.run::<()>(|| panic!("on purpose")).await.is_err());
        assert_eq!(passwords.line(), Line { working: 0, waiting: 0, refused: 0 });
        let niceness =
            passwords.run(|| rustix::process::getpriority_process(None).map_err(internal)).await.unwrap();
        assert!(niceness >= NICE, "{niceness}");
    }
}
