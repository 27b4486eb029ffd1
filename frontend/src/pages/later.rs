//! Every page but the front page, in modules of their own: fetched when somebody is about to open one. The suggestions of
//! the search come with the shop's pages, since these follow.
//!
//! The published storefront is compiled with the feature `split` and cut along these functions by `cargo xtask spa`. Without
//! it, under `trunk serve`, everything is one module and fetching ends at once.

use std::{future::Future, pin::Pin};

use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    account::{OrdersPage, ProfilePage, SecurityPage},
    auth::{LoginPage, RegisterPage},
    cart::CartPage,
    categories::{CategoriesPage, CategoryPage},
    checkout::CheckoutPage,
    order::OrderPage,
    product::ProductPage,
    products::ProductsPage,
};
use crate::{
    api::ApiError,
    components::{problem::PageProblem, skeleton},
    layout::suggestions::SuggestionList,
    routes,
    state::{online::use_online, reactive::effect},
};

/// Builds a page that has been fetched. A plain function: the page is built where it is shown, with the contexts of that
/// place, and not where it arrived.
type Build = fn() -> AnyView;

/// The page could not be fetched: the network failed, or a newer storefront has taken this one's place on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NotFetched;

#[cfg(feature = "split")]
impl From<leptos::wasm_split::SplitLoaderError> for NotFetched {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

type Fetching = Pin<Box<dyn Future<Output = Result<Build, NotFetched>>>>;

/// A page that is fetched when it is needed.
#[derive(Clone, Copy)]
pub struct Later(fn() -> Fetching);

/// Declares pages: `NAME = name in module => view`. Those of one module are fetched together.
macro_rules! pages {
    ($($(#[$doc:meta])* $constant:ident = $name:ident in $module:ident => $view:expr;)+) => {$(
        $(#[$doc])*
        pub const $constant: Later = {
            #[cfg_attr(feature = "split", leptos::wasm_split::wasm_split(
                $module, wasm_split_path = leptos::wasm_split, fallible
            ))]
            fn $name() -> Result<Build, NotFetched> {
                Ok(|| $view.into_any())
            }
            #[cfg(feature = "split")]
            let later = Later(|| Box::pin($name()));
            #[cfg(not(feature = "split"))]
            let later = Later(|| Box::pin(async { $name() }));
            later
        };
    )+};
}

pages! {
    /// All products.
    PRODUCTS = products in shop => view! { <ProductsPage /> };
    /// One product.
    PRODUCT = product in shop => view! { <ProductPage /> };
    /// All categories.
    CATEGORIES = categories in shop => view! { <CategoriesPage /> };
    /// One category.
    CATEGORY = category in shop => view! { <CategoryPage /> };
    /// The list under the search field.
    SUGGESTIONS = suggestions in shop => view! { <SuggestionList /> };
    /// The cart.
    CART = cart in buying => view! { <CartPage /> };
    /// From the cart to an order.
    CHECKOUT = checkout in buying => view! { <CheckoutPage /> };
    /// Confirmation and tracking of an order.
    ORDER = order in orders => view! { <OrderPage /> };
    /// An order within the history.
    ACCOUNT_ORDER = account_order in orders => view! { <OrderPage in_account=true /> };
    /// Order history.
    ACCOUNT_ORDERS = account_orders in orders => view! { <OrdersPage /> };
    /// Sign-in.
    LOGIN = login in account => view! { <LoginPage /> };
    /// Registration.
    REGISTER = register in account => view! { <RegisterPage /> };
    /// Profile.
    PROFILE = profile in account => view! { <ProfilePage /> };
    /// Password and devices.
    SECURITY = security in account => view! { <SecurityPage /> };
}

/// The page that an address of the shop's own leads to, when it is one that is fetched later.
fn behind(path: &str) -> Option<Later> {
    match path {
        routes::CART => Some(CART),
        routes::CHECKOUT => Some(CHECKOUT),
        routes::ACCOUNT | routes::ACCOUNT_SECURITY => Some(PROFILE),
        path if path.starts_with(routes::ACCOUNT_ORDERS) || path.starts_with(routes::ORDERS) => Some(ORDER),
        path if path.starts_with(routes::AUTH) => Some(LOGIN),
        path if path.starts_with(routes::PRODUCTS) || path.starts_with(routes::CATEGORIES) => Some(PRODUCTS),
        _ => None,
    }
}

