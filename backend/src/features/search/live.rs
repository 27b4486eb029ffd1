//! The index of this process, kept like the database.

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::sync::watch;

use super::{
    index::{Building, Index},
    repo,
};
use crate::{
    db::{
        Database, DbConnection, DbError, QueryResult,
        catalog_changes::{Change, Entity},
    },
    error::AppError,
    features::catalog,
    jobs::catalog_follower::Listener,
};

/// How long a request waits for the first index. The demo shop's is there in milliseconds.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// How long a request waits until this process's own changes are in the index.
const OWN_CHANGES_WAIT: Duration = Duration::from_millis(300);
/// Products read at once.
const BATCH: usize = 5_000;

/// The present index.
#[derive(Debug)]
pub struct Search {
    current: watch::Sender<Option<Arc<Index>>>,
}

impl Default for Search {
    fn default() -> Self {
        Self { current: watch::Sender::new(None) }
    }
}

impl Search {
    /// The index, with everything this process has changed before. Unavailable while the first one is being built.
    pub async fn index(&self, database: &Database) -> Result<Arc<Index>, AppError> {
        let mut current = self.current.subscribe();
        let first = current.wait_for(Option::is_some);
        if tokio::time::timeout(FIRST_WAIT, first).await.is_err() {
            return Err(DbError::Unavailable("the search index is being built".to_owned()).into());
        }
        database.trail().caught_up(OWN_CHANGES_WAIT).await;
        let index = current.borrow().clone();
        index.ok_or_else(|| AppError::Internal("the search index is gone".to_owned()))
    }

    /// Reads everything anew.
    async fn rebuild(&self, database: &Database) -> Result<(), AppError> {
        let categories = |connection: &mut DbConnection| catalog::repo::all_categories(connection);
        let mut building = Building::new(read(database, categories).await?);
        let mut last = String::new();
        let mut is_complete = false;
        while !is_complete {
            let add = move |connection: &mut DbConnection| {
                let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
                let documents = repo::documents_after(connection, &last, limit)?;
                documents.iter().for_each(|document| building.add(document));
                let is_complete = documents.len() < BATCH;
                let last = documents.into_iter().next_back().map_or(last, |document| document.id);
                Ok((building, last, is_complete))
            };
            (building, last, is_complete) = read(database, add).await?;
        }
        let finishing = tokio::task::spawn_blocking(move || building.finish()).await;
        self.publish(finishing.map_err(|panic| AppError::Internal(panic.to_string()))?);
        Ok(())
    }

    /// Reads what these changes name.
    async fn patch(&self, database: &Database, index: &Index, changes: &[Change]) -> Result<(), AppError> {
        let mut index = index.clone();
        let products: HashSet<&str> = named(changes, Entity::Product).collect();
        let ids: Vec<String> = products.into_iter().map(str::to_owned).collect();
        let mut is_other = named(changes, Entity::Category).next().is_some();
        for ids in ids.chunks(BATCH) {
            let ids = ids.to_vec();
            let patch = move |connection: &mut DbConnection| {
                let documents = repo::documents(connection, &ids)?;
                let is_new = documents.iter().any(|found| !index.categories().has_read(&found.category_id));
                index.patch(&ids, &documents);
                Ok((index, is_new))
            };
            let is_new;
            (index, is_new) = read(database, patch).await?;
            is_other |= is_new;
        }
        if is_other {
            let categories = |connection: &mut DbConnection| catalog::repo::all_categories(connection);
            index.set_categories(read(database, categories).await?);
        }
        self.publish(index);
        Ok(())
    }

    fn publish(&self, index: Index) {
        self.current.send_replace(Some(Arc::new(index)));
    }
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

impl Listener for Search {
    fn changed<'a>(
        &'a self,
        database: &'a Database,
        changes: &'a [Change],
    ) -> BoxFuture<'a, Result<(), AppError>> {
        async move {
            let present = self.current.borrow().clone();
            match present {
                Some(index) if named(changes, Entity::Everything).next().is_none() => {
                    self.patch(database, &index, changes).await
                }
                _ => self.rebuild(database).await,
            }
        }
        .boxed()
    }
}
