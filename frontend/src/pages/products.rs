//! All products.

use leptos::prelude::*;

use super::listing::ListingView;
use crate::{routes, state::page::use_page};

/// All products, filtered and sorted as the address says.
#[component]
pub fn ProductsPage() -> impl IntoView {
    use_page(|| "Products".into(), || "Everything in the shop, by category, price and availability.".into());
    view! {
        <div class="container page">
            <header class="page-head">
                <h1>"Products"</h1>
            </header>
            <ListingView path=routes::PRODUCTS.to_owned() />
        </div>
    }
}
