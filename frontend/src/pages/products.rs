//! All products, or those that a search finds.

use leptos::prelude::*;

use super::listing::ListingView;
use crate::{
    logic::search::quoted,
    routes,
    state::page::{use_page, use_query_text},
};

/// All products, or those that a search finds, filtered and sorted as the address says.
#[component]
pub fn ProductsPage() -> impl IntoView {
    let query = use_query_text();
    let title = move || match query.get() {
        Some(query) => format!("Results for {}", quoted(&query)),
        None => "Products".to_owned(),
    };
    let description = move || match query.get() {
        Some(query) => {
            format!("What the shop has for {}, by category, price and availability.", quoted(&query))
        }
        None => "Everything in the shop, by category, price and availability.".to_owned(),
    };
    use_page(title, description);
    view! {
        <div class="container page">
            <header class="page-head">
                <h1>{title}</h1>
            </header>
            <ListingView path=routes::PRODUCTS.to_owned() />
        </div>
    }
}
