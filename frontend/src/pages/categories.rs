//! All categories, and one category with its products.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared_types::catalog::CategoryFull;

use super::{listing::ListingView, not_found::missing};
use crate::{
    api,
    components::{breadcrumb::Breadcrumb, category_tile::CategoryTile, problem::loaded, skeleton},
    logic::{categories::tree, structured::breadcrumbs},
    routes,
    state::{
        page::{describe_data, use_page},
        reactive::memo,
        read::use_read,
    },
};

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
                || skeleton::category_grid(5),
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
    let (path, name) = (above.clone(), category.name.clone());
    describe_data(move |origin| vec![breadcrumbs(origin, &path, &name)]);
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
