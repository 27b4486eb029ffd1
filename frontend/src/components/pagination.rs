//! Links to the other pages of a list.

use leptos::prelude::*;
use shared_types::PageMeta;

use super::icon::{Glyph, Icon};
use crate::logic::listing::page_numbers;

/// Links to the other pages of a list; nothing when there is only one.
#[component]
pub fn Pagination(
    /// Where the list stands.
    meta: PageMeta,
    /// The address of a page. Reactive: while the results of a new question are on their way, the links in sight already
    /// lead to that question's pages.
    #[prop(into)]
    href: Callback<i64, String>,
) -> impl IntoView {
    let (page, pages) = (meta.page, meta.total_pages);
    if pages <= 1 {
        return ().into_any();
    }
    let number = |number: Option<i64>| match number {
        None => view! { <li class="pagination-gap" aria-hidden="true">"…"</li> }.into_any(),
        Some(number) => {
            let current = (number == page).then_some("page");
            let label = format!("Page {number}");
            view! { <li><a href=move || href.run(number) aria-label=label aria-current=current>{number}</a></li> }
                .into_any()
        }
    };
    let previous = (page > 1).then(|| {
        view! { <a class="pagination-step" rel="prev" href=move || href.run(page - 1)><Icon glyph=Glyph::Back size=18 />"Previous"</a> }
    });
    let next = (page < pages).then(|| {
        view! { <a class="pagination-step" rel="next" href=move || href.run(page + 1)>"Next"<Icon glyph=Glyph::Forward size=18 /></a> }
    });
    view! {
        <nav class="pagination" aria-label="Pages">
            <span class="pagination-side">{previous}</span>
            <ol>{page_numbers(page, pages).into_iter().map(number).collect_view()}</ol>
            <span class="pagination-side pagination-end">{next}</span>
        </nav>
    }
    .into_any()
}
