//! The list itself: how many, chips, order, products, pages.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared_types::catalog::CategoryList;

use super::empty::Empty;
use crate::{
    api::search::Found,
    components::{
        icon::{Glyph, Icon},
        pagination::Pagination,
        problem::loaded,
        product_card::ProductGrid,
        skeleton,
    },
    logic::{
        categories::name_of,
        listing::{ChipKind, Listing, Sort},
        search::{correction, quoted, results_count},
        text::count,
    },
    routes,
    state::{reactive::memo, read::Read},
};

/// The list itself.
#[component]
pub fn Results(
    /// What the address asks for.
    listing: Memo<Listing>,
    /// The page's path.
    path: StoredValue<String>,
    /// Every category.
    categories: Read<Vec<CategoryList>>,
    /// What was found.
    products: Read<Found>,
    /// Whether the page is about one category.
    is_fixed: bool,
) -> impl IntoView {
    let href = move |next: &Listing| path.with_value(|path| next.href(path));
    let query = listing.with_untracked(|listing| listing.q.clone());
    let corrected = memo(move || {
        let found = products.value()?;
        Some((found.search?.corrected?, found.page.meta.total))
    });
    let counted = {
        let query = query.clone();
        move || {
            let total = products.value()?.page.meta.total;
            Some(match &query {
                None => count(total, "product", "products"),
                // What was searched instead is what was found.
                Some(query) => {
                    results_count(total, &corrected.get().map_or_else(|| query.clone(), |(words, _)| words))
                }
            })
        }
    };
    let correction = move || {
        let (words, total) = corrected.get()?;
        let [before, link, after] = correction(query.as_deref()?, &words, total);
        let href = Listing::search_for(&words).href(routes::PRODUCTS);
        Some(view! { <p class="note"><span>{before}<a href=href>{link}</a>{after}</span></p> }.into_any())
    };
    let show = move |Found { page, .. }: Found| {
        if page.data.is_empty() {
            let now = listing.get_untracked();
            return view! { <Empty listing=now total=page.meta.total path is_fixed /> }.into_any();
        }
        view! {
            <ProductGrid items=page.data />
            <Pagination meta=page.meta href=move |number| listing.with(|now| href(&now.at_page(number))) />
        }
        .into_any()
    };
    view! {
        <section class="results" aria-label="Products">
            <div class="results-bar">
                <p role="status" class="results-count">{counted}</p>
                <SortMenu listing path />
            </div>
            <div role="status" class="results-correction">{correction}</div>
            <Chips listing path categories is_fixed />
            <div class="results-list" class:results-waiting=move || products.is_waiting()>
                {loaded(products, || skeleton::product_grid(12), None, show)}
            </div>
        </section>
    }
}

#[component]
fn SortMenu(
    /// What the address asks for.
    listing: Memo<Listing>,
    /// The page's path.
    path: StoredValue<String>,
) -> impl IntoView {
    let navigate = use_navigate();
    let choose = move |ev| {
        if let Some(sort) = Sort::parse(&event_target_value(&ev)) {
            let next = listing.get_untracked().changed(|next| next.sort = sort);
            let options = NavigateOptions { scroll: false, ..Default::default() };
            navigate(&path.with_value(|path| next.href(path)), options);
        }
    };
    view! {
        <div class="results-sort">
            <label class="label" for="sort">"Sort by"</label>
            <select class="select" id="sort" prop:value=move || listing.with(|listing| listing.sort.key()) on:change=choose>
                {Sort::choices(listing.with_untracked(|listing| listing.q.is_some()))
                    .map(|sort| {
                        view! {
                            <option value=sort.key() selected=move || listing.with(|listing| listing.sort == sort)>
                                {sort.label()}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}

#[component]
fn Chips(
    /// What the address asks for.
    listing: Memo<Listing>,
    /// The page's path.
    path: StoredValue<String>,
    /// Every category.
    categories: Read<Vec<CategoryList>>,
    /// Whether the page is about one category.
    is_fixed: bool,
) -> impl IntoView {
    let list = memo(move || categories.value().unwrap_or_default());
    let words = move |kind: ChipKind| match kind {
        ChipKind::Query(query) => quoted(&query),
        ChipKind::Category(slug) => name_of(&list.get(), &slug).unwrap_or(slug),
        ChipKind::Price(range) => range,
        ChipKind::InStock => "In stock".into(),
        ChipKind::Featured => "Featured".into(),
    };
    move || {
        let chips: Vec<_> = listing
            .with(Listing::chips)
            .into_iter()
            .filter(|chip| !(is_fixed && matches!(chip.kind, ChipKind::Category(_))))
            .collect();
        if chips.is_empty() {
            return ().into_any();
        }
        let filters = listing.with(Listing::filters) - usize::from(is_fixed);
        let clear = (filters > 1).then(|| {
            let href = path.with_value(|path| listing.with(Listing::without_filters).href(path));
            view! { <li><a class="chip chip-clear" href=href data-noscroll="">"Clear all"</a></li> }
        });
        let chip = |chip: crate::logic::listing::Chip| {
            let what = if matches!(chip.kind, ChipKind::Query(_)) { "search" } else { "filter" };
            let words = words(chip.kind);
            let href = path.with_value(|path| chip.without.href(path));
            view! {
                <li>
                    <a class="chip" href=href aria-label=format!("Remove {what}: {words}") data-noscroll="">
                        {words.clone()}
                        <Icon glyph=Glyph::Close size=14 />
                    </a>
                </li>
            }
        };
        view! { <ul class="chips" aria-label="Active filters">{chips.into_iter().map(chip).collect_view()}{clear}</ul> }
            .into_any()
    }
}
