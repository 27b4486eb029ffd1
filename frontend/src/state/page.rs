//! What every page says about itself to browsers and search engines, the focus after navigation, and the scroll position on the way back.

use std::collections::HashMap;

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_location;
use serde_json::Value;
use shared_types::paths::with_query;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement, ScrollRestoration};

use super::reactive::{effect, memo};
use crate::{
    logic::{
        search::query_text,
        structured::{absolute, document as document_of},
    },
    routes::{PRODUCTS, is_private},
};

/// What a shared link shows when its page has no picture of its own.
const SHARED_PICTURE: &str = "/og.png";
/// The script with what search engines read.
const DATA: &str = "data";

/// Names the page: in the browser's title, for search engines, and where its link is shared.
pub fn use_page(title: impl Fn() -> String + 'static, description: impl Fn() -> String + 'static) {
    fn boxed(title: Box<dyn Fn() -> String>, description: Box<dyn Fn() -> String>) {
        effect(move || {
            let (title, description) = (title(), description());
            document().set_title(&format!("{title} · Alder"));
            set_meta("property", "og:title", &title);
            set_meta("name", "description", &description);
            set_meta("property", "og:description", &description);
        });
    }
    boxed(Box::new(title), Box::new(description));
}

/// Keeps a page out of search engines that exists for one visitor only, or not at all. The next page starts anew.
pub fn hide_from_search() {
    effect(|| set_meta("name", "robots", "noindex"));
}

/// Shows a picture of the page's own where its link is shared. Drawings are left out: nobody who shows links draws them.
pub fn share_picture(picture: Option<String>) {
    if let Some(picture) = picture.filter(|picture| !picture.ends_with(".svg")) {
        effect(move || set_meta("property", "og:image", &absolute(&origin(), &picture)));
    }
}

/// Tells search engines what the page is about, as long as it is in sight. `describe` is given the shop's origin.
pub fn describe_data(describe: impl FnOnce(&str) -> Vec<Value>) {
    let text = document_of(describe(&origin()));
    let Some(script) = head_element("script", "id", DATA) else { return };
    // A data block: browsers neither run it nor ask the content security policy about it.
    let _ = script.set_attribute("type", "application/ld+json");
    script.set_text_content(Some(&text));
    on_cleanup(move || {
        // The next page may have its own there by now.
        let mine =
            head_element("script", "id", DATA).filter(|script| script.text_content().as_ref() == Some(&text));
        if let Some(script) = mine {
            script.remove();
        }
    });
}

fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

fn set_meta(kind: &'static str, name: &'static str, content: &str) {
    if let Some(meta) = head_element("meta", kind, name) {
        let _ = meta.set_attribute("content", content);
    }
}

/// The element of the head with this attribute; it is made when there is none.
fn head_element(tag: &str, attribute: &str, value: &str) -> Option<Element> {
    let head = document().head()?;
    let found = head.query_selector(&format!("{tag}[{attribute}=\"{value}\"]")).ok().flatten();
    found.or_else(|| {
        let element = document().create_element(tag).ok()?;
        element.set_attribute(attribute, value).ok()?;
        head.append_child(&element).ok()?;
        Some(element)
    })
}

/// An address as far as it makes another page: filters and order make no other page of a list, its pages and another
/// search do.
#[derive(Clone, PartialEq, Eq)]
struct Place {
    path: String,
    page: Option<String>,
    q: Option<String>,
}

/// What the products are searched for, in the address in sight.
pub fn use_query_text() -> Memo<Option<String>> {
    let location = use_location();
    memo(move || {
        let q = location.query.read().get("q").filter(|_| location.pathname.get() == PRODUCTS);
        q.as_deref().and_then(query_text)
    })
}

/// What is true of every page by its address: the one address it is known by, and whether search engines may list it. They
/// have no use for the results of other searches.
fn describe_address(Place { path, page, q }: &Place) {
    let origin = origin();
    let mut pairs = Vec::new();
    pairs.extend(q.clone().map(|q| ("q", q)));
    pairs.extend(page.clone().filter(|page| page != "1").map(|page| ("page", page)));
    let address = with_query(&format!("{origin}{path}"), &pairs);
    if let Some(link) = head_element("link", "rel", "canonical") {
        let _ = link.set_attribute("href", &address);
    }
    set_meta("property", "og:url", &address);
    set_meta("property", "og:image", &absolute(&origin, SHARED_PICTURE));
    let is_hidden = is_private(path) || q.is_some();
    set_meta("name", "robots", if is_hidden { "noindex" } else { "index, follow" });
}

/// Frames to wait for a page's content before giving up: about a second.
pub(super) const PATIENCE: u32 = 60;

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

    let q = use_query_text();
    Effect::new(move |before: Option<Place>| {
        let page = location.query.read().get("page");
        let now = Place { path: location.pathname.get(), page, q: q.get() };
        describe_address(&now);
        let first_page_of_visit = before.is_none();
        let moved = before.is_some_and(|before| before != now);
        let back = going_back.get_value();
        if moved && !back {
            focus_heading_within(PATIENCE);
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

/// Shows the page from its beginning, with the focus on its heading: to be called when what had the focus has gone away.
pub fn focus_heading() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
    focus_heading_within(PATIENCE);
}

fn focus_heading_within(frames_left: u32) {
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
            None if frames_left > 0 => focus_heading_within(frames_left - 1),
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
