//! The account: profile, security and order history.

mod orders;
mod profile;
mod security;

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_navigate};

pub use self::{orders::OrdersPage, profile::ProfilePage, security::SecurityPage};
use crate::{routes, state::session::use_session};

/// The frame of the account's pages.
#[component]
fn AccountFrame(
    /// The page's heading.
    title: &'static str,
    /// The page.
    children: Children,
) -> impl IntoView {
    let session = use_session();
    let navigate = use_navigate();
    let sign_out = move |_| {
        navigate(routes::HOME, Default::default());
        // The private page must be gone before its person is.
        request_animation_frame(move || session.sign_out());
    };
    view! {
        <div class="container page">
            <div class="account">
                <nav class="account-nav" aria-label="Account">
                    <A href=routes::ACCOUNT exact=true>"Profile"</A>
                    <A href=routes::ACCOUNT_ORDERS>"Orders"</A>
                    <A href=routes::ACCOUNT_SECURITY>"Security"</A>
                    <button type="button" on:click=sign_out>"Sign out"</button>
                </nav>
                <div class="stack account-body">
                    <h1>{title}</h1>
                    {children()}
                </div>
            </div>
        </div>
    }
}
