//! The index of this process, kept like the database.

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::{
    sync::{Semaphore, watch},
    time::Instant,
};

use super::{
    index::{Building, Index, segment::Document},
    repo,
};
use crate::{
    db::{
        Database, DbConnection, QueryResult,
        catalog_changes::{Change, Entity},
    },
    error::AppError,
    features::catalog,
    jobs::catalog_follower::{Listener, News, Reach},
};

/// How long after the start requests wait for the first index. The demo shop's is there in milliseconds.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Products read at once.
const BATCH: usize = 5_000;

/// How long a request waits for its turn to search.
const TURN_WAIT: Duration = Duration::from_secs(5);

/// The present index.
#[derive(Debug)]
pub struct Search {
    current: watch::Sender<Option<Arc<Index>>>,
    /// One for each core: more searches at once would only take turns there.
    turns: Arc<Semaphore>,
    /// Until when requests wait for the first index.
    patience: Instant,
}

impl Default for Search {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            current: watch::Sender::new(None),
            turns: Arc::new(Semaphore::new(cores)),
            patience: Instant::now() + FIRST_WAIT,
        }
    }
}

impl Search {
    /// The index, with everything this process has changed before; while the first one is being built, what `provisional`
    /// makes of the database.
    pub async fn index(
        &self,
        database: &Database,
        provisional: impl FnOnce(&mut DbConnection) -> QueryResult<Index> + Send + 'static,
    ) -> Result<Arc<Index>, AppError> {
        let index = if self.is_built_in_time().await {
            database.trail().caught_up().await;
            self.current.borrow().clone()
        } else {
            None
        };
        match index {
            Some(index) => Ok(index),
            None => Ok(Arc::new(read(database, provisional).await?)),
        }
    }

    /// The index, if it is there and has everything that this process has changed before, and what others had changed a
    /// moment ago.
    pub async fn present(&self, database: &Database) -> Option<Arc<Index>> {
        if !database.trail().caught_up().await {
            return None;
        }
        self.current.borrow().clone()
    }

    /// Products that can be found.
    pub fn products(&self) -> usize {
        self.current.borrow().as_ref().map_or(0, |index| index.count())
    }

    /// Whether the first index has been built; waits for it, as requests do, when the server has just started.
    pub async fn is_built_in_time(&self) -> bool {
        let mut current = self.current.subscribe();
        let first = current.wait_for(Option::is_some);
        tokio::time::timeout_at(self.patience, first).await.is_ok()
    }

    /// Whether the first index has been built.
    pub fn is_built(&self) -> bool {
        self.current.borrow().is_some()
    }

    /// Asks the index something. Searching takes time, so it happens where blocking is allowed, for a few at once, and
    /// keeps no connection to the database from others.
    pub async fn ask<T: Send + 'static>(
        &self,
        index: Arc<Index>,
        question: impl FnOnce(&Index) -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let turn = tokio::time::timeout(TURN_WAIT, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(AppError::busy()) };
        aside(move || {
            let _turn = turn;
            question(&index)
        })
        .await
    }

    /// Reads everything anew.
    async fn rebuild(&self, database: &Database) -> Result<(), AppError> {
        let categories = |connection: &mut DbConnection| catalog::repo::all_categories(connection);
        let mut building = Building::new(read(database, categories).await?);
        let mut documents = batch_after(database, String::new()).await?;
        // The next products are read while these are added.
        while let Some(last) = documents.last().map(|document| document.id.clone()) {
            let add = aside(move || {
                documents.iter().for_each(|document| building.add(document));
                building
            });
            let (next, added) = tokio::join!(batch_after(database, last), add);
            (documents, building) = (next?, added?);
        }
        self.publish(aside(move || building.finish()).await?);
        Ok(())
    }

    /// Reads what these changes name.
    async fn patch(&self, database: &Database, index: &Index, changes: &[Change]) -> Result<Reach, AppError> {
        let mut index = index.clone();
        let products: HashSet<&str> = named(changes, Entity::Product).collect();
        let ids: Vec<String> = products.into_iter().map(str::to_owned).collect();
        let mut is_other = named(changes, Entity::Category).next().is_some();
        let mut is_changed = is_other;
        for ids in ids.chunks(BATCH) {
            let wanted = ids.to_vec();
            let documents = read(database, move |connection| repo::documents(connection, &wanted)).await?;
            let ids = ids.to_vec();
            let outcome;
            (index, outcome) = aside(move || {
                let is_new = documents.iter().any(|found| !index.categories().has_read(&found.category_id));
                let is_changed = index.patch(&ids, &documents);
                (index, (is_new, is_changed))
            })
            .await?;
            is_other |= outcome.0;
            is_changed |= outcome.1;
        }
        if is_other {
            let categories = |connection: &mut DbConnection| catalog::repo::all_categories(connection);
            index.set_categories(read(database, categories).await?);
        }
        if is_changed || is_other {
            self.publish(index);
            return Ok(Reach::All);
        }
        Ok(Reach::Stock)
    }

    fn publish(&self, index: Index) {
        self.current.send_replace(Some(Arc::new(index)));
    }
}

async fn batch_after(database: &Database, id: String) -> Result<Vec<Document>, AppError> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    read(database, move |connection| repo::documents_after(connection, &id, limit)).await
}

async fn read<T: Send + 'static>(
    database: &Database,
    work: impl FnOnce(&mut DbConnection) -> QueryResult<T> + Send + 'static,
) -> Result<T, AppError> {
    database.read(|connection| work(connection).map_err(AppError::from)).await
}

fn named(changes: &[Change], entity: Entity) -> impl Iterator<Item = &str> {
    changes.iter().filter(move |change| change.entity == entity).map(|change| change.entity_id.as_str())
}

/// Runs something that takes a while where blocking is allowed.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    let task = tokio::task::spawn_blocking(work);
    task.await.map_err(|panic| AppError::Internal(panic.to_string()))
}

impl Listener for Search {
    fn changed<'a>(
        &'a self,
        database: &'a Database,
        news: News<'a>,
    ) -> BoxFuture<'a, Result<Reach, AppError>> {
        async move {
            let present = self.current.borrow().clone();
            match present {
                Some(index) if named(news.changes, Entity::Everything).next().is_none() => {
                    self.patch(database, &index, news.changes).await
                }
                _ => self.rebuild(database).await.map(|()| Reach::All),
            }
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_asks_at_the_start_waits_for_the_index_and_later_ones_do_not() {
        let search = Search::default();
        let mut early = Box::pin(search.is_built_in_time());
        assert_eq!((&mut early).now_or_never(), None);
        search.publish(Index::default());
        assert_eq!(early.now_or_never(), Some(true));

        let late = Search { patience: Instant::now(), ..Search::default() };
        assert!(!late.is_built_in_time().await);
        late.publish(Index::default());
        assert!(late.is_built_in_time().await);
    }
}
