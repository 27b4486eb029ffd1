//! Where a page stands in the shop.

use leptos::prelude::*;

/// The way down to this page, the page itself last.
#[component]
pub fn Breadcrumb(
    /// Words and addresses above this page.
    above: Vec<(String, String)>,
    /// This page.
    #[prop(into)]
    here: String,
) -> impl IntoView {
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol>
                {above
                    .into_iter()
                    .map(|(words, href)| view! { <li><a href=href>{words}</a></li> })
                    .collect_view()}
                <li aria-current="page">{here}</li>
            </ol>
        </nav>
    }
}
