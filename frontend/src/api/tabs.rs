//! Tabs of one browser share one refresh cookie, which changes at every use, and one cart: they take turns at renewing
//! the session and at sending changes of the cart, and tell each other who is signed in.

use js_sys::{Date, Function, Number, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::{
    logic::tabs::{Notice, wait_for_renewal},
    state::storage::{Area, PREFIX},
};

/// When the renewal that is under way began; forgotten when its answer is there. A page that was left leaves it behind.
const RENEWAL: &str = "alder.renewal";
/// The turn of one tab to tell the server about the cart.
const CART: &str = "alder.cart";

/// The line to the other tabs. A handle.
#[derive(Clone, Copy)]
pub struct Tabs(StoredValue<Option<BroadcastChannel>, LocalStorage>);

impl Tabs {
    /// Opens the line. Without one (in a browser that has none) each tab is by itself.
    pub fn open() -> Self {
        Self(StoredValue::new_local(BroadcastChannel::new(PREFIX).ok()))
    }

    /// Tells the other tabs.
    pub fn tell(self, notice: &Notice) {
        self.0.with_value(|channel| {
            if let Some(channel) = channel {
                let _ = channel.post_message(&JsValue::from_str(&notice.text()));
            }
        });
    }

    /// Calls `hear` with everything another tab tells.
    pub fn listen(self, hear: impl Fn(Notice) + 'static) {
        let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(notice) = event.data().as_string().as_deref().and_then(Notice::read) {
                hear(notice);
            }
        });
        self.0.with_value(|channel| {
            if let Some(channel) = channel {
                channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
            }
        });
        // The application listens until its page is gone.
        listener.forget();
    }
}

/// The turn of this tab. It ends when it is dropped, or when the page goes away.
pub struct Turn(Option<Function>);

impl Turn {
    /// Waits for the turn to renew the session.
    pub async fn to_renew() -> Self {
        Self::take(RENEWAL).await
    }

    /// Waits for the turn to tell the server about the cart.
    pub async fn at_the_cart() -> Self {
        Self::take(CART).await
    }

    /// Waits for a turn. Browsers without locks, and pages that did not come over TLS, go ahead at once.
    async fn take(name: &str) -> Self {
        let navigator = window().navigator();
        let locks = Reflect::get(&navigator, &"locks".into()).unwrap_or_default();
        let request =
            Reflect::get(&locks, &"request".into()).ok().and_then(|it| it.dyn_into::<Function>().ok());
        let Some(request) = request else { return Self(None) };
        // The lock is held until the promise that its callback returns is kept; keeping it is what ends the turn.
        let granted = Promise::new(&mut |grant, refuse| {
            let held = Closure::once_into_js(move |_lock: JsValue| {
                Promise::new(&mut |end, _| {
                    let _ = grant.call1(&JsValue::UNDEFINED, &end);
                })
            });
            if request.call2(&locks, &JsValue::from_str(name), &held).is_err() {
                let _ = refuse.call0(&JsValue::UNDEFINED);
            }
        });
        Self(JsFuture::from(granted).await.ok().and_then(|end| end.dyn_into().ok()))
    }

    /// Begins a renewal, after having left alone one whose page went away in the middle of it.
    pub async fn begin(&self) {
        let begun = Area::Local.text(RENEWAL).and_then(|text| text.parse().ok());
        if let Some(wait) =
            begun.zip(now().parse().ok()).and_then(|(begun, now)| wait_for_renewal(begun, now))
        {
            gloo_timers::future::TimeoutFuture::new(wait).await;
        }
        Area::Local.set_text(RENEWAL, &now());
    }

    /// The answer is there.
    pub fn done(self) {
        Area::Local.remove(RENEWAL);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(end) = &self.0 {
            let _ = end.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Whole milliseconds since the epoch. The browser writes the number: code that does would weigh more than all of this.
fn now() -> String {
    Number::from(Date::now().floor()).to_string_with_radix(10).map(String::from).unwrap_or_default()
}
