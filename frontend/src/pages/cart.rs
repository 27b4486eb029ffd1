//! The cart.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use shared_types::cart::LineProblem;

use crate::{
    components::{
        icon::{Glyph, Icon},
        problem::Nothing,
        product_card::NO_PICTURE,
        quantity::Quantity,
        summary::{Amounts, FreeShipping},
    },
    logic::{
        cart::{Cart, CartLine},
        text::{count, usd},
    },
    routes,
    state::{
        cart::{Carts, Trouble, use_cart},
        online::use_online,
        page::use_page,
        reactive::memo,
        turns::in_turn,
    },
};

/// How long a cart must rest before its prices are asked for again.
const REST: Duration = Duration::from_millis(350);

/// Keeps prices and stock of the cart up to date while a page shows it. A customer's cart is looked at when the page is
/// opened: every change is answered with what the cart costs then. A guest's is quoted whenever it has changed.
pub fn keep_current() {
    let carts = use_cart();
    let fingerprint = memo(move || carts.cart().with(Cart::fingerprint));
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<()>| {
        fingerprint.track();
        if let Some(earlier) = waiting.get_value() {
            earlier.clear();
        }
        if before.is_none() {
            // The first question needs no patience.
            refresh(carts);
        } else if carts.is_guests() {
            waiting.set_value(set_timeout_with_handle(move || refresh(carts), REST).ok());
        }
    });
    on_cleanup(move || {
        if let Some(handle) = waiting.try_get_value().flatten() {
            handle.clear();
        }
    });
}

fn refresh(carts: Carts) {
    spawn_local(async move {
        // What goes wrong is the cart's trouble, which the page shows.
        let _ = carts.refresh().await;
    });
}

/// What stands between the cart and the server, with a way to try again. The region is always there, so that it is read
/// aloud.
#[component]
pub fn CartTrouble() -> impl IntoView {
    let carts = use_cart();
    let online = use_online();
    let words = move |trouble: Trouble| match (trouble.is_unsaved, online.get()) {
        (true, false) => {
            "You are offline. What you changed is kept here and saved as soon as you are back.".to_owned()
        }
        (true, true) => {
            format!("Your last changes are not saved yet; we keep trying. {}", trouble.error.message())
        }
        (false, _) => format!("Prices could not be checked just now. {}", trouble.error.message()),
    };
    view! {
        <div role="alert" class="cart-trouble">
            {move || {
                carts
                    .trouble()
                    .get()
                    .map(|trouble| {
                        view! {
                            <div class="note note-caution">
                                <p>{words(trouble)}</p>
                                <button class="link-button" type="button" on:click=move |_| refresh(carts)>
                                    "Try again"
                                </button>
                            </div>
                        }
                            .into_any()
                    })
            }}
        </div>
    }
}

/// What became of a guest's lines at sign-in, until the shopper has read it.
#[component]
fn MergeReport() -> impl IntoView {
    let carts = use_cart();
    view! {
        <div role="status">
            {move || {
                let changes = carts.report().get();
                (!changes.is_empty())
                    .then(|| {
                        view! {
                            <section class="note merge-report" aria-labelledby="merge-report">
                                <strong id="merge-report">"We put your two carts together"</strong>
                                <ul>{changes.into_iter().map(|change| view! { <li>{change}</li> }).collect_view()}</ul>
                                <button
                                    class="button button-quiet button-small"
                                    type="button"
                                    on:click=move |_| carts.dismiss_report()
                                >
                                    "Got it"
                                </button>
                            </section>
                        }
                            .into_any()
                    })
            }}
        </div>
    }
}

/// The cart.
#[component]
pub fn CartPage() -> impl IntoView {
    use_page(|| "Your cart".into(), || "What you are about to order, and what it costs.".into());
    let carts = use_cart();
    keep_current();
    let is_empty = memo(move || carts.cart().with(|cart| cart.lines.is_empty()));
    let units = memo(move || carts.cart().with(Cart::units));
    view! {
        <div class="container page">
            <header class="page-head">
                <h1>"Your cart"</h1>
                // As in index.html, which shows it before the shop has loaded.
                <p class="lead">
                    "Tax and shipping are in the total before you pay, and you can cancel until we pack your order."
                </p>
                <p class="soft" role="status">
                    {move || (!is_empty.get()).then(|| count(i64::from(units.get()), "item", "items"))}
                </p>
            </header>
            <MergeReport />
            <CartTrouble />
            {move || {
                if is_empty.get() {
                    view! {
                        <Nothing title="Your cart is empty" text="Whatever you add waits for you here, also after you close the browser.">
                            <a class="button" href=routes::PRODUCTS>"Browse products"</a>
                        </Nothing>
                    }
                        .into_any()
                } else {
                    view! { <Filled /> }.into_any()
                }
            }}
        </div>
    }
}

