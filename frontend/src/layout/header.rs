//! The bar at the top: logo, the two ways into the shop, search, theme, account, cart.

use leptos::{html, prelude::*};
use leptos_router::{
    components::A,
    hooks::{use_location, use_navigate},
};
use shared_types::auth::UserSummary;

use super::search::Search;
use crate::{
    components::{
        icon::{Glyph, Icon},
        logo::Logo,
    },
    logic::{redirect::sign_in_then, text::cart_badge},
    routes,
    state::{
        cart::use_cart,
        reactive::memo,
        session::{Person, display_name, full_name, use_session},
        theme::use_theme,
        turns::in_turn,
    },
};

/// The bar at the top.
#[component]
pub fn Header() -> impl IntoView {
    view! {
        <header class="header">
            <div class="container header-bar">
                <Logo />
                <div class="header-middle">
                    <nav class="header-nav" aria-label="Main">
                        <A href=routes::PRODUCTS>"Products"</A>
                        <A href=routes::CATEGORIES>"Categories"</A>
                    </nav>
                    <Search />
                </div>
                {in_turn(|| view! { <Tools /> }.into_any())}
            </div>
        </header>
    }
}

#[component]
fn Tools() -> impl IntoView {
    view! {
        <div class="header-tools">
            <ThemeSwitch />
            <Account />
            <CartLink />
        </div>
    }
}

#[component]
fn ThemeSwitch() -> impl IntoView {
    let theme = use_theme();
    let label = move || if theme.is_dark() { "Switch to light theme" } else { "Switch to dark theme" };
    view! {
        <button class="icon-button" type="button" aria-label=label title=label on:click=move |_| theme.toggle()>
            {move || {
                let glyph = if theme.is_dark() { Glyph::Sun } else { Glyph::Moon };
                view! { <Icon glyph /> }.into_any()
            }}
        </button>
    }
}

#[component]
fn CartLink() -> impl IntoView {
    let cart = use_cart().cart();
    let units = memo(move || cart.with(crate::logic::cart::Cart::units));
    let label = move || match units.get() {
        0 => "Cart, empty".to_owned(),
        1 => "Cart, 1 item".to_owned(),
        units => format!("Cart, {units} items"),
    };
    view! {
        <a class="icon-button" href=routes::CART aria-label=label>
            <Icon glyph=Glyph::Bag />
            {move || cart_badge(units.get()).map(|words| view! { <span class="cart-badge amount">{words}</span> }.into_any())}
        </a>
    }
}

#[component]
fn Account() -> impl IntoView {
    let session = use_session();
    let location = use_location();
    let person = memo(move || session.person());
    let sign_in = move || {
        let path = location.pathname.get();
        // From the front page and the sign-in pages there is nothing to come back to.
        if path == routes::HOME || path.starts_with("/auth/") {
            routes::LOGIN.to_owned()
        } else {
            sign_in_then(&(path + &location.query.get().to_query_string()))
        }
    };
    move || {
        match person.get() {
        Person::Restoring => {
            view! { <span class="icon-button header-waiting"><Icon glyph=Glyph::Person /></span> }.into_any()
        }
        Person::Guest => {
            view! { <a class="header-sign-in" href=sign_in><Icon glyph=Glyph::Person /><span>"Sign in"</span></a> }.into_any()
        }
        Person::Customer(user) => view! { <AccountMenu user /> }.into_any(),
    }
    }
}

#[component]
fn AccountMenu(
    /// Who is signed in.
    user: UserSummary,
) -> impl IntoView {
    let session = use_session();
    let navigate = use_navigate();
    let menu = NodeRef::<html::Div>::new();
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            let _ = menu.hide_popover();
        }
    };
    let label = format!("Account menu of {}", full_name(&user));
    let sign_out = move |_| {
        close();
        navigate(routes::HOME, Default::default());
        // The private page must be gone before its person is.
        request_animation_frame(move || session.sign_out());
    };
    view! {
        <button class="icon-button header-person" type="button" popovertarget="account-menu" aria-label=label>
            <Icon glyph=Glyph::Person />
        </button>
        <div class="menu" id="account-menu" popover="auto" node_ref=menu>
            <p class="menu-person">
                <strong>"Hello, " {display_name(&user)}</strong>
                <span class="soft small">{user.email}</span>
            </p>
            <a href=routes::ACCOUNT on:click=move |_| close()>"Account"</a>
            <a href=routes::ACCOUNT_ORDERS on:click=move |_| close()>"Orders"</a>
            <button type="button" on:click=sign_out>"Sign out"</button>
        </div>
    }
}
