//! Sends endpoints: adds the access token, renews it once when it has expired, and remembers public answers.

use std::{collections::HashMap, sync::Arc};

use futures::{
    FutureExt,
    future::{LocalBoxFuture, Shared},
};
use leptos::prelude::*;
use shared_types::ErrorCode;
use web_sys::AbortController;

use super::{
    ApiError, Endpoint, auth, early,
    endpoint::Request,
    tabs::{Tabs, Turn},
    transport::exchange,
};
use crate::logic::tabs::Notice;

/// A renewal that any number of requests wait for.
type Renewal = Shared<LocalBoxFuture<'static, Result<(), ApiError>>>;

/// Most answers kept in memory.
const REMEMBERED_MAX: usize = 60;

/// The API client. A handle: copies share token and memory.
#[derive(Clone, Copy)]
pub struct Api {
    /// Lives in memory only: a script that could read storage could steal it.
    token: StoredValue<Option<String>>,
    renewal: StoredValue<Option<Renewal>, LocalStorage>,
    tabs: Tabs,
    remembered: StoredValue<HashMap<String, Arc<str>>>,
    /// Counts the times that a session turned out to have ended.
    lost_sessions: RwSignal<u32>,
}

/// Makes the client available below.
pub fn provide_api() -> Api {
    let api = Api {
        token: StoredValue::new(None),
        renewal: StoredValue::new_local(None),
        tabs: Tabs::open(),
        remembered: StoredValue::new(HashMap::new()),
        lost_sessions: RwSignal::new(0),
    };
    for (address, text) in early::answered() {
        api.remember(address, text.into());
    }
    provide_context(api);
    api
}

/// The client. Call it while a component is set up, not after an `await`.
pub fn use_api() -> Api {
    expect_context()
}

impl Api {
    /// Takes over the access token of a fresh sign-in, or forgets it.
    pub fn set_token(self, token: Option<String>) {
        self.token.set_value(token);
    }

    /// The other tabs of this browser.
    pub fn tabs(self) -> Tabs {
        self.tabs
    }

    /// Forgets every remembered answer.
    pub fn forget(self) {
        self.remembered.update_value(HashMap::clear);
    }

    /// Changes whenever a session turned out to have ended; to be watched.
    pub fn lost_sessions(self) -> Signal<u32> {
        self.lost_sessions.into()
    }

    /// Sends a request and reads its answer.
    pub async fn send<T>(self, endpoint: &Endpoint<T>) -> Result<T, ApiError> {
        let text = self.text(&endpoint.request, None).await?;
        (endpoint.decode)(&text).map_err(|_| ApiError::Server { request_id: None })
    }

    /// Sends a request that `controller` can abort; answers the text. Answers to `GET` are remembered.
    pub async fn text(
        self,
        request: &Request,
        controller: Option<AbortController>,
    ) -> Result<Arc<str>, ApiError> {
        let text: Arc<str> = self.exchange(request, controller).await?.into();
        if request.method == "GET" {
            self.remember(request.address(), Arc::clone(&text));
        }
        Ok(text)
    }

    /// The last answer at an address, if it is still known.
    pub fn remembered(self, address: &str) -> Option<Arc<str>> {
        self.remembered.with_value(|answers| answers.get(address).cloned())
    }

    /// Fetches a `GET` ahead of time, unless it is remembered.
    pub fn prefetch(self, request: Request) {
        if self.remembered(&request.address()).is_none() {
            leptos::task::spawn_local(async move {
                // A failed guess costs nothing: the page itself asks again and reports.
                let _ = self.text(&request, None).await;
            });
        }
    }

    fn remember(self, address: String, text: Arc<str>) {
        self.remembered.update_value(|answers| {
            if answers.len() >= REMEMBERED_MAX {
                answers.clear();
            }
            answers.insert(address, text);
        });
    }

    async fn exchange(
        self,
        request: &Request,
        controller: Option<AbortController>,
    ) -> Result<String, ApiError> {
        if !request.private {
            let early = if request.method == "GET" { early::take(&request.address()).await } else { None };
            return match early {
                Some(text) => Ok(text),
                None => exchange(request, None, controller).await,
            };
        }
        if self.token.with_value(Option::is_none) {
            self.renew().await?;
        }
        let first = exchange(request, self.token.get_value().as_deref(), controller.clone()).await;
        match first {
            Err(error) if error.code() == Some(ErrorCode::Unauthorized) => {
                self.renew().await?;
                exchange(request, self.token.get_value().as_deref(), controller).await
            }
            answer => answer,
        }
    }

    /// Trades the refresh cookie for a fresh access token. Requests that need one at the same time share one exchange: the
    /// cookie changes at every use.
    pub async fn renew(self) -> Result<(), ApiError> {
        let running = self.renewal.with_value(Clone::clone);
        let renewal = running.unwrap_or_else(|| {
            let renewal = self.exchange_cookie().boxed_local().shared();
            self.renewal.set_value(Some(renewal.clone()));
            renewal
        });
        renewal.await
    }

    async fn exchange_cookie(self) -> Result<(), ApiError> {
        let known = self.token.get_value();
        let turn = Turn::to_renew().await;
        let is_renewed = self.token.with_value(|token| token.is_some() && *token != known);
        let outcome = if is_renewed { Ok(()) } else { self.use_cookie(turn).await };
        self.renewal.set_value(None);
        if matches!(outcome, Err(ApiError::Refused { .. })) {
            self.token.set_value(None);
            self.lost_sessions.update(|count| *count += 1);
        }
        outcome
    }

    async fn use_cookie(self, turn: Turn) -> Result<(), ApiError> {
        turn.begin().await;
        let endpoint = auth::refresh();
        let answer = exchange(&endpoint.request, None, None).await;
        let refreshed = answer
            .and_then(|text| (endpoint.decode)(&text).map_err(|_| ApiError::Server { request_id: None }));
        if let Ok(refreshed) = &refreshed {
            self.token.set_value(Some(refreshed.token.clone()));
            // Before the turn ends, so that a tab that waits for it need not renew again.
            self.tabs.tell(&Notice::Renewed(refreshed.token.clone()));
        }
        turn.done();
        refreshed.map(drop)
    }
}
