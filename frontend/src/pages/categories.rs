//! All categories, and one category with its products.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared_types::catalog::CategoryFull;

use super::{listing::ListingView, not_found::missing};
use crate::{
    api,
    components::{breadcrumb::Breadcrumb, problem::loaded, product_card::NO_PICTURE, skeleton},
    logic::{
        categories::{Branch, tree},
        text::count,
    },
    routes,
    state::{page::use_page, reactive::memo, read::use_read},
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

/// All categories.
#[component]
pub fn CategoriesPage() -> impl IntoView {
    use_page(|| "Categories".into(), || "Every category of the shop, and what is in it.".into());
    let read = use_read(api::catalog::categories);
    view! {
        <div class="container page">
            <header class="page-head">
                <h1>"Categories"</h1>
                <p class="lead">"Find your way by what you are looking for."</p>
            </header>
            {loaded(
                read,
                || skeleton::rows(4),
                None,
                |list| {
                    view! {
                        <ul class="category-grid">
                            {tree(&list)
                                .into_iter()
                                .map(|branch| view! { <CategoryTile branch with_children=true /> })
                                .collect_view()}
                        </ul>
                    }
                        .into_any()
                },
            )}
        </div>
    }
}

/// One category with its products.
#[component]
pub fn CategoryPage() -> impl IntoView {
    let params = use_params_map();
    let slug = memo(move || params.read().get("slug").unwrap_or_default());
    let read = use_read(move || api::catalog::category(&slug.get()));
    let named = move || read.value().map(|full| full.category.category);
    use_page(
        move || named().map_or_else(|| "Category".into(), |category| category.name),
        move || {
            named()
                .and_then(|category| category.description)
                .unwrap_or_else(|| "Products of this category.".into())
        },
    );
    loaded(
        read,
        || view! { <div class="container page">{skeleton::text()}</div> }.into_any(),
        Some(|| missing("Category not found", "This category does not exist, or the shop has closed it.")),
        |full| view! { <CategoryView full /> }.into_any(),
    )
}

#[component]
fn CategoryView(
    /// The category with its neighbours.
    full: CategoryFull,
) -> impl IntoView {
    let category = full.category.category;
    let mut above = vec![("Categories".to_owned(), routes::CATEGORIES.to_owned())];
    above.extend(full.parent.map(|parent| (parent.name, routes::category(&parent.slug))));
    let children = (!full.children.is_empty()).then(|| {
        view! {
            <nav aria-label="Subcategories">
                <ul class="chips">
                    {full
                        .children
                        .into_iter()
                        .map(|child| {
                            view! { <li><a class="chip" href=routes::category(&child.slug)>{child.name}</a></li> }
                        })
                        .collect_view()}
                </ul>
            </nav>
        }
    });
    view! {
        <div class="container page">
            <Breadcrumb above here=category.name.clone() />
            <header class="category-banner">
                <div class="stack">
                    <h1>{category.name}</h1>
                    {category.description.map(|text| view! { <p class="lead">{text}</p> })}
                    {children}
                </div>
                {category
                    .image_url
                    .map(|picture| {
                        view! { <img class="category-banner-picture" src=picture alt="" width="800" height="500" /> }
                    })}
            </header>
            <ListingView path=routes::category(&category.slug) category=category.slug />
        </div>
    }
}
