//! A product in a grid.

use leptos::prelude::*;
use shared_types::{Money, catalog::ProductList};

use crate::{
    api::{self, use_api},
    logic::text::{BadgeTone, badges, usd},
    routes,
    state::turns::in_turn,
};

/// Shown where a product has no picture.
pub const NO_PICTURE: &str = "/images/logo-mark.svg";

/// A price, with the former one struck out.
#[component]
pub fn Price(
    /// Price of one.
    price: Money,
    /// Former price.
    compare_at: Option<Money>,
) -> impl IntoView {
    let former = compare_at.filter(|before| *before > price).map(|before| {
        view! { <s class="price-former"><span class="visually-hidden">"Before: "</span>{usd(before)}</s> }
    });
    view! { <p class="price amount"><span>{usd(price)}</span>{former}</p> }
}

/// The badges of a product.
#[component]
pub fn Badges(
    /// Tone and words, most telling first.
    badges: Vec<(BadgeTone, String)>,
) -> impl IntoView {
    badges
        .into_iter()
        .map(|(tone, words)| {
            let class = match tone {
                BadgeTone::Saving => "badge badge-saving",
                BadgeTone::Featured => "badge badge-featured",
                BadgeTone::Stock => "badge badge-stock",
            };
            view! { <span class=class>{words}</span> }
        })
        .collect_view()
}

/// A product in a grid: a link to its page.
#[component]
pub fn ProductCard(
    /// The product.
    item: ProductList,
    /// Whether it is in view at once: its picture is then loaded without waiting.
    #[prop(optional)]
    eager: bool,
) -> impl IntoView {
    let api = use_api();
    let ProductList { product, category } = item;
    let slug = product.slug.clone();
    let badges = badges(&product);
    let picture = product.image_url.clone().unwrap_or_else(|| NO_PICTURE.to_owned());
    // Pointing at a product announces a visit: its page is then there at once.
    let announce = move || api.prefetch(api::catalog::product(&slug).request);
    view! {
        <li class="product-card">
            <a class="product-card-link" href=routes::product(&product.slug) on:pointerenter=move |_| announce()>
                <span class="product-card-picture">
                    <img
                        src=picture
                        alt=""
                        width="800"
                        height="800"
                        decoding="async"
                        loading=if eager { "eager" } else { "lazy" }
                    />
                </span>
                <span class="product-card-name">{product.name}</span>
            </a>
            <p class="product-card-category">{category.name}</p>
            <Price price=product.price compare_at=product.compare_at />
            <p class="product-card-badges"><Badges badges /></p>
        </li>
    }
}

/// Products side by side.
#[component]
pub fn ProductGrid(
    /// The products.
    items: Vec<ProductList>,
    /// How many of them are likely in view at once.
    #[prop(default = 4)]
    eager: usize,
) -> impl IntoView {
    let mut first = items;
    let others = first.split_off(eager.min(first.len()));
    let cards = |items: Vec<ProductList>, eager| {
        items.into_iter().map(move |item| view! { <ProductCard item eager /> }).collect_view().into_any()
    };
    view! { <ul class="product-grid">{cards(first, true)} {in_turn(move || cards(others, false))}</ul> }
}
