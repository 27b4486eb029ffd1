//! A list of products with its filters: the body of `/products` and of every category's page.

mod filters;
mod results;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::{filters::Filters, results::Results};
use crate::{
    api,
    logic::listing::Listing,
    state::{reactive::memo, read::use_read},
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
        let mut listing = query.with(|query| Listing::from_query(|name| query.get(name)));
        if let Some(slug) = &category {
            listing.category = Some(slug.clone());
        }
        listing
    });
    let categories = use_read(api::catalog::categories);
    view! {
        <div class="listing">
            <Filters listing path categories is_fixed />
            <Results listing path categories is_fixed />
        </div>
    }
}
