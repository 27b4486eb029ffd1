//! What is shown where there is nothing.

use leptos::prelude::*;

use crate::{
    routes,
    state::page::{hide_from_search, use_page},
};

/// A page that does not exist.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    use_page(|| "Page not found".into(), || "There is no page at this address.".into());
    missing(
        "Page not found",
        "There is nothing at this address. It may have moved, or the link has a typing mistake.",
    )
}

/// Says that something is not there and offers ways on.
pub fn missing(title: &'static str, text: &'static str) -> AnyView {
    hide_from_search();
    view! {
        <div class="container page">
            <section class="problem">
                <h1>{title}</h1>
                <p class="lead">{text}</p>
                <div class="row problem-actions">
                    <a class="button" href=routes::PRODUCTS>"See all products"</a>
                    <a class="button button-quiet" href=routes::HOME>"Go to the front page"</a>
                </div>
            </section>
        </div>
    }
    .into_any()
}
