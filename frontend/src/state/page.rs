//! Every page's title and description, the focus after navigation, and the scroll position on the way back.

use std::collections::HashMap;

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement, ScrollRestoration};

use super::reactive::{effect, memo};

/// Names the page in the browser's title and for search engines.
pub fn use_page(title: impl Fn() -> String + 'static, description: impl Fn() -> String + 'static) {
    fn boxed(title: Box<dyn Fn() -> String>, description: Box<dyn Fn() -> String>) {
        effect(move || {
            document().set_title(&format!("{} · Alder", title()));
            if let Ok(Some(meta)) = document().query_selector("meta[name=description]") {
                let _ = meta.set_attribute("content", &description());
            }
        });
    }
    boxed(Box::new(title), Box::new(description));
}

/// Frames to wait for a page's content before giving up: about a second.
const PATIENCE: u32 = 60;

/// Whether the shopper is on the way through the history.
#[derive(Clone, Copy)]
struct GoingBack(StoredValue<bool>);

/// Notices steps through the history. Call it before the router is set up: listeners are called in the order in which they
/// were added, and when the router shows the page, the step must be known.
pub fn watch_history() {
    let going_back = StoredValue::new(false);
    provide_context(GoingBack(going_back));
    let on_popstate = window_event_listener(ev::popstate, move |_| going_back.set_value(true));
    on_cleanup(move || on_popstate.remove());
}

/// Moves the focus to the heading of a new page, and the view back to where it was on the way back. Set up once, inside
/// the router.
pub fn follow_navigation() {
    let location = use_location();
    let positions = StoredValue::new(HashMap::<String, f64>::new());
    let GoingBack(going_back) = expect_context();
    if let Ok(history) = window().history() {
        // The browser restores before the content is there.
        let _ = history.set_scroll_restoration(ScrollRestoration::Manual);
    }
    let address = memo(move || location.pathname.get() + "?" + &location.search.get());
    let on_scroll = window_event_listener(ev::scroll, move |_| {
        let position = window().scroll_y().unwrap_or_default();
        positions.update_value(|all| {
            all.insert(address.get_untracked(), position);
        });
    });
    on_cleanup(move || on_scroll.remove());

    Effect::new(move |before: Option<(String, String)>| {
        let path = location.pathname.get();
        let page = location.query.read().get("page").unwrap_or_default();
        let now = (path, page);
        let first_page_of_visit = before.is_none();
        let moved = before.is_some_and(|before| before != now);
        let back = going_back.get_value();
        if moved && !back {
            focus_heading(PATIENCE);
        }
        if first_page_of_visit {
            going_back.set_value(false);
        }
        now
    });
    Effect::new(move |before: Option<String>| {
        let now = address.get();
        if before.is_some() && going_back.get_value() {
            going_back.set_value(false);
            let position = positions.with_value(|all| all.get(&now).copied()).unwrap_or_default();
            scroll_when_tall_enough(position, PATIENCE);
        }
        now
    });
}

fn focus_heading(frames_left: u32) {
    request_animation_frame(move || {
        let heading = document()
            .query_selector("main h1")
            .ok()
            .flatten()
            .and_then(|heading| heading.dyn_into::<HtmlElement>().ok());
        match heading {
            Some(heading) => {
                let _ = heading.set_attribute("tabindex", "-1");
                let options = FocusOptions::new();
                options.set_prevent_scroll(true);
                let _ = heading.focus_with_options(&options);
            }
            None if frames_left > 0 => focus_heading(frames_left - 1),
            None => {}
        }
    });
}

fn scroll_when_tall_enough(position: f64, frames_left: u32) {
    request_animation_frame(move || {
        let tallest = document().document_element().map(|root| f64::from(root.scroll_height()));
        let view = window().inner_height().ok().and_then(|height| height.as_f64());
        let reachable = tallest.zip(view).is_some_and(|(tallest, view)| tallest - view >= position);
        if reachable || frames_left == 0 {
            window().scroll_to_with_x_and_y(0.0, position);
        } else {
            scroll_when_tall_enough(position, frames_left - 1);
        }
    });
}
