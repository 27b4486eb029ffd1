//! The application: what all pages share, and which page an address shows.

use leptos::prelude::*;
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    path,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    api::provide_api,
    components::toasts::ToastRegion,
    layout::{footer::Footer, header::Header, offline::OfflineBanner},
    pages::{home::HomePage, later, not_found::NotFoundPage},
    state::{
        attempts::provide_payment_notice,
        cart::provide_cart,
        online::provide_online,
        page::{follow_navigation, watch_history},
        session::provide_session,
        theme::provide_theme,
        toasts::provide_toasts,
        turns::{in_turn, provide_turns, set_outline_aside},
    },
};

/// The application.
#[component]
pub fn App() -> impl IntoView {
    provide_turns();
    provide_theme();
    provide_online();
    let api = provide_api();
    let toasts = provide_toasts();
    let carts = provide_cart(api, toasts);
    provide_session(api, carts, toasts);
    provide_payment_notice();
    watch_history();
    in_turn(|| view! { <Router><Shell /></Router> }.into_any())
}

#[component]
fn Shell() -> impl IntoView {
    follow_navigation();
    later::fetch_on_intent();
    view! {
        <a class="skip-link" href="#main" on:click=skip_to_content>"Skip to content"</a>
        {in_turn(|| {
            let header = view! { <Header /> }.into_any();
            // What was typed in its search has been taken over.
            set_outline_aside();
            header
        })}
        <OfflineBanner />
        <main class="app-main" id="main" tabindex="-1">
            {in_turn(|| view! { <Pages /> }.into_any())}
        </main>
        {in_turn(|| view! { <Footer /> }.into_any())}
        <ToastRegion />
    }
}

#[component]
fn Pages() -> impl IntoView {
    view! {
        <FlatRoutes fallback=|| view! { <NotFoundPage /> }>
            <Route path=path!("/") view=page(|| view! { <HomePage /> }.into_any()) />
            <Route path=path!("/products") view=page(|| later::PRODUCTS.show()) />
            <Route path=path!("/products/:slug") view=page(|| later::PRODUCT.show()) />
            <Route path=path!("/categories") view=page(|| later::CATEGORIES.show()) />
            <Route path=path!("/categories/:slug") view=page(|| later::CATEGORY.show()) />
            <Route path=path!("/cart") view=page(|| later::CART.show()) />
            <Route path=path!("/checkout") view=page(|| later::CHECKOUT.show()) />
            <Route path=path!("/orders/:id") view=page(|| later::ORDER.show()) />
            <Route path=path!("/auth/login") view=page(|| later::LOGIN.show()) />
            <Route path=path!("/auth/register") view=page(|| later::REGISTER.show()) />
            <Route path=path!("/account") view=page(|| later::PROFILE.show()) />
            <Route path=path!("/account/security") view=page(|| later::SECURITY.show()) />
            <Route path=path!("/account/orders") view=page(|| later::ACCOUNT_ORDERS.show()) />
            <Route path=path!("/account/orders/:id") view=page(|| later::ACCOUNT_ORDER.show()) />
        </FlatRoutes>
    }
}

/// One type for all pages: the router's code is compiled once for each.
fn page(view: fn() -> AnyView) -> fn() -> AnyView {
    view
}

/// Moves the focus past the header. The router would take the link for a navigation.
fn skip_to_content(ev: web_sys::MouseEvent) {
    ev.prevent_default();
    let content = document().get_element_by_id("main").and_then(|main| main.dyn_into::<HtmlElement>().ok());
    if let Some(content) = content {
        let _ = content.focus();
    }
}
