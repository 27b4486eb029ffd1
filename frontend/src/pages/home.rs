//! The front page.

use leptos::prelude::*;
use shared_types::{
    Page,
    catalog::{CategoryList, ProductList, ProductQuery},
    pricing::FREE_SHIPPING_FROM,
};

use crate::{
    api,
    components::{
        category_tile::CategoryTile,
        icon::{Glyph, Icon},
        problem::loaded,
        product_card::ProductGrid,
        skeleton,
    },
    logic::{categories::tree, text::usd},
    routes,
    state::{
        page::use_page,
        read::{Read, use_read},
        turns::in_turn,
    },
};

/// The front page.
#[component]
pub fn HomePage() -> impl IntoView {
    use_page(
        || "Things worth keeping".into(),
        || {
            "Alder is a small shop for well-made electronics, clothing, books and things for the home. Free shipping from $50.".into()
        },
    );
    let featured = use_read(|| {
        api::catalog::products(&ProductQuery { featured: Some(true), limit: 8, ..ProductQuery::default() })
    });
    let newest = use_read(|| api::catalog::products(&ProductQuery { limit: 4, ..ProductQuery::default() }));
    let categories = use_read(api::catalog::categories);
    view! {
        <div class="container">
            <Hero />
            <Promises />
            {in_turn(move || {
                section("featured", "Featured", "/products?featured=true", "All featured products", grid(featured, 8, 4))
            })}
            {in_turn(move || {
                let tiles = loaded(
                    categories,
                    || skeleton::category_grid(5),
                    None,
                    |list| view! { <Departments list /> }.into_any(),
                );
                section("departments", "Shop by category", routes::CATEGORIES, "All categories", tiles.into_any())
            })}
            {in_turn(move || section("newest", "Just arrived", routes::PRODUCTS, "All products", grid(newest, 4, 0)))}
        </div>
    }
}

/// A part of the page under a heading, with a link to all of its kind.
fn section(
    id: &'static str,
    heading: &'static str,
    all: &'static str,
    words: &'static str,
    content: AnyView,
) -> AnyView {
    view! {
        <section class="home-section" aria-labelledby=id>
            <div class="home-section-head">
                <h2 id=id>{heading}</h2>
                <a href=all>{words}</a>
            </div>
            {content}
        </section>
    }
    .into_any()
}

/// Products side by side as soon as they are known, `eager` of them with their pictures at once.
fn grid(read: Read<Page<ProductList>>, cards: usize, eager: usize) -> AnyView {
    loaded(
        read,
        move || skeleton::product_grid(cards),
        None,
        move |page| view! { <ProductGrid items=page.data eager /> }.into_any(),
    )
    .into_any()
}

/// The same words and picture are in `index.html`, which shows them before the shop has loaded.
#[component]
fn Hero() -> impl IntoView {
    view! {
        <section class="hero">
            <div class="hero-words">
                <p class="hero-eyebrow">"A small shop, chosen with care"</p>
                <h1 class="hero-title">"Things worth keeping."</h1>
                <p class="lead">
                    "Electronics that last, clothes you reach for, books you finish. Fewer things, better ones."
                </p>
                <div class="row hero-actions">
                    <a class="button" href=routes::PRODUCTS>"Shop all products"</a>
                    <a class="button button-quiet" href=routes::CATEGORIES>"Browse categories"</a>
                </div>
            </div>
            <img class="hero-picture" src="/images/hero.svg" alt="" width="1200" height="800" fetchpriority="high" />
        </section>
    }
}

#[component]
fn Promises() -> impl IntoView {
    let promises = [
        (
            Glyph::Shipping,
            format!("Free shipping from {}", usd(FREE_SHIPPING_FROM)),
            "Below that it is a flat fee.",
        ),
        (Glyph::Check, "One honest total".to_owned(), "Tax and shipping are shown before you pay."),
        (Glyph::Return, "Changed your mind?".to_owned(), "Cancel any order until we pack it."),
    ];
    view! {
        <ul class="promises">
            {promises
                .into_iter()
                .map(|(glyph, title, text)| {
                    view! {
                        <li>
                            <Icon glyph size=26 />
                            <p><strong>{title}</strong><span class="soft small">{text}</span></p>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

#[component]
fn Departments(
    /// Every category.
    list: Vec<CategoryList>,
) -> impl IntoView {
    view! {
        <ul class="category-grid">
            {tree(&list).into_iter().map(|branch| view! { <CategoryTile branch /> }).collect_view()}
        </ul>
    }
}
