//! The application: what all pages share, and which page an address shows.

use leptos::prelude::*;
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    api::provide_api,
    components::toasts::ToastRegion,
    layout::{footer::Footer, header::Header},
    pages::{
        account::{OrdersPage, ProfilePage},
        auth::{LoginPage, RegisterPage},
        cart::CartPage,
        categories::{CategoriesPage, CategoryPage},
        checkout::CheckoutPage,
        home::HomePage,
        not_found::NotFoundPage,
        order::OrderPage,
        product::ProductPage,
        products::ProductsPage,
    },
    state::{
        attempts::provide_payment_notice, cart::provide_cart, page::follow_navigation,
        session::provide_session, theme::provide_theme, toasts::provide_toasts,
    },
};

/// The application.
#[component]
pub fn App() -> impl IntoView {
    provide_theme();
    let api = provide_api();
    let toasts = provide_toasts();
    let carts = provide_cart(api, toasts);
    provide_session(api, carts, toasts);
    provide_payment_notice();
    view! {
        <Router>
            <Shell />
        </Router>
    }
}

#[component]
fn Shell() -> impl IntoView {
    follow_navigation();
    view! {
        <a class="skip-link" href="#main" on:click=skip_to_content>"Skip to content"</a>
        <Header />
        <main class="app-main" id="main" tabindex="-1">
            <Routes fallback=|| view! { <NotFoundPage /> }>
                <Route path=path!("/") view=HomePage />
                <Route path=path!("/products") view=ProductsPage />
                <Route path=path!("/products/:slug") view=ProductPage />
                <Route path=path!("/categories") view=CategoriesPage />
                <Route path=path!("/categories/:slug") view=CategoryPage />
                <Route path=path!("/cart") view=CartPage />
                <Route path=path!("/checkout") view=CheckoutPage />
                <Route path=path!("/orders/:id") view=|| view! { <OrderPage /> } />
                <Route path=path!("/auth/login") view=LoginPage />
                <Route path=path!("/auth/register") view=RegisterPage />
                <Route path=path!("/account") view=ProfilePage />
                <Route path=path!("/account/orders") view=OrdersPage />
                <Route path=path!("/account/orders/:id") view=|| view! { <OrderPage in_account=true /> } />
            </Routes>
        </main>
        <Footer />
        <ToastRegion />
    }
}

/// Moves the focus past the header. The router would take the link for a navigation.
fn skip_to_content(ev: web_sys::MouseEvent) {
    ev.prevent_default();
    let content = document().get_element_by_id("main").and_then(|main| main.dyn_into::<HtmlElement>().ok());
    if let Some(content) = content {
        let _ = content.focus();
    }
}
