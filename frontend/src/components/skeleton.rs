//! Placeholders of the size of what is loading, so that nothing jumps.

use leptos::prelude::*;

/// Cards of a product grid on their way.
pub fn product_grid(cards: usize) -> AnyView {
    let card = || {
        view! {
            <li class="product-card">
                <div class="product-card-link">
                    <div class="product-card-picture skeleton"></div>
                    <div class="skeleton skeleton-line"></div>
                </div>
                <div class="skeleton skeleton-line skeleton-small skeleton-short"></div>
                <div class="skeleton skeleton-line skeleton-short"></div>
            </li>
        }
    };
    view! {
        <ul class="product-grid" aria-hidden="true">
            {(0..cards).map(|_| card()).collect_view()}
        </ul>
    }
    .into_any()
}

/// Departments on their way.
pub fn category_grid(tiles: usize) -> AnyView {
    let tile = || {
        view! {
            <li class="category-tile">
                <div class="category-tile-link">
                    <div class="category-tile-picture skeleton"></div>
                    <div class="skeleton skeleton-line skeleton-short"></div>
                </div>
                <div class="skeleton skeleton-line skeleton-small skeleton-short"></div>
            </li>
        }
    };
    view! {
        <ul class="category-grid" aria-hidden="true">
            {(0..tiles).map(|_| tile()).collect_view()}
        </ul>
    }
    .into_any()
}

/// A heading and a block of text on their way.
pub fn text() -> AnyView {
    view! {
        <div aria-hidden="true" class="stack">
            <div class="skeleton skeleton-title"></div>
            <div class="skeleton skeleton-line"></div>
            <div class="skeleton skeleton-line skeleton-short"></div>
            <div class="skeleton skeleton-block"></div>
        </div>
    }
    .into_any()
}

/// A form on its way.
pub fn form(fields: usize) -> AnyView {
    view! {
        <div aria-hidden="true" class="panel stack account-form">
            {(0..fields).map(|_| view! { <div class="skeleton skeleton-field"></div> }).collect_view()}
        </div>
    }
    .into_any()
}

/// Rows of a list on their way.
pub fn rows(count: usize) -> AnyView {
    view! {
        <div aria-hidden="true" class="stack">
            {(0..count).map(|_| view! { <div class="skeleton skeleton-row"></div> }).collect_view()}
        </div>
    }
    .into_any()
}
