//! Whether the browser has a network.

use leptos::{ev, prelude::*};

#[derive(Clone, Copy)]
struct Online(ReadSignal<bool>);

/// Makes it known below, and follows the browser.
pub fn provide_online() {
    let online = RwSignal::new(window().navigator().on_line());
    provide_context(Online(online.read_only()));
    let gained = window_event_listener(ev::online, move |_| online.set(true));
    let lost = window_event_listener(ev::offline, move |_| online.set(false));
    on_cleanup(move || {
        gained.remove();
        lost.remove();
    });
}

/// Whether the browser has a network, which does not promise that the shop can be reached.
pub fn use_online() -> ReadSignal<bool> {
    expect_context::<Online>().0
}
