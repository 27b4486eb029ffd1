//! One product.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde_json::Value;
use shared_types::{
    catalog::{Product, ProductFull, ProductList, ProductQuery},
    pricing::FREE_SHIPPING_FROM,
};

use super::not_found::missing;
use crate::{
    api,
    components::{
        breadcrumb::Breadcrumb,
        icon::{Glyph, Icon},
        problem::loaded,
        product_card::{Badges, NO_PICTURE, Price, ProductGrid},
        quantity::Quantity,
    },
    logic::{
        structured::{self, breadcrumbs},
        text::{Availability, badges, label, usd},
    },
    routes,
    state::{
        cart::use_cart,
        page::{describe_data, share_picture, use_page},
        reactive::memo,
        read::use_read,
        turns::in_turn,
    },
};

/// One product.
#[component]
pub fn ProductPage() -> impl IntoView {
    let params = use_params_map();
    let slug = memo(move || params.read().get("slug").unwrap_or_default());
    let read = use_read(move || api::catalog::product(&slug.get()));
    let named = move || read.value().map(|full| full.product);
    use_page(
        move || named().map_or_else(|| "Product".into(), |product| product.name),
        move || {
            named().and_then(|product| product.description).unwrap_or_else(|| "A product of the shop.".into())
        },
    );
    loaded(
        read,
        product_skeleton,
        Some(|| missing("Product not found", "This product does not exist, or the shop no longer sells it.")),
        |full| view! { <ProductView full /> }.into_any(),
    )
}

fn product_skeleton() -> AnyView {
    view! {
        <div class="container page" aria-hidden="true">
            <div class="product">
                <div class="product-picture skeleton"></div>
                <div class="stack">
                    <div class="skeleton skeleton-title"></div>
                    <div class="skeleton skeleton-line skeleton-short"></div>
                    <div class="skeleton skeleton-block"></div>
                </div>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn ProductView(
    /// The product with its category.
    full: ProductFull,
) -> impl IntoView {
    let ProductFull { product, category } = full;
    let above = vec![
        ("Products".to_owned(), routes::PRODUCTS.to_owned()),
        (category.name.clone(), routes::category(&category.slug)),
    ];
    let (path, subject) = (above.clone(), product.clone());
    describe_data(move |origin| {
        let page = routes::product(&subject.slug);
        vec![structured::product(origin, &page, &subject), breadcrumbs(origin, &path, &subject.name)]
    });
    share_picture(product.image_url.clone());
    let badges = badges(&product);
    let facts = facts(&product);
    view! {
        <div class="container page">
            <Breadcrumb above here=product.name.clone() />
            <article class="product">
                <Gallery product=product.clone() />
                <div class="product-facts stack">
                    {(!badges.is_empty()).then(|| view! { <p class="row product-badges"><Badges badges /></p> })}
                    <h1>{product.name.clone()}</h1>
                    <div class="product-price"><Price price=product.price compare_at=product.compare_at /></div>
                    {product.description.clone().map(|text| view! { <p class="product-description">{text}</p> })}
                    <Buy product=product.clone() />
                    <p class="row small soft">
                        <Icon glyph=Glyph::Shipping size=20 />
                        "Free shipping from " {usd(FREE_SHIPPING_FROM)}
                    </p>
                    <dl class="facts">
                        {facts
                            .into_iter()
                            .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
                            .collect_view()}
                    </dl>
                </div>
            </article>
            {in_turn(move || {
                view! { <Related category_slug=category.slug product_id=product.id /> }.into_any()
            })}
        </div>
    }
}

/// What the shop records about a product, as names and values; the SKU last.
fn facts(product: &Product) -> Vec<(String, String)> {
    let recorded = product.metadata.as_ref().and_then(Value::as_object);
    let mut facts: Vec<_> = recorded
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| {
            let words = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(yes) => if *yes { "Yes" } else { "No" }.to_owned(),
                Value::Array(items) => items
                    .iter()
                    .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                    .collect::<Vec<_>>()
                    .join(", "),
                Value::Object(_) | Value::Null => return None,
            };
            Some((label(key), words))
        })
        .collect();
    facts.push(("SKU".to_owned(), product.sku.clone()));
    facts
}

#[component]
fn Gallery(
    /// The product.
    product: Product,
) -> impl IntoView {
    let mut pictures: Vec<String> = product.image_url.into_iter().collect();
    for picture in product.images {
        if !pictures.contains(&picture) {
            pictures.push(picture);
        }
    }
    if pictures.is_empty() {
        pictures.push(NO_PICTURE.to_owned());
    }
    let shown = RwSignal::new(pictures.first().cloned().unwrap_or_default());
    let thumbs = (pictures.len() > 1).then(|| {
        let count = pictures.len();
        view! {
            <ul class="gallery-thumbs" aria-label="Pictures">
                {pictures
                    .into_iter()
                    .enumerate()
                    .map(|(index, picture)| {
                        let (choice, source) = (picture.clone(), picture.clone());
                        view! {
                            <li>
                                <button
                                    type="button"
                                    class="gallery-thumb"
                                    aria-label=format!("Picture {} of {count}", index + 1)
                                    aria-pressed=move || (shown.get() == picture).to_string()
                                    on:click=move |_| shown.set(choice.clone())
                                >
                                    <img src=source alt="" width="96" height="96" />
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        }
    });
    view! {
        <div class="gallery">
            <img
                class="product-picture"
                src=move || shown.get()
                alt=product.name
                width="800"
                height="800"
                fetchpriority="high"
            />
            {thumbs}
        </div>
    }
}

#[component]
fn Buy(
    /// The product.
    product: Product,
) -> impl IntoView {
    let carts = use_cart();
    let availability = Availability::of(product.stock);
    let stock_class = match availability {
        Availability::InStock => "stock stock-good",
        Availability::Low(_) => "stock stock-low",
        Availability::SoldOut => "stock stock-out",
    };
    let most = u32::try_from(product.stock).unwrap_or(0).min(shared_types::orders::QUANTITY_MAX);
    let quantity = RwSignal::new(1);
    let name = product.name.clone();
    let buttons = if availability == Availability::SoldOut {
        view! {
            <button class="button button-wide" type="button" disabled>"Sold out"</button>
        }
        .into_any()
    } else {
        view! {
            <div class="buy">
                <Quantity of=name value=quantity most=Signal::stored(most) change=move |next| quantity.set(next) />
                <button
                    class="button buy-button"
                    type="button"
                    on:click=move |_| {
                        carts.add(&product, quantity.get_untracked());
                    }
                >
                    <Icon glyph=Glyph::Bag size=20 />
                    "Add to cart"
                </button>
            </div>
        }
        .into_any()
    };
    view! {
        <p class=stock_class>{availability.words()}</p>
        {buttons}
    }
}

#[component]
fn Related(
    /// The category to look in.
    category_slug: String,
    /// The product itself, which is left out.
    product_id: String,
) -> impl IntoView {
    let slug = StoredValue::new(category_slug);
    let read = use_read(move || {
        api::catalog::products(&ProductQuery {
            category: Some(slug.get_value()),
            limit: 5,
            ..ProductQuery::default()
        })
    });
    let related = memo(move || {
        let page = read.value()?;
        let others: Vec<ProductList> =
            page.data.into_iter().filter(|item| item.product.id != product_id).take(4).collect();
        (!others.is_empty()).then_some(others)
    });
    move || {
        related.get().map(|items| {
            view! {
                <section class="related" aria-labelledby="related">
                    <h2 id="related">"You may also like"</h2>
                    <ProductGrid items eager=0 />
                </section>
            }
            .into_any()
        })
    }
}
