//! Says that the network is gone.

use leptos::prelude::*;

use crate::state::online::use_online;

/// A line under the header while there is no network. The region is always there, so that it is read aloud.
#[component]
pub fn OfflineBanner() -> impl IntoView {
    let online = use_online();
    view! {
        <div role="status" class="offline">
            {move || {
                (!online.get())
                    .then_some("You are offline. What you have seen is still here; the rest loads as soon as you are back.")
            }}
        </div>
    }
}
