//! A list with nothing in it: why, and ways on.

use leptos::prelude::*;
use shared_types::search::Popular;

use crate::{
    api,
    components::{
        problem::{Nothing, loaded},
        product_hit::product_hit,
        skeleton,
    },
    logic::{listing::Listing, search::quoted},
    routes,
    state::read::use_read,
};

/// A list with nothing in it.
#[component]
pub fn Empty(
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
    let has_filters = listing.filters() > usize::from(is_fixed);
    let clear = href(&listing.without_filters());
    match (listing.q, has_filters) {
        (None, true) => view! {
            <Nothing title="No products found" text="Nothing matches all of these filters. Take one away, or start over.">
                <a class="button" href=clear>"Clear all filters"</a>
            </Nothing>
        }
        .into_any(),
        (None, false) => view! {
            <Nothing title="No products found" text="There is nothing here yet. Have a look at the rest of the shop.">
                <a class="button" href=routes::PRODUCTS>"See all products"</a>
            </Nothing>
        }
        .into_any(),
        (Some(query), true) => {
            let text = format!("Nothing for {} matches all of these filters. Take one away, or start over.", quoted(&query));
            view! {
                <Nothing title="No products found" text>
                    <a class="button" href=clear>"Clear all filters"</a>
                    <a class="button button-quiet" href=routes::PRODUCTS>"See all products"</a>
                </Nothing>
            }
            .into_any()
        }
        (Some(query), false) => view! { <NothingLikeIt query /> }.into_any(),
    }
}

/// A search that finds nothing at all.
#[component]
fn NothingLikeIt(
    /// The words.
    query: String,
) -> impl IntoView {
    let popular = use_read(api::search::popular);
    let text = format!("The shop has nothing for {}.", quoted(&query));
    view! {
        <Nothing title="No products found" text>
            <ul class="empty-tips">
                <li>"Check the spelling."</li>
                <li>"Use fewer words, or more general ones."</li>
                <li>"Try another name for it."</li>
            </ul>
            <a class="button" href=routes::PRODUCTS>"See all products"</a>
        </Nothing>
        <section class="empty-popular" aria-labelledby="empty-popular">
            <h2 class="empty-title" id="empty-popular">"What others look at"</h2>
            {loaded(popular, || skeleton::rows(3), None, |popular| view! { <PopularNow popular /> }.into_any())}
        </section>
    }
}

#[component]
fn PopularNow(
    /// Products and categories.
    popular: Popular,
) -> impl IntoView {
    let categories = popular.top_categories.into_iter().map(|top| {
        view! {
            <li>
                <a class="chip" href=routes::category(&top.category.slug)>
                    {top.category.name}
                    <span class="soft amount">{top.count.products}</span>
                </a>
            </li>
        }
    });
    let products = popular.featured_products.into_iter().map(|hit| {
        let href = routes::product(&hit.slug);
        view! { <li><a class="hit" href=href>{product_hit(hit)}</a></li> }
    });
    view! {
        <ul class="empty-products">{products.collect_view()}</ul>
        <ul class="chips">{categories.collect_view()}</ul>
    }
}
