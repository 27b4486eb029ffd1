//! The products of an order or a cart, read only.

use leptos::prelude::*;
use shared_types::Money;

use super::product_card::NO_PICTURE;
use crate::{logic::text::usd, routes};

/// One product with its units and price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// Name.
    pub name: String,
    /// Name in addresses, when there is a page to go to.
    pub slug: Option<String>,
    /// Picture.
    pub image_url: Option<String>,
    /// Units.
    pub quantity: u32,
    /// Price of all units.
    pub subtotal: Money,
}

/// The products of an order.
#[component]
pub fn OrderLines(
    /// The products.
    lines: Vec<OrderLine>,
) -> impl IntoView {
    let row = |line: OrderLine| {
        let name = match line.slug {
            Some(slug) => view! { <a href=routes::product(&slug)>{line.name}</a> }.into_any(),
            None => view! { <span>{line.name}</span> }.into_any(),
        };
        view! {
            <li class="order-line">
                <img
                    src=line.image_url.unwrap_or_else(|| NO_PICTURE.to_owned())
                    alt=""
                    width="64"
                    height="64"
                    loading="lazy"
                />
                <div>
                    <p class="order-line-name">{name}</p>
                    <p class="soft small">"Quantity: " {line.quantity}</p>
                </div>
                <p class="amount">{usd(line.subtotal)}</p>
            </li>
        }
    };
    view! { <ul class="order-lines">{lines.into_iter().map(row).collect_view()}</ul> }
}
