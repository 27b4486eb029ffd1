//! The list of pages, kept for a while.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use super::{
    domain::{self, MOST, Page, document, is_host, pages},
    repo,
};
use crate::{error::AppError, state::State};

/// How old the list may be: crawlers come a few times a day, and the list may be long.
pub const KEPT: Duration = Duration::from_secs(10 * 60);

/// The list as it was last read. Whoever asks while it is being read waits for it.
#[derive(Default)]
pub struct Kept(Mutex<Option<(Instant, Arc<[Page]>)>>);

/// The list of pages, with addresses on the shop's origin.
pub async fn sitemap(state: &State, host: Option<&str>) -> Result<String, AppError> {
    let origin = origin(state, host)?;
    Ok(document(&origin, &list(state).await?))
}

/// What is not for search engines.
pub fn robots(state: &State, host: Option<&str>) -> Result<String, AppError> {
    Ok(domain::robots(&origin(state, host)?))
}

/// The configured origin, or else that of the host that was asked.
fn origin(state: &State, host: Option<&str>) -> Result<String, AppError> {
    match (&state.config.server.public_url, host.filter(|host| is_host(host))) {
        (Some(origin), _) => Ok(origin.clone()),
        (None, Some(host)) => {
            // Cookies that travel over TLS only say how this shop is reached.
            let scheme = if state.config.accounts.secure_cookies { "https" } else { "http" };
            Ok(format!("{scheme}://{host}"))
        }
        (None, None) => Err(AppError::bad_request("The request names no host")),
    }
}

async fn list(state: &State) -> Result<Arc<[Page]>, AppError> {
    let mut kept = state.sitemap.0.lock().await;
    if let Some((_, pages)) = kept.as_ref().filter(|(read_at, _)| read_at.elapsed() < KEPT) {
        return Ok(Arc::clone(pages));
    }
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let read: Arc<[Page]> = state
        .db
        .read(move |connection| {
            Ok::<_, AppError>(pages(repo::categories(connection, most)?, repo::products(connection, most)?))
        })
        .await?
        .into();
    *kept = Some((Instant::now(), Arc::clone(&read)));
    Ok(read)
}
