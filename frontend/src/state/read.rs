//! Reading from the API: what is remembered shows at once and is refreshed behind.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::AbortController;

use super::{
    online::use_online,
    reactive::{effect, memo},
};
use crate::api::{Api, ApiError, Endpoint, Request, use_api};

/// Where a read stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading<T> {
    /// Nothing to show yet.
    Loading,
    /// The answer, or what is remembered of it.
    Ready(T),
    /// It failed.
    Failed(ApiError),
}

/// An endpoint that is being read. A handle.
pub struct Read<T: Send + Sync + 'static> {
    reading: Memo<Reading<T>>,
    source: Source,
}

impl<T: Send + Sync + 'static> Clone for Read<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Read<T> {}

/// Reads the endpoint that `ask` names, again whenever the signals it uses change.
pub fn use_read<T: Clone + PartialEq + Send + Sync + 'static>(
    ask: impl Fn() -> Endpoint<T> + Copy + 'static,
) -> Read<T> {
    read(ask, false)
}

/// The same, but while another answer is on its way the previous one stays in sight: right for lists that are being
/// filtered, wrong for pages about another thing.
pub fn use_list<T: Clone + PartialEq + Send + Sync + 'static>(
    ask: impl Fn() -> Endpoint<T> + Copy + 'static,
) -> Read<T> {
    read(ask, true)
}

fn read<T: Clone + PartialEq + Send + Sync + 'static>(
    ask: impl Fn() -> Endpoint<T> + Copy + 'static,
    keeps_previous: bool,
) -> Read<T> {
    let decode = untrack(ask).decode;
    let source = Source::new(Box::new(move || ask().request));
    let reading = memo(move || match source.answer(keeps_previous) {
        None => Reading::Loading,
        Some(Err(error)) => Reading::Failed(error),
        Some(Ok(text)) => match decode(&text) {
            Ok(value) => Reading::Ready(value),
            Err(_) => Reading::Failed(ApiError::Server { request_id: None }),
        },
    });
    Read { reading, source }
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Read<T> {
    /// Where the read stands. Reactive; unchanged answers change nothing.
    pub fn get(self) -> Reading<T> {
        self.reading.get()
    }

    /// The value if there is one. Reactive.
    pub fn value(self) -> Option<T> {
        match self.get() {
            Reading::Ready(value) => Some(value),
            Reading::Loading | Reading::Failed(_) => None,
        }
    }

    /// Whether what is in sight is about to be replaced. Reactive.
    pub fn is_waiting(self) -> bool {
        let address = self.source.address.get();
        self.source.resource.map(|(asked, _)| *asked != address).unwrap_or(true)
    }

    /// Asks again.
    pub fn retry(self) {
        self.source.resource.refetch();
    }
}

/// The answer's text, with the address it belongs to.
type Answer = (String, Result<Arc<str>, ApiError>);

/// What is behind a read, whatever its type: the request and its answer as text.
#[derive(Clone, Copy)]
struct Source {
    address: Memo<String>,
    resource: LocalResource<Answer>,
    api: Api,
}

/// Aborts its request when it is dropped, which is when the page that asked goes away.
struct Running {
    address: String,
    controller: AbortController,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.controller.abort();
    }
}

impl Source {
    fn new(ask: Box<dyn Fn() -> Request>) -> Self {
        let api = use_api();
        let ask = StoredValue::new_local(ask);
        let running: StoredValue<Option<Running>, LocalStorage> = StoredValue::new_local(None);
        let address = memo(move || ask.with_value(|ask| ask().address()));
        // A resource starts its next request only after the previous one has ended: end the one nobody wants any more.
        effect(move || {
            let wanted = address.get();
            running.update_value(|running| {
                if running.as_ref().is_some_and(|running| running.address != wanted) {
                    *running = None;
                }
            });
        });
        let resource = LocalResource::new(move || {
            let asked = address.get();
            let request = untrack(|| ask.with_value(|ask| ask()));
            let controller = AbortController::new().ok();
            running.set_value(
                controller.clone().map(|controller| Running { address: asked.clone(), controller }),
            );
            async move { (asked, api.text(&request, controller).await) }
        });
        let online = use_online();
        effect(move || {
            let failed = || matches!(resource.get_untracked(), Some((_, Err(ApiError::Offline))));
            if online.get() && failed() {
                resource.refetch();
            }
        });
        Self { address, resource, api }
    }

    /// The answer to the present question: the server's, or what is remembered of it.
    fn answer(self, keeps_previous: bool) -> Option<Result<Arc<str>, ApiError>> {
        let address = self.address.get();
        match self.resource.get() {
            Some((asked, answer)) if asked == address => Some(answer),
            other => {
                let previous = other.filter(|_| keeps_previous).and_then(|(_, answer)| answer.ok());
                self.api.remembered(&address).or(previous).map(Ok)
            }
        }
    }
}
