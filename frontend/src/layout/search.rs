//! The search in the bar at the top. It is an ordinary form; the suggestions under it come in a module of their own, and
//! the search works without them.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;
use shared_types::search::QUERY_MAX_CHARS;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::{
    components::icon::{Glyph, Icon},
    logic::{
        combobox::{Combobox, Reaction},
        listing::Listing,
    },
    pages::later,
    routes,
    state::{
        reactive::effect,
        search::{SearchBox, provide_search},
    },
};

/// The element with the suggestions.
pub const LIST_ID: &str = "search-list";

/// The element of the suggestion at a position.
pub fn option_id(index: usize) -> String {
    format!("search-option-{index}")
}

/// The search in the bar at the top.
#[component]
pub fn Search() -> impl IntoView {
    let search = provide_search();
    let SearchBox { text, query, list, told, input } = search;
    let focused = RwSignal::new(0_u32);
    let navigate = StoredValue::new_local(use_navigate());
    let go = move |address: &str| {
        navigate.with_value(|navigate| navigate(address, Default::default()));
    };
    let mut typed = take_over(search);
    effect(move || {
        let searched = query.get().unwrap_or_default();
        // What was typed before the shop had loaded is newer than the address.
        text.set(typed.take().unwrap_or(searched));
    });
    let clear = move || {
        text.set(String::new());
        if let Some(input) = input.get_untracked() {
            let _ = input.focus();
        }
    };
    let submit = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let next = Listing::search_for(&text.get_untracked());
        if next.q.is_none() && query.get_untracked().is_none() {
            // Nothing to search for, and no search to leave.
            clear();
        } else {
            go(&next.href(routes::PRODUCTS));
            search.leave();
        }
    };
    let pressed = move |ev: web_sys::KeyboardEvent| {
        // What is pressed while an input method composes a word is meant for it.
        if ev.is_composing() || ev.ctrl_key() || ev.meta_key() {
            return;
        }
        let mut next = list.get_untracked();
        let reaction = next.press(&ev.key(), ev.alt_key());
        list.set(next);
        match reaction {
            Reaction::Usual => {}
            Reaction::Done => ev.prevent_default(),
            Reaction::Clear => text.set(String::new()),
            Reaction::Choose(address) => {
                ev.prevent_default();
                go(&address);
                search.chosen();
            }
        }
    };
    let is_expanded = move || list.with(Combobox::is_expanded);
    view! {
        <form class="search" role="search" action=routes::PRODUCTS on:submit=submit>
            <div class="search-field">
                <button class="icon-button search-submit" type="submit" aria-label="Search">
                    <Icon glyph=Glyph::Search size=20 />
                </button>
                <input
                    class="search-input"
                    name="q"
                    type="text"
                    inputmode="search"
                    enterkeyhint="search"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength=QUERY_MAX_CHARS
                    placeholder="Search"
                    aria-label="Search products"
                    role="combobox"
                    aria-autocomplete="list"
                    aria-haspopup="listbox"
                    aria-expanded=move || is_expanded().to_string()
                    aria-controls=LIST_ID
                    aria-activedescendant=move || list.with(Combobox::active).map(option_id)
                    node_ref=input
                    prop:value=move || text.get()
                    on:focus=move |_| focused.update(|times| *times += 1)
                    on:click=move |_| list.update(Combobox::open)
                    on:input=move |ev| {
                        text.set(event_target_value(&ev));
                        list.update(Combobox::open);
                    }
                    on:keydown=pressed
                    on:blur=move |_| search.close()
                />
                <button
                    class="icon-button search-clear"
                    type="button"
                    aria-label="Clear search"
                    hidden=move || text.with(String::is_empty)
                    on:mousedown=keep_focus
                    on:click=move |_| {
                        clear();
                        list.update(Combobox::open);
                    }
                >
                    <Icon glyph=Glyph::Close size=18 />
                </button>
            </div>
            {later::SUGGESTIONS.show_when(focused)}
            <p class="visually-hidden" role="status">
                {move || is_expanded().then(|| told.get())}
            </p>
        </form>
    }
}

/// Lets a pointer press something beside the field without the field losing the focus, and so its list.
pub fn keep_focus(ev: ev::MouseEvent) {
    ev.prevent_default();
}

/// What has been typed into the field that `index.html` shows until the shop has loaded. The focus moves on with it.
fn take_over(search: SearchBox) -> Option<String> {
    let outline =
        document().query_selector("#outline input").ok().flatten()?.dyn_into::<HtmlInputElement>().ok()?;
    let had_focus = document().active_element().is_some_and(|element| element == **outline);
    if had_focus {
        effect(move || {
            if let Some(input) = search.input.get() {
                let _ = input.focus();
            }
        });
    }
    Some(outline.value()).filter(|typed| !typed.is_empty())
}
