//! The filters beside the list; on small screens they fold away.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared_types::{Money, catalog::CategoryList};

use super::facets::{AvailabilityCount, FacetLinks};
use crate::{
    api::search::Found,
    components::icon::{Glyph, Icon},
    logic::{categories::tree, listing::Listing},
    state::{
        reactive::{effect, memo},
        read::Read,
    },
};

/// The filters beside the list.
#[component]
pub fn Filters(
    /// What the address asks for.
    listing: Memo<Listing>,
    /// The page's path.
    path: StoredValue<String>,
    /// Every category.
    categories: Read<Vec<CategoryList>>,
    /// What was found.
    products: Read<Found>,
    /// Whether the page is about one category, so that there is none to choose.
    is_fixed: bool,
) -> impl IntoView {
    let navigate = StoredValue::new_local(use_navigate());
    let go = move |next: Listing| {
        let options = NavigateOptions { scroll: false, ..Default::default() };
        navigate.with_value(|navigate| navigate(&path.with_value(|path| next.href(path)), options));
    };
    let unfolded = RwSignal::new(false);
    let count = memo(move || listing.with(Listing::filters) - usize::from(is_fixed));
    let is_search = listing.with_untracked(|listing| listing.q.is_some());
    let flag = move |label: AnyView, read: fn(&Listing) -> bool, write: fn(&mut Listing, bool)| {
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || listing.with(read)
                    on:change=move |ev| {
                        let checked = event_target_checked(&ev);
                        go(listing.get_untracked().changed(|next| write(next, checked)));
                    }
                />
                {label}
            </label>
        }
        .into_any()
    };
    let featured =
        move || flag("Featured".into_any(), |listing| listing.featured, |listing, on| listing.featured = on);
    let in_stock =
        if is_search { view! { <AvailabilityCount products /> }.into_any() } else { "In stock".into_any() };
    view! {
        <aside class="filters" aria-label="Filters">
            <button
                class="button button-quiet filters-toggle"
                type="button"
                aria-expanded=move || unfolded.get().to_string()
                aria-controls="filters"
                on:click=move |_| unfolded.update(|unfolded| *unfolded = !*unfolded)
            >
                <Icon glyph=Glyph::Filter size=18 />
                {move || match count.get() {
                    0 => "Filters".to_owned(),
                    active => format!("Filters ({active})"),
                }}
            </button>
            <div id="filters" class="filters-body" class:filters-unfolded=move || unfolded.get()>
                {match (is_search, is_fixed) {
                    (true, _) => view! { <FacetLinks listing path categories products /> }.into_any(),
                    (false, true) => ().into_any(),
                    (false, false) => view! { <CategoryLinks listing path categories /> }.into_any(),
                }}
                <fieldset class="stack filters-group">
                    <legend class="filters-title">"Availability"</legend>
                    {flag(in_stock, |listing| listing.in_stock, |listing, on| listing.in_stock = on)}
                    {(!is_search).then(featured)}
                </fieldset>
                <PriceRange listing go=Callback::new(go) />
            </div>
        </aside>
    }
}

/// A link that makes a change to the list; it is the current one when the change would change nothing.
pub(super) fn filter_link(
    listing: Memo<Listing>,
    path: StoredValue<String>,
    words: String,
    products: Option<i64>,
    change: impl Fn(&mut Listing) + Send + Sync + 'static,
) -> AnyView {
    let next = memo(move || listing.with(|listing| listing.changed(&change)));
    let current = move || (listing.get().at_page(1) == next.get()).then_some("true");
    let href = move || path.with_value(|path| next.with(|next| next.href(path)));
    view! {
        <a class="filters-link" href=href aria-current=current data-noscroll="">
            <span>{words}</span>
            <span class="soft amount small">{products}</span>
        </a>
    }
    .into_any()
}

#[component]
fn CategoryLinks(
    /// What the address asks for.
    listing: Memo<Listing>,
    /// The page's path.
    path: StoredValue<String>,
    /// Every category.
    categories: Read<Vec<CategoryList>>,
) -> impl IntoView {
    let link = move |slug: Option<String>, name: String, products: Option<i64>| {
        filter_link(listing, path, name, products, move |next| next.category.clone_from(&slug))
    };
    let list = memo(move || categories.value().unwrap_or_default());
    view! {
        <nav class="filters-group" aria-labelledby="filter-categories">
            <h2 class="filters-title" id="filter-categories">"Category"</h2>
            <ul>
                <li>{link(None, "All".to_owned(), None)}</li>
                {move || {
                    tree(&list.get())
                        .into_iter()
                        .map(|branch| {
                            let category = branch.category.category;
                            let children = branch
                                .children
                                .into_iter()
                                .map(|child| {
                                    let products = Some(child.count.products);
                                    view! { <li>{link(Some(child.category.slug), child.category.name, products)}</li> }
                                })
                                .collect_view();
                            view! {
                                <li>
                                    {link(Some(category.slug), category.name, Some(branch.products))}
                                    <ul class="filters-below">{children}</ul>
                                </li>
                            }
                                .into_any()
                        })
                        .collect_view()
                }}
            </ul>
        </nav>
    }
}

#[component]
fn PriceRange(
    /// What the address asks for.
    listing: Memo<Listing>,
    /// Goes to another list.
    go: Callback<Listing>,
) -> impl IntoView {
    let text = |amount: Option<Money>| amount.map(|amount| amount.to_string()).unwrap_or_default();
    let min = RwSignal::new(String::new());
    let max = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    effect(move || {
        let (low, high) = listing.with(|listing| (listing.min_price, listing.max_price));
        min.set(text(low));
        max.set(text(high));
        wrong.set(false);
    });
    let read = |text: String| match text.trim() {
        "" => Ok(None),
        text => Money::parse(text).filter(|amount| *amount >= Money::ZERO).map(Some).ok_or(()),
    };
    let apply = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        match (read(min.get_untracked()), read(max.get_untracked())) {
            (Ok(low), Ok(high)) => {
                wrong.set(false);
                go.run(listing.get_untracked().changed(|next| {
                    next.min_price = low;
                    next.max_price = high;
                }));
            }
            _ => wrong.set(true),
        }
    };
    let input = move |id: &'static str, label: &'static str, value: RwSignal<String>| {
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <input
                    id=id
                    type="text"
                    inputmode="decimal"
                    autocomplete="off"
                    aria-invalid=move || wrong.get().then_some("true")
                    aria-describedby="price-error"
                    prop:value=move || value.get()
                    on:input=move |ev| value.set(event_target_value(&ev))
                />
            </div>
        }
    };
    view! {
        <form class="filters-group stack" on:submit=apply novalidate>
            <fieldset class="stack">
                <legend class="filters-title">"Price"</legend>
                <div class="filters-price">
                    {input("min-price", "From", min)}
                    {input("max-price", "To", max)}
                </div>
                <p class="field-error" id="price-error" role="alert">
                    {move || wrong.get().then_some("Enter amounts such as 25 or 25.50")}
                </p>
                <button class="button button-quiet button-small" type="submit">"Apply price"</button>
            </fieldset>
        </form>
    }
}
