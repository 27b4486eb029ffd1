//! Reading from the API: what is remembered shows at once and is refreshed behind.

use leptos::prelude::*;
use web_sys::AbortController;

use crate::api::{ApiError, Endpoint, use_api};

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
pub struct Read<T: 'static> {
    address: Memo<String>,
    resource: LocalResource<(String, Result<T, ApiError>)>,
    memory: StoredValue<Box<dyn Fn() -> Option<T>>, LocalStorage>,
    keeps_previous: bool,
}

impl<T: 'static> Clone for Read<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> Copy for Read<T> {}

/// Reads the endpoint that `ask` names, again whenever the signals it uses change.
pub fn use_read<T: Clone + 'static>(ask: impl Fn() -> Endpoint<T> + Copy + 'static) -> Read<T> {
    let api = use_api();
    let running: StoredValue<Option<Running>, LocalStorage> = StoredValue::new_local(None);
    let ask_signal: StoredValue<Box<dyn Fn() -> Endpoint<T>>, LocalStorage> =
        StoredValue::new_local(Box::new(ask));
    let address = {
        let ask = SendAsk(ask_signal);
        Memo::new(move |_| ask.get().map(|endpoint| endpoint.request.address()).unwrap_or_default())
    };
    // A resource starts its next request only after the previous one has ended: end the one nobody wants any more.
    Effect::new(move |_| {
        let wanted = address.get();
        running.update_value(|running| {
            if running.as_ref().is_some_and(|running| running.address != wanted) {
                *running = None;
            }
        });
    });
    let resource = LocalResource::new(move || {
        address.track();
        let endpoint = untrack(ask);
        let controller = AbortController::new().ok();
        let asked = endpoint.request.address();
        running
            .set_value(controller.clone().map(|controller| Running { address: asked.clone(), controller }));
        async move {
            let answer = api.send_until(&endpoint, controller).await;
            (asked, answer)
        }
    });
    let memory =
        StoredValue::new_local(Box::new(move || api.remembered(&untrack(ask))) as Box<dyn Fn() -> Option<T>>);
    Read { address, resource, memory, keeps_previous: false }
}

/// A question that a memo may ask: the browser has one thread, which is what `LocalStorage` checks.
struct SendAsk<T: 'static>(StoredValue<Box<dyn Fn() -> Endpoint<T>>, LocalStorage>);

impl<T: 'static> SendAsk<T> {
    fn get(&self) -> Option<Endpoint<T>> {
        self.0.try_with_value(|ask| ask())
    }
}

impl<T: Clone + 'static> Read<T> {
    /// While another answer is on its way, the previous one stays in sight: right for lists that are being filtered, wrong
    /// for pages about another thing.
    pub fn keeping_previous(self) -> Self {
        Self { keeps_previous: true, ..self }
    }

    /// Whether what is in sight is about to be replaced. Reactive.
    pub fn is_waiting(self) -> bool {
        let address = self.address.get();
        self.resource.map(|(asked, _)| *asked != address).unwrap_or(true)
    }

    /// Where the read stands. Reactive.
    pub fn get(self) -> Reading<T> {
        let address = self.address.get();
        match self.resource.get() {
            Some((asked, answer)) if asked == address => match answer {
                Ok(value) => Reading::Ready(value),
                Err(error) => Reading::Failed(error),
            },
            other => {
                let previous = other.filter(|_| self.keeps_previous).and_then(|(_, answer)| answer.ok());
                let remembered = self.memory.with_value(|remembered| remembered());
                remembered.or(previous).map_or(Reading::Loading, Reading::Ready)
            }
        }
    }

    /// The value if there is one. Reactive.
    pub fn value(self) -> Option<T> {
        match self.get() {
            Reading::Ready(value) => Some(value),
            Reading::Loading | Reading::Failed(_) => None,
        }
    }

    /// Asks again.
    pub fn retry(self) {
        self.resource.refetch();
    }
}