/// Fetches the page behind a link as soon as somebody points at it or reaches it by keyboard. Set up once.
pub fn fetch_on_intent() {
    fn intent(target: Option<web_sys::EventTarget>) {
        let link = target
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|element| element.closest("a[href]").ok().flatten())
            .and_then(|link| link.get_attribute("href"));
        let page = link.and_then(|href| behind(href.split(['?', '#']).next().unwrap_or_default()));
        if let Some(Later(fetch)) = page {
            // What fails here is fetched again, and reported, when the page is opened.
            spawn_local(async move {
                let _ = fetch().await;
            });
        }
    }
    let pointed = window_event_listener(ev::pointerover, |event| intent(event.target()));
    let focused = window_event_listener(ev::focusin, |event| intent(event.target()));
    on_cleanup(move || {
        pointed.remove();
        focused.remove();
    });
}

impl Later {
    /// Shows a part of a page as soon as it is there, and nothing before. It is fetched when `wanted` changes from zero,
    /// and when that fails, at the next change: the page is complete without it.
    pub fn show_when(self, wanted: RwSignal<u32>) -> AnyView {
        let fetched = RwSignal::new(None::<Result<Build, NotFetched>>);
        let is_there = move || fetched.with_untracked(|fetched| matches!(fetched, Some(Ok(_))));
        effect(move || {
            if wanted.get() > 0 && !is_there() {
                spawn_local(async move {
                    let outcome = (self.0)().await;
                    if !is_there() {
                        fetched.set(Some(outcome));
                    }
                });
            }
        });
        (move || fetched.get().and_then(Result::ok).map(|build| build())).into_any()
    }

    /// Shows the page as soon as it is there.
    pub fn show(self) -> AnyView {
        let fetched = RwSignal::new(None::<Result<Build, NotFetched>>);
        let attempts = StoredValue::new(0);
        let load = move || {
            let attempt = attempts.get_value() + 1;
            attempts.set_value(attempt);
            spawn_local(async move {
                let outcome = (self.0)().await;
                if attempt > 1 && outcome.is_err() && window().navigator().on_line() {
                    // The server answers, but this storefront's pages are gone from it: take the new storefront.
                    let _ = window().location().reload();
                }
                // The visitor may have left meanwhile.
                let _ = fetched.try_set(Some(outcome));
            });
        };
        load();
        let online = use_online();
        effect(move || {
            if online.get() && fetched.with_untracked(|fetched| *fetched == Some(Err(NotFetched))) {
                fetched.set(None);
                load();
            }
        });
        let retry = move |()| {
            fetched.set(None);
            load();
        };
        (move || match fetched.get() {
            Some(Ok(build)) => build(),
            Some(Err(NotFetched)) => view! { <PageProblem error=ApiError::Offline retry /> }.into_any(),
            None => {
                view! { <div class="container page" aria-busy="true">{skeleton::text()}</div> }.into_any()
            }
        })
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_the_pages_that_the_router_shows_there() {
        let is =
            |path: &str, page: Later| behind(path).is_some_and(|found| std::ptr::fn_addr_eq(found.0, page.0));
        assert!(is("/cart", CART) && is("/checkout", CHECKOUT) && is("/account", PROFILE));
        assert!(is("/account/security", PROFILE), "one module");
        assert!(is("/auth/login", LOGIN) && is("/auth/register", LOGIN), "one module");
        assert!(is("/products", PRODUCTS) && is("/products/pixel-8-pro", PRODUCTS));
        assert!(is("/categories", PRODUCTS) && is("/categories/books", PRODUCTS), "one module");
        assert!(is("/orders/ORD-1", ORDER) && is("/account/orders", ORDER));
    }

    #[test]
    fn the_front_page_and_other_sites_need_no_fetching() {
        for path in ["/", "/nothing", "https://elsewhere.example/cart"] {
            assert!(behind(path).is_none(), "{path}");
        }
    }
}
