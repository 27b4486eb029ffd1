//! The storefront: a single-page application over the shop's JSON API.
//!
//! `pages` show what `state` holds, through `components`; `api` talks to the server; `logic` decides, and runs without a
//! browser so that it can be tested natively.

pub mod api;
pub mod app;
pub mod components;
pub mod layout;
pub mod logic;
pub mod pages;
pub mod routes;
pub mod state;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// Builds the application under the outline that `index.html` shows while it loads.
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        leptos::logging::error!("{info}");
        // After a panic nothing reacts any more: say so instead of leaving a dead page.
        if let Some(notice) = document().get_element_by_id("broken") {
            let _ = notice.remove_attribute("hidden");
        }
    }));
    // Taking the module in was a long task already.
    Timeout::new(0, mount).forget();
}

fn mount() {
    mount_to_body(app::App);
    // Behind the shop, so that the skip link is the page's first link.
    if let (Some(body), Some(notice)) = (document().body(), document().get_element_by_id("broken")) {
        let _ = body.append_child(&notice);
    }
}
