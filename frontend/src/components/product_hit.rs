//! A product in one line: picture, name, price.

use leptos::prelude::*;
use shared_types::search::ProductHit;

use super::product_card::NO_PICTURE;
use crate::logic::text::usd;

/// What stands inside the line. The line itself is a link, or an option of a list.
pub fn product_hit(hit: ProductHit) -> AnyView {
    let picture = hit.image_url.unwrap_or_else(|| NO_PICTURE.to_owned());
    view! {
        <img class="hit-picture" src=picture alt="" width="800" height="800" decoding="async" />
        <span class="hit-name">{hit.name}</span>
        <span class="hit-price amount">{usd(hit.price)}</span>
    }
    .into_any()
}
