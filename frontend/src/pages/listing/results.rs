//! The list itself: how many, chips, order, products, pages.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared_types::{
    Page,
    catalog::{CategoryList, ProductList},
};

use crate::{
    api,
    components::{
        icon::{Glyph, Icon},
        pagination::Pagination,
        problem::{Nothing, loaded},
        product_card::ProductGrid,
        skeleton,
    },
    logic::{
        categories::name_of,
        listing::{ChipKind, Listing, Sort},
        text::count,
    },
    routes,
    state::{
        reactive::memo,
        read::{Read, use_list},
    },
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
    /// Whether the page is about one category.
    is_fixed: bool,
) -> impl IntoView {
    let products = use_list(move || api::catalog::products(&listing.get().request()));
    let href = move |next: &Listing| path.with_value(|path| next.href(path));
    let total = memo(move || products.value().map(|page| page.meta.total));
    let show = move |page: Page<ProductList>| {
        let now = listing.get_untracked();
        if page.data.is_empty() {
            return view! { <Empty listing=now total=page.meta.total path is_fixed /> }.into_any();
        }
        view! {
            <ProductGrid items=page.data />
            <Pagination meta=page.meta href=move |number| href(&now.at_page(number)) />
        }
        .into_any()
    };
    view! {
        <section class="results" aria-label="Products">
            <div class="results-bar">
                <p role="status" class="results-count">
                    {move || total.get().map(|total| count(total, "product", "products"))}
                </p>
                <SortMenu listing path />
            </div>
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
                {Sort::ALL
                    .into_iter()
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
        let clear = (chips.len() > 1).then(|| {
            let href = path.with_value(|path| listing.with(Listing::without_filters).href(path));
            view! { <li><a class="chip chip-clear" href=href data-noscroll="">"Clear all"</a></li> }
        });
        let chip = |chip: crate::logic::listing::Chip| {
            let words = words(chip.kind);
            let href = path.with_value(|path| chip.without.href(path));
            view! {
                <li>
                    <a class="chip" href=href aria-label=format!("Remove filter: {words}") data-noscroll="">
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

#[component]
fn Empty(
    /// What was asked for.
    listing: Listing,
    /// Products on all pages.
    total: i64,
    /// The page's path.
    path: StoredValue<String>,
    /// Whether the page is about one category.
    is_fixed: bool,
) -> impl IntoView {
    let href = move |next: &Listing| path.with_value(|path| next.href(path));
    if total > 0 {
        return view! {
            <Nothing title="There is nothing on this page" text="The list has become shorter than it was.">
                <a class="button" href=href(&listing.at_page(1))>"Back to the first page"</a>
            </Nothing>
        }
        .into_any();
    }
    let has_filters = listing.chips().len() > usize::from(is_fixed);
    let (text, onwards) = if has_filters {
        let all = href(&listing.without_filters());
        ("Nothing matches all of these filters. Take one away, or start over.", ("Clear all filters", all))
    } else {
        (
            "There is nothing here yet. Have a look at the rest of the shop.",
            ("See all products", routes::PRODUCTS.to_owned()),
        )
    };
    view! {
        <Nothing title="No products found" text=text>
            <a class="button" href=onwards.1>{onwards.0}</a>
        </Nothing>
    }
    .into_any()
}
