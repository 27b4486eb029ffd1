//! The list under the search field: products, categories, and the search itself.

use leptos::{ev, prelude::*};
use shared_types::search::Suggestions;
use wasm_bindgen::JsCast;
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::search::{LIST_ID, keep_focus, option_id};
use crate::{
    components::{
        icon::{Glyph, Icon},
        product_hit::product_hit,
    },
    logic::{
        combobox::Combobox,
        search::quoted,
        suggest::{Wanted, addresses, announcement},
    },
    routes,
    state::{
        reactive::{effect, memo},
        search::{SearchBox, use_search},
        suggestions::use_suggestions,
    },
};

/// The list under the search field.
#[component]
pub fn SuggestionList() -> impl IntoView {
    let search = use_search();
    let SearchBox { text, list, told, .. } = search;
    let answered = use_suggestions(search);
    let shown = memo(move || {
        let wanted = text.with(|text| Wanted::of(text));
        let found = answered.with(|answered| match answered {
            Some((to, answer)) => wanted.meanwhile(to, answer),
            None => Suggestions { products: Vec::new(), categories: Vec::new() },
        });
        (wanted, found)
    });
    effect(move || {
        let options = shown.with(|(wanted, found)| addresses(wanted, found));
        list.update(|list| list.offer(options));
    });
    effect(move || {
        // Only an answer is told, not what is shown until it comes.
        let (wanted, _) = shown.get();
        let words = answered.with(|answered| {
            answered.as_ref().filter(|(to, _)| *to == wanted).map(|(_, answer)| announcement(answer))
        });
        told.set(words.unwrap_or_default());
    });
    let active = memo(move || list.with(Combobox::active));
    effect(move || {
        let option = active.get().and_then(|index| document().get_element_by_id(&option_id(index)));
        if let Some(option) = option {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            option.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    // A finger that touches the page elsewhere does not always take the focus away.
    let outside = window_event_listener(ev::pointerdown, move |ev| {
        let target = ev.target().and_then(|target| target.dyn_into::<Element>().ok());
        let is_inside =
            target.is_some_and(|target| target.closest(".search").is_ok_and(|form| form.is_some()));
        if !is_inside {
            search.close();
        }
    });
    on_cleanup(move || outside.remove());
    view! {
        <div
            class="search-popup"
            id=LIST_ID
            role="listbox"
            aria-label="Suggestions"
            hidden=move || !list.with(Combobox::is_expanded)
            on:mousedown=keep_focus
        >
            {move || {
                let (wanted, found) = shown.get();
                options(search, active, &wanted, found)
            }}
        </div>
    }
}

/// The options, in the order of their addresses.
fn options(search: SearchBox, active: Memo<Option<usize>>, wanted: &Wanted, found: Suggestions) -> AnyView {
    let mut index = 0;
    let mut option = |href: String, inside: AnyView| {
        let here = index;
        index += 1;
        let is_active = move || (active.get() == Some(here)).to_string();
        view! {
            <a
                class="hit"
                id=option_id(here)
                role="option"
                tabindex="-1"
                href=href
                aria-selected=is_active
                on:click=move |_| search.chosen()
            >
                {inside}
            </a>
        }
        .into_any()
    };
    let (products_title, categories_title) = wanted.titles();
    let products = found.products.into_iter().map(|hit| option(routes::product(&hit.slug), product_hit(hit)));
    let products = group("search-products", products_title, products.collect());
    let categories = found
        .categories
        .into_iter()
        .map(|category| option(routes::category(&category.slug), line(Glyph::Tiles, category.name)));
    let categories = group("search-categories", categories_title, categories.collect());
    let everything = match (wanted, wanted.everything()) {
        (Wanted::Fitting(query), Some(href)) => {
            Some(option(href, line(Glyph::Search, format!("Search for {}", quoted(query)))))
        }
        _ => None,
    };
    view! {
        {products}
        {categories}
        {everything}
    }
    .into_any()
}

fn line(glyph: Glyph, words: String) -> AnyView {
    view! {
        <span class="hit-icon"><Icon glyph size=20 /></span>
        <span class="hit-name">{words}</span>
    }
    .into_any()
}

fn group(id: &'static str, title: &'static str, options: Vec<AnyView>) -> AnyView {
    if options.is_empty() {
        return ().into_any();
    }
    view! {
        <div class="search-group" role="group" aria-labelledby=id>
            <p class="search-group-title" id=id role="presentation">{title}</p>
            {options}
        </div>
    }
    .into_any()
}
