//! What is being ordered, what stands in the way of it, and the button.

use leptos::prelude::*;
use shared_types::{Money, cart::LineProblem};

use super::place::Placing;
use crate::{
    components::{
        button::Button,
        icon::{Glyph, Icon},
        order_lines::{OrderLine, OrderLines},
        summary::{Amounts, FreeShipping},
    },
    logic::{
        cart::{Cart, CartLine},
        text::usd,
    },
    pages::cart::CartTrouble,
    routes,
    state::{cart::use_cart, reactive::memo},
};

/// What is being ordered, and the button.
#[component]
pub fn Review(
    /// Places the order.
    placing: Placing,
) -> impl IntoView {
    let cart = memo(move || placing.cart());
    let totals = memo(move || cart.with(Cart::totals));
    let orderable = memo(move || cart.with(Cart::can_be_ordered));
    let lines = memo(move || {
        cart.with(|cart| {
            cart.lines
                .iter()
                .map(|line| OrderLine {
                    name: line.name.clone(),
                    slug: None,
                    image_url: line.image_url.clone(),
                    quantity: line.quantity,
                    subtotal: line.subtotal(),
                })
                .collect::<Vec<_>>()
        })
    });
    let words = move || match (placing.is_busy(), totals.get().total) {
        (true, _) => "Placing your order…".to_owned(),
        (false, Money::ZERO) => "Place order".to_owned(),
        (false, total) => format!("Place order · {}", usd(total)),
    };
    view! {
        <aside class="panel stack summary-panel" aria-labelledby="review">
            <div class="row review-head">
                <h2 class="panel-title" id="review">"Your order"</h2>
                <a class="small" href=routes::CART>"Edit cart"</a>
            </div>
            {move || view! { <OrderLines lines=lines.get() /> }.into_any()}
            <FreeShipping totals />
            <Amounts totals />
            <Troubles />
            <div role="alert">
                {move || {
                    placing
                        .problem()
                        .map(|text| {
                            view! {
                                <div class="note note-alarm">
                                    <p>{text}</p>
                                    <a class="small" href=routes::ACCOUNT_ORDERS>"Your orders"</a>
                                </div>
                            }
                                .into_any()
                        })
                }}
            </div>
            <CartTrouble />
            <Button class="button button-wide" busy=Signal::derive(move || placing.is_busy() || !orderable.get())>
                <Icon glyph=Glyph::Lock size=18 />
                {words}
            </Button>
            <p class="small soft">"You can cancel until we pack your order."</p>
        </aside>
    }
}

/// Products that can't be ordered as they are, each with the way out.
#[component]
fn Troubles() -> impl IntoView {
    let carts = use_cart();
    let troubled = memo(move || {
        carts.cart().with(|cart| {
            cart.lines.iter().filter(|line| line.problem().is_some()).cloned().collect::<Vec<_>>()
        })
    });
    let note = move |line: CartLine| {
        let most = line.most();
        let id = line.product_id.clone();
        let (text, fix) = match line.problem() {
            Some(LineProblem::InsufficientStock) => {
                (format!("Only {most} of {} left.", line.name), format!("Order {most} instead"))
            }
            _ => (format!("{} is no longer available.", line.name), format!("Remove {}", line.name)),
        };
        let run = move |_| match line.problem() {
            Some(LineProblem::InsufficientStock) => carts.set_quantity(&id, most),
            _ => carts.remove(&id),
        };
        view! {
            <div class="note note-caution">
                <p>{text}</p>
                <button class="link-button" type="button" on:click=run>{fix}</button>
            </div>
        }
        .into_any()
    };
    view! { <div role="alert" class="stack">{move || troubled.get().into_iter().map(note).collect_view()}</div> }
}
