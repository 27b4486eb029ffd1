//! A department of the shop in a grid.

use leptos::prelude::*;

use super::product_card::NO_PICTURE;
use crate::{
    logic::{categories::Branch, text::count},
    routes,
};

/// A top-level category with its picture and what is below it.
#[component]
pub fn CategoryTile(
    /// The category and its children.
    branch: Branch,
    /// Whether to list the children too.
    #[prop(optional)]
    with_children: bool,
) -> impl IntoView {
    let category = branch.category.category;
    let children = (with_children && !branch.children.is_empty()).then(|| {
        view! {
            <ul class="chips category-tile-children">
                {branch
                    .children
                    .into_iter()
                    .map(|child| {
                        view! {
                            <li>
                                <a class="chip" href=routes::category(&child.category.slug)>
                                    {child.category.name}
                                    <span class="soft amount">{child.count.products}</span>
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        }
    });
    let heading = if with_children {
        view! { <h2 class="category-tile-name">{category.name}</h2> }.into_any()
    } else {
        view! { <h3 class="category-tile-name">{category.name}</h3> }.into_any()
    };
    view! {
        <li class="category-tile">
            <a class="category-tile-link" href=routes::category(&category.slug)>
                <img
                    class="category-tile-picture"
                    src=category.image_url.unwrap_or_else(|| NO_PICTURE.to_owned())
                    alt=""
                    width="800"
                    height="500"
                    loading="lazy"
                    decoding="async"
                />
                {heading}
            </a>
            <p class="soft small">{count(branch.products, "product", "products")}</p>
            {children}
        </li>
    }
}
