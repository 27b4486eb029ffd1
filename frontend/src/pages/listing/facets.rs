//! How the results of a search can be narrowed down, with what each choice would find.

use leptos::prelude::*;
use shared_types::{catalog::CategoryList, search::Facets};

use super::filters::filter_link;
use crate::{
    api::search::Found,
    components::skeleton,
    logic::{
        categories::name_of,
        listing::Listing,
        search::{category_choices, price_choices},
    },
    state::{
        reactive::memo,
        read::{Read, Reading},
    },
};

/// The facets of what is in sight, as far as `pick` is interested. `None` while the first answer is on its way.
fn facets<T: Default>(products: Read<Found>, pick: impl Fn(&Facets) -> T) -> Option<T> {
    match products.get() {
        Reading::Loading => None,
        Reading::Ready(found) => Some(found.search.map(|search| pick(&search.facets)).unwrap_or_default()),
        Reading::Failed(_) => Some(T::default()),
    }
}

/// Categories and ranges of prices to choose from.
#[component]
pub fn FacetLinks(
    /// What the address asks for.
    listing: Memo<Listing>,
    /// The page's path.
    path: StoredValue<String>,
    /// Every category.
    categories: Read<Vec<CategoryList>>,
    /// What was found.
    products: Read<Found>,
) -> impl IntoView {
    // A choice does not change the counts of its own kind, so these lists stay, and with them the focus.
    let in_categories = memo(move || {
        let chosen = listing.with(|listing| listing.category.clone());
        let name = |slug: &str| categories.value().and_then(|list| name_of(&list, slug));
        facets(products, |facets| category_choices(facets, chosen.as_deref(), name))
    });
    let in_ranges = memo(move || facets(products, price_choices));
    let category_links = move || {
        in_categories.get().map(|choices| {
            let links = choices.into_iter().map(|(slug, name, count)| {
                filter_link(listing, path, name, Some(count), move |next| next.category = Some(slug.clone()))
            });
            let all = filter_link(listing, path, "All".to_owned(), None, |next| next.category = None);
            group("facet-categories", "Category", std::iter::once(all).chain(links).collect())
        })
    };
    let range_links = move || {
        in_ranges.get().map(|choices| {
            let links = choices.into_iter().map(|choice| {
                filter_link(listing, path, choice.words, Some(choice.count), move |next| {
                    next.min_price = choice.min;
                    next.max_price = choice.max;
                })
            });
            let any = filter_link(listing, path, "Any price".to_owned(), None, |next| {
                next.min_price = None;
                next.max_price = None;
            });
            group("facet-prices", "Price range", std::iter::once(any).chain(links).collect())
        })
    };
    let waiting = move || {
        in_categories.with(Option::is_none).then(|| view! { <div aria-busy="true">{skeleton::rows(4)}</div> })
    };
    view! {
        {waiting}
        {category_links}
        {range_links}
    }
}

/// The name of the filter that leaves out what is sold out, with what it would leave.
#[component]
pub fn AvailabilityCount(
    /// What was found.
    products: Read<Found>,
) -> impl IntoView {
    let count = memo(move || facets(products, |facets| Some(facets.availability.in_stock)).flatten());
    view! {
        <span class="filters-words">"In stock"</span>
        <span class="soft amount small">{move || count.get()}</span>
    }
}

/// A choice between nothing and nothing is none.
fn group(id: &'static str, title: &'static str, links: Vec<AnyView>) -> AnyView {
    if links.len() < 2 {
        return ().into_any();
    }
    let items: Vec<_> = links.into_iter().map(|link| view! { <li>{link}</li> }).collect();
    view! {
        <nav class="filters-group" aria-labelledby=id>
            <h2 class="filters-title" id=id>{title}</h2>
            <ul>{items}</ul>
        </nav>
    }
    .into_any()
}
