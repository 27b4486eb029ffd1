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
        attempts::provide_payment_notice,
        cart::provide_cart,
        page::{follow_navigation, watch_history},
        session::provide_session,
        theme::provide_theme,
        toasts::provide_toasts,
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
    watch_history();
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
                <Route path=path!("/") view=page(|| view! { <HomePage /> }.into_any()) />
                <Route path=path!("/products") view=page(|| view! { <ProductsPage /> }.into_any()) />
                <Route path=path!("/products/:slug") view=page(|| view! { <ProductPage /> }.into_any()) />
                <Route path=path!("/categories") view=page(|| view! { <CategoriesPage /> }.into_any()) />
                <Route path=path!("/categories/:slug") view=page(|| view! { <CategoryPage /> }.into_any()) />
                <Route path=path!("/cart") view=page(|| view! { <CartPage /> }.into_any()) />
                <Route path=path!("/checkout") view=page(|| view! { <CheckoutPage /> }.into_any()) />
                <Route path=path!("/orders/:id") view=page(|| view! { <OrderPage /> }.into_any()) />
                <Route path=path!("/auth/login") view=page(|| view! { <LoginPage /> }.into_any()) />
                <Route path=path!("/auth/register") view=page(|| view! { <RegisterPage /> }.into_any()) />
                <Route path=path!("/account") view=page(|| view! { <ProfilePage /> }.into_any()) />
                <Route path=path!("/account/orders") view=page(|| view! { <OrdersPage /> }.into_any()) />
                <Route path=path!("/account/orders/:id") view=page(|| view! { <OrderPage in_account=true /> }.into_any()) />
            </Routes>
        </main>
        <Footer />
        <ToastRegion />
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
