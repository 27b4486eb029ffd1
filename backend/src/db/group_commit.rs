//! Group commit: transactions that wait for SQLite's one writer share its next commit.
//!
//! A commit waits for the disk, however much is in it. So whoever gets the writer's connection serves everybody in line:
//! one transaction around them, a savepoint for each, one commit, and only then the answers. One that fails is rolled back
//! to its savepoint, and the others don't notice; if the commit fails, nobody has been told that anything was stored.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use tokio::sync::oneshot;

use super::{
    DbConnection, DbError, QueryResult, begin, commit,
    lane::{CONNECTION_WAIT, Lane},
    roll_back,
    trail::{self, Trail},
};

/// Most transactions in one commit.
const MOST: usize = 64;
/// A commit waits for no further transaction once the first ones have taken so long.
const LONGEST: Duration = Duration::from_millis(5);

/// The line in front of the writer.
#[derive(Clone, Default)]
pub(super) struct Line {
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    /// In the order in which they came, each with a number of its own.
    jobs: VecDeque<(u64, Job)>,
    last: u64,
}

/// Somebody's place in the line, given up when dropped.
struct Place<'l> {
    line: &'l Line,
    number: u64,
}

/// Runs one transaction's work.
type Job = Box<dyn FnOnce(&mut DbConnection) -> Ran + Send>;
/// Tells whoever waits for the work how the commit ended.
type Tell = Box<dyn FnOnce(Result<(), &DbError>) + Send>;

enum Ran {
    /// Stored or rolled back, without a trace in the transactions around it.
    Finished(Tell),
    /// The engine has given up the transaction around it, as it does when the disk is full.
    Broken(Tell, DbError),
}

impl Line {
    /// Runs work in a transaction by whoever gets the writer next, which may be this task. `asker` is the function that asked,
    /// as traces name it.
    pub(super) async fn run<T, E, F>(
        &self,
        writer: &Lane,
        trail: &Arc<Trail>,
        asker: &'static str,
        work: F,
    ) -> Result<T, E>
    where
        F: FnOnce(&mut DbConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (job, mut answer) = job(work, Arc::clone(trail));
        let place = self.join(job);
        loop {
            let line = self.clone();
            let served: Result<(), DbError> = tokio::select! {
                biased;
                answer = &mut answer => return answer.unwrap_or_else(|_| Err(cut_short().into())),
                served = writer.run("write", asker, move |connection| line.serve(connection)) => served,
            };
            if let Err(error) = served {
                // If nobody has begun it, now nobody will. Otherwise what becomes of it is the truth, while there is time.
                if place.leave() {
                    return Err(error.into());
                }
                return match tokio::time::timeout(CONNECTION_WAIT, answer).await {
                    Ok(answer) => answer.unwrap_or_else(|_| Err(cut_short().into())),
                    Err(_) => Err(error.into()),
                };
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(&self, job: Job) -> Place<'_> {
        let mut waiting = self.lock();
        waiting.last += 1;
        let number = waiting.last;
        waiting.jobs.push_back((number, job));
        Place { line: self, number }
    }

    /// Serves those in line, if they have not been served yet.
    fn serve(&self, connection: &mut DbConnection) -> Result<(), DbError> {
        if self.lock().jobs.is_empty() {
            return Ok(());
        }
        begin(connection)?;
        let started = Instant::now();
        let (mut told, mut failed) = (Vec::new(), None);
        while told.len() < MOST && started.elapsed() < LONGEST && failed.is_none() {
            // The line stays open while the work runs.
            let Some((_, job)) = self.lock().jobs.pop_front() else { break };
            match job(connection) {
                Ran::Finished(tell) => told.push(tell),
                Ran::Broken(tell, error) => {
                    told.push(tell);
                    failed = Some(error);
                }
            }
        }
        let failed = match failed {
            Some(error) => {
                // The engine may have done it already.
                let _ = roll_back(connection);
                Some(error)
            }
            None => commit(connection).err().map(DbError::from),
        };
        for tell in told {
            tell(failed.as_ref().map_or(Ok(()), Err));
        }
        Ok(())
    }
}

impl Place<'_> {
    /// Gives the place up; `false` when the work has been begun.
    fn leave(&self) -> bool {
        let jobs = &mut self.line.lock().jobs;
        let place = jobs.binary_search_by_key(&self.number, |(number, _)| *number);
        place.ok().and_then(|place| jobs.remove(place)).is_some()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Makes a job of some work, and where its answer will be.
fn job<T, E, F>(work: F, trail: Arc<Trail>) -> (Job, oneshot::Receiver<Result<T, E>>)
where
    F: FnOnce(&mut DbConnection) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    let (sender, answer) = oneshot::channel();
    let span = tracing::Span::current();
    let job = Box::new(move |connection: &mut DbConnection| {
        let _span = span.entered();
        trail::forget();
        let (outcome, broken) = in_savepoint(connection, work);
        let is_recorded = trail::is_noted();
        let tell: Tell = Box::new(move |committed| {
            if is_recorded && outcome.is_ok() && committed.is_ok() {
                trail.committed();
            }
            // Who waited may have gone meanwhile; what is stored stays stored.
            let _ = sender.send(match committed {
                Ok(()) => outcome,
                Err(error) => Err(error.told_again().into()),
            });
        });
        match broken {
            None => Ran::Finished(tell),
            Some(error) => Ran::Broken(tell, error.into()),
        }
    });
    (job, answer)
}

/// Work's outcome, and an error if the savepoint's end failed: the transaction around it is lost then.
fn in_savepoint<T, E>(
    connection: &mut DbConnection,
    work: impl FnOnce(&mut DbConnection) -> Result<T, E>,
) -> (Result<T, E>, Option<diesel::result::Error>)
where
    E: From<DbError>,
{
    if let Err(error) = savepoint(connection) {
        return (Err(cut_short().into()), Some(error));
    }
    let outcome = work(connection);
    let ended = if outcome.is_ok() { commit(connection) } else { roll_back(connection) };
    (outcome, ended.err())
}

fn savepoint(connection: &mut DbConnection) -> QueryResult<()> {
    match connection {
        DbConnection::Postgres(connection) => AnsiTransactionManager::begin_transaction(connection),
        DbConnection::Sqlite(connection) => AnsiTransactionManager::begin_transaction(connection),
    }
}

/// The work, or what was beside it in its commit, panicked.
fn cut_short() -> DbError {
    DbError::CutShort("the transaction ended without an answer".to_owned())
}
