//! The foot of every page.

use leptos::prelude::*;
use shared_types::{paths, pricing::FREE_SHIPPING_FROM};

use crate::{logic::text::usd, routes};

/// The foot of every page.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="footer">
            <div class="container footer-columns">
                <div class="footer-about">
                    <p class="footer-name">"Alder"</p>
                    <p class="soft small">
                        "A small shop for things worth keeping. Free shipping from " {usd(FREE_SHIPPING_FROM)}
                        ". This is a demonstration: nothing is charged and nothing is sent."
                    </p>
                </div>
                <nav aria-label="Shop">
                    <h2 class="footer-title">"Shop"</h2>
                    <ul>
                        <li><a href=routes::PRODUCTS>"All products"</a></li>
                        <li><a href=routes::CATEGORIES>"All categories"</a></li>
                        <li><a href=routes::CART>"Your cart"</a></li>
                    </ul>
                </nav>
                <nav aria-label="Your account">
                    <h2 class="footer-title">"You"</h2>
                    <ul>
                        <li><a href=routes::ACCOUNT>"Account"</a></li>
                        <li><a href=routes::ACCOUNT_ORDERS>"Orders"</a></li>
                    </ul>
                </nav>
                <nav aria-label="For developers">
                    <h2 class="footer-title">"Developers"</h2>
                    <ul>
                        <li><a href=paths::system::DOCS rel="external">"API documentation"</a></li>
                    </ul>
                </nav>
            </div>
        </footer>
    }
}
