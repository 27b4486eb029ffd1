//! The order history.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared_types::{
    Page,
    orders::{OrderQuery, OrderStatus, OrderWithItems},
    paths,
};

use super::AccountFrame;
use crate::{
    api,
    components::{
        pagination::Pagination,
        problem::{Nothing, loaded},
        product_card::NO_PICTURE,
        skeleton,
        timeline::StatusBadge,
    },
    logic::text::{count, status, usd},
    pages::guard::for_customer,
    routes,
    state::{dates, page::use_page, reactive::memo, read::use_list},
};

/// Orders a page.
const PER_PAGE: i64 = 10;

fn address(page: i64, of: Option<OrderStatus>) -> String {
    let mut pairs = Vec::new();
    pairs.extend(of.map(|status| ("status", status.to_string())));
    pairs.extend((page > 1).then(|| ("page", page.to_string())));
    paths::with_query(routes::ACCOUNT_ORDERS, &pairs)
}

/// The order history, by pages and by status.
#[component]
pub fn OrdersPage() -> impl IntoView {
    use_page(|| "Your orders".into(), || "Your orders, newest first.".into());
    let query = use_query_map();
    let asked = memo(move || {
        let query = query.read();
        let page = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1_i64).clamp(1, 1_000_000);
        (page, query.get("status").as_deref().and_then(OrderStatus::parse))
    });
    for_customer(move |_| {
        let read = use_list(move || {
            let (page, status) = asked.get();
            api::orders::list(&OrderQuery { page, limit: PER_PAGE, status })
        });
        let show = move |page: Page<OrderWithItems>| history(page, asked);
        view! {
            <AccountFrame title="Your orders">
                <nav aria-label="Filter by status">
                    <ul class="chips">
                        {std::iter::once(None)
                            .chain(OrderStatus::ALL.iter().copied().map(Some))
                            .map(|choice| {
                                let words = choice.map_or("All", status);
                                let current = move || (asked.get().1 == choice).then_some("true");
                                view! { <li><a class="chip" href=address(1, choice) aria-current=current>{words}</a></li> }
                            })
                            .collect_view()}
                    </ul>
                </nav>
                {loaded(read, || skeleton::rows(4), None, show)}
            </AccountFrame>
        }
        .into_any()
    })
}

fn history(page: Page<OrderWithItems>, asked: Memo<(i64, Option<OrderStatus>)>) -> AnyView {
    if page.data.is_empty() {
        let text = match asked.get_untracked().1 {
            Some(_) => "None of your orders has this status.",
            None => "When you have ordered something, you can follow it here.",
        };
        return view! {
            <Nothing title="No orders" text=text>
                <a class="button" href=routes::PRODUCTS>"Browse products"</a>
            </Nothing>
        }
        .into_any();
    }
    view! {
        <ul class="history">{page.data.into_iter().map(|order| view! { <Row order /> }).collect_view()}</ul>
        <Pagination meta=page.meta href=move |number| address(number, asked.get().1) />
    }
    .into_any()
}

#[component]
fn Row(
    /// An order with its items.
    order: OrderWithItems,
) -> impl IntoView {
    let OrderWithItems { order, items } = order;
    let units: i64 = items.iter().map(|line| i64::from(line.item.quantity)).sum();
    let pictures = items
        .into_iter()
        .take(3)
        .map(|line| {
            let source = line.product.image_url.unwrap_or_else(|| NO_PICTURE.to_owned());
            view! { <img src=source alt="" width="56" height="56" loading="lazy" /> }
        })
        .collect_view();
    let address = routes::account_order(&order.order_number);
    let id = format!("order-{}", order.order_number);
    let pay = (order.status == OrderStatus::Pending).then(|| {
        view! {
            <a class="button button-small history-pay" href=address.clone() aria-describedby=id.clone()>"Pay now"</a>
        }
    });
    view! {
        <li class="history-row">
            <div class="history-pictures" aria-hidden="true">{pictures}</div>
            <div class="history-words">
                <a class="history-link" id=id href=address>{order.order_number.clone()}</a>
                <p class="soft small">{dates::day(&order.created_at)} " · " {count(units, "item", "items")}</p>
            </div>
            <div class="history-status">
                <StatusBadge of=order.status />
                {pay}
            </div>
            <p class="amount history-total">{usd(order.total_amount)}</p>
        </li>
    }
}
