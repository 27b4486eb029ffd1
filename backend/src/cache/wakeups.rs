//! Word of changes between replicas through Redis. It only makes them look sooner: whoever misses it looks soon enough
//! anyway, so nothing here is an error to anybody else.

use std::time::Duration;

use deadpool_redis::redis::{Client, RedisError, RedisResult, aio::MultiplexedConnection, cmd};
use futures_util::{StreamExt, future::join};
use tokio::{
    sync::{Notify, watch},
    time::{sleep, timeout},
};

use super::redis::PATIENCE;

/// Where replicas listen.
const CHANNEL: &str = "alder:catalog-changed";
/// Time between two attempts to connect.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells the other replicas whenever `written` changes, and wakes `woken` whenever one of them, or this one, has told.
/// Connects again by itself for as long as it takes.
pub async fn run(url: &str, written: watch::Receiver<u64>, woken: &Notify) {
    match Client::open(url) {
        Ok(client) => drop(join(listen(&client, woken), tell(&client, written)).await),
        Err(error) => {
            tracing::warn!(%error, "replicas can't tell each other of changes");
            std::future::pending().await
        }
    }
}

async fn listen(client: &Client, woken: &Notify) {
    loop {
        match listen_once(client, woken).await {
            Ok(()) => tracing::debug!("Redis has closed the connection that listens for changes"),
            Err(error) => tracing::debug!(%error, "can't listen for changes through Redis"),
        }
        sleep(PAUSE).await;
    }
}

/// Until the connection ends.
async fn listen_once(client: &Client, woken: &Notify) -> RedisResult<()> {
    let mut connection = timeout(PATIENCE * 4, client.get_async_pubsub()).await.map_err(too_slow)??;
    timeout(PATIENCE * 4, connection.subscribe(CHANNEL)).await.map_err(too_slow)??;
    // Somebody may have told while nobody listened.
    woken.notify_one();
    let mut messages = connection.on_message();
    while messages.next().await.is_some() {
        woken.notify_one();
    }
    Ok(())
}

async fn tell(client: &Client, mut written: watch::Receiver<u64>) {
    let mut connection = None;
    while written.changed().await.is_ok() {
        if let Err(error) = tell_once(client, &mut connection).await {
            tracing::debug!(%error, "can't tell of changes through Redis");
            connection = None;
            sleep(PAUSE).await;
        }
    }
}

async fn tell_once(client: &Client, connection: &mut Option<MultiplexedConnection>) -> RedisResult<()> {
    let open = match connection.take() {
        Some(open) => open,
        None => {
            timeout(PATIENCE * 4, client.get_multiplexed_async_connection()).await.map_err(too_slow)??
        }
    };
    let connection = connection.insert(open);
    let mut publish = cmd("PUBLISH");
    publish.arg(CHANNEL).arg("");
    timeout(PATIENCE, publish.query_async::<()>(connection)).await.map_err(too_slow)?
}

fn too_slow(_: tokio::time::error::Elapsed) -> RedisError {
    RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut))
}
