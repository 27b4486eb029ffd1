//! A list of products with its filters: the body of `/products`, of every search and of every category's page.

mod empty;
mod facets;
mod filters;
mod results;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared_types::catalog::CategoryList;

use self::{filters::Filters, results::Results};
use crate::{
    api,
    components::{problem::loaded, skeleton},
    logic::{categories::id_of, listing::Listing},
    state::{
        reactive::memo,
        read::{Read, use_list, use_read},
        turns::in_turn,
    },
};

/// Products with filters, chips, sorting and pages; all of their state is in the address.
#[component]
pub fn ListingView(
    /// The path of the page that shows the list.
    path: String,
    /// The category the page is about.
    #[prop(optional, into)]
    category: Option<String>,
) -> impl IntoView {
    let query = use_query_map();
    let path = StoredValue::new(path);
    let is_fixed = category.is_some();
    let listing = memo(move || {
        let listing = query.with(|query| Listing::from_query(|name| query.get(name)));
        match &category {
            Some(slug) => listing.within(slug),
            None => listing,
        }
    });
    let categories = use_read(api::catalog::categories);
    let search = memo(move || listing.with(|listing| listing.q.clone()));
    // Another search is another list: nothing of the previous one stays in sight.
    move || {
        let searched = search.get();
        let list = move || view! { <List listing path categories is_fixed /> }.into_any();
        let needs_ids = searched.is_some() && listing.with_untracked(|listing| listing.category.is_some());
        if needs_ids {
            // The search knows categories by their ids, the address by their names.
            loaded(categories, || skeleton::product_grid(12), None, move |_| list()).into_any()
        } else {
            list()
        }
    }
}

#[component]
fn List(
    /// What the address asks for.
    listing: Memo<Listing>,
    /// The page's path.
    path: StoredValue<String>,
    /// Every category.
    categories: Read<Vec<CategoryList>>,
    /// Whether the page is about one category.
    is_fixed: bool,
) -> impl IntoView {
    // Until this list gives way to another search's, it must not ask that search's question.
    let own = StoredValue::new(listing.get_untracked());
    let listing = memo(move || {
        let next = listing.get();
        if own.with_value(|own| own.q == next.q) {
            own.set_value(next);
        }
        own.get_value()
    });
    let known = memo(move || categories.value().unwrap_or_default());
    let products = use_list(move || {
        listing.with(|listing| {
            let slug = listing.category.as_deref();
            // A category that the shop does not have finds nothing, whatever it is called.
            let id =
                slug.map(|slug| known.with(|known| id_of(known, slug)).unwrap_or_else(|| slug.to_owned()));
            match listing.search(id) {
                Some(search) => api::search::searched(&search),
                None => api::search::listed(&listing.request()),
            }
        })
    });
    view! {
        <div class="listing">
            <Filters listing path categories products is_fixed />
            {in_turn(move || view! { <Results listing path categories products is_fixed /> }.into_any())}
        </div>
    }
}