#[component]
fn Filled() -> impl IntoView {
    let carts = use_cart();
    let cart = carts.cart();
    let ids =
        move || cart.with(|cart| cart.lines.iter().map(|line| line.product_id.clone()).collect::<Vec<_>>());
    view! {
        <div class="with-summary">
            <ul class="cart-lines" aria-label="Products in your cart">
                <For each=ids key=|id| id.clone() children=|id| in_turn(move || view! { <Line product_id=id /> }.into_any()) />
            </ul>
            {in_turn(|| view! { <Summary /> }.into_any())}
        </div>
    }
}

#[component]
fn Summary() -> impl IntoView {
    let cart = use_cart().cart();
    let totals = memo(move || cart.with(Cart::totals));
    let orderable = memo(move || cart.with(Cart::can_be_ordered));
    view! {
        <aside class="panel stack summary-panel" aria-labelledby="summary">
            <h2 class="panel-title" id="summary">"Summary"</h2>
            <FreeShipping totals />
            <Amounts totals />
            {move || {
                if orderable.get() {
                    view! { <a class="button button-wide" href=routes::CHECKOUT>"Go to checkout"</a> }.into_any()
                } else {
                    view! {
                        <p class="note note-caution">"One of your products can't be ordered as it is. Please fix it first."</p>
                        <a class="button button-wide" role="link" aria-disabled="true">"Go to checkout"</a>
                    }
                        .into_any()
                }
            }}
            <a class="small soft" href=routes::PRODUCTS>"Continue shopping"</a>
        </aside>
    }
}

#[component]
fn Line(
    /// The product.
    product_id: String,
) -> impl IntoView {
    let carts = use_cart();
    let id = StoredValue::new(product_id);
    let line = memo(move || carts.cart().with(|cart| id.with_value(|id| cart.line(id).cloned())));
    let first = line.get_untracked();
    let name = first.as_ref().map(|line| line.name.clone()).unwrap_or_default();
    let of = move |pick: fn(&CartLine) -> u32| move || line.with(|line| line.as_ref().map(pick).unwrap_or(1));
    let quantity = memo(move || of(|line| line.quantity)());
    let most = memo(move || of(CartLine::most)());
    let shown = memo(move || {
        line.get().map(|line| {
            (
                line.name.clone(),
                routes::product(&line.slug),
                line.image_url.clone().unwrap_or_else(|| NO_PICTURE.to_owned()),
            )
        })
    });
    let product = move || {
        shown.get().map(|(name, href, picture)| {
            let label = name.clone();
            view! {
                <a class="cart-line-picture" href=href.clone() tabindex="-1" aria-hidden="true">
                    <img src=picture alt="" width="112" height="112" />
                </a>
                <p class="cart-line-name"><a href=href aria-label=label>{name}</a></p>
            }
            .into_any()
        })
    };
    view! {
        <li class="cart-line">
            {product}
            <p class="soft small amount cart-line-each">
                {move || line.with(|line| line.as_ref().map(|line| format!("{} each", usd(line.unit_price))))}
            </p>
            <div class="cart-line-tools">
                <Quantity
                    of=name.clone()
                    value=quantity
                    most=most
                    change=move |next| id.with_value(|id| carts.set_quantity(id, next))
                />
                <button
                    class="icon-button"
                    type="button"
                    aria-label=format!("Remove {name}")
                    title="Remove"
                    on:click=move |_| carts.remove(&id.get_value())
                >
                    <Icon glyph=Glyph::Bin size=20 />
                </button>
            </div>
            <p class="amount cart-line-price">
                {move || line.with(|line| line.as_ref().map(|line| usd(line.subtotal())))}
            </p>
            <LineTrouble line id />
        </li>
    }
}

/// What stands in the way of ordering a line, and the way out.
#[component]
fn LineTrouble(
    /// The line.
    line: Memo<Option<CartLine>>,
    /// The product.
    id: StoredValue<String>,
) -> impl IntoView {
    let carts = use_cart();
    let trouble =
        memo(move || line.with(|line| line.as_ref().and_then(|line| Some((line.problem()?, line.most())))));
    move || {
        trouble.get().map(|(problem, most)| match problem {
            LineProblem::Unavailable => view! {
                <div class="note note-caution cart-line-note" role="alert">
                    <p>"This product is no longer available."</p>
                    <button class="link-button" type="button" on:click=move |_| carts.remove(&id.get_value())>
                        "Remove it"
                    </button>
                </div>
            }
            .into_any(),
            LineProblem::InsufficientStock => view! {
                <div class="note note-caution cart-line-note" role="alert">
                    <p>{format!("Only {most} left in stock.")}</p>
                    <button
                        class="link-button"
                        type="button"
                        on:click=move |_| id.with_value(|id| carts.set_quantity(id, most))
                    >
                        {format!("Order {most} instead")}
                    </button>
                </div>
            }
            .into_any(),
        })
    }
}
