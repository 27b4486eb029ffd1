//! How far an order has come.

use leptos::prelude::*;
use shared_types::{
    Timestamp,
    orders::{Order, OrderStatus},
};

use super::icon::{Glyph, Icon};
use crate::{logic::text::status, state::dates};

/// An order's status as a badge.
#[component]
pub fn StatusBadge(
    /// The status.
    of: OrderStatus,
) -> impl IntoView {
    let class = match of {
        OrderStatus::Pending => "badge badge-stock",
        OrderStatus::Cancelled | OrderStatus::Refunded => "badge badge-bad",
        _ => "badge badge-good",
    };
    view! { <span class=class data-testid="order-status">{status(of)}</span> }
}

/// One step on an order's way.
struct Step {
    words: &'static str,
    reached: bool,
    at: Option<Timestamp>,
}

fn steps(order: &Order) -> Vec<Step> {
    let step = |words, reached, at: &Option<Timestamp>| Step { words, reached, at: at.clone() };
    let placed = step("Placed", true, &Some(order.created_at.clone()));
    let has_reached = |status: &[OrderStatus]| status.contains(&order.status);
    use OrderStatus::{Cancelled, Confirmed, Delivered, Processing, Refunded, Shipped};
    match order.status {
        // Whether it had been paid matters to somebody who waits for their money.
        Cancelled => {
            let paid = order.paid_at.is_some().then(|| step("Paid", true, &order.paid_at));
            let cancelled = step("Cancelled", true, &order.cancelled_at);
            [Some(placed), paid, Some(cancelled)].into_iter().flatten().collect()
        }
        Refunded => vec![placed, step("Paid", true, &order.paid_at), step("Refunded", true, &None)],
        _ => vec![
            placed,
            step("Paid", has_reached(&[Confirmed, Processing, Shipped, Delivered]), &order.paid_at),
            step("Packed", has_reached(&[Processing, Shipped, Delivered]), &None),
            step("Shipped", has_reached(&[Shipped, Delivered]), &order.shipped_at),
            step("Delivered", has_reached(&[Delivered]), &order.delivered_at),
        ],
    }
}

/// The steps of an order's way, with the present one marked.
#[component]
pub fn Timeline(
    /// The order.
    order: Order,
) -> impl IntoView {
    let steps = steps(&order);
    let present = steps.iter().rposition(|step| step.reached);
    // An order that was given up has come to its end, not to its goal.
    let is_given_up = matches!(order.status, OrderStatus::Cancelled | OrderStatus::Refunded);
    let mark = move |index: usize, reached: bool| match (reached, is_given_up && Some(index) == present) {
        (false, _) => None,
        (true, false) => Some(view! { <Icon glyph=Glyph::Check size=16 /> }),
        (true, true) => Some(view! { <Icon glyph=Glyph::Close size=16 /> }),
    };
    view! {
        <ol class="timeline" class:timeline-given-up=is_given_up aria-label="Order progress">
            {steps
                .into_iter()
                .enumerate()
                .map(|(index, step)| {
                    view! {
                        <li
                            class="timeline-step"
                            class:timeline-reached=step.reached
                            aria-current=(Some(index) == present).then_some("step")
                        >
                            <span class="timeline-dot">{mark(index, step.reached)}</span>
                            <span class="timeline-words">{step.words}</span>
                            <span class="soft small">{step.at.map(|at| dates::day(&at))}</span>
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}
