//! What a cart or an order costs, line by line.

use leptos::prelude::*;
use shared_types::{
    Money,
    pricing::{Totals, missing_for_free_shipping},
};

use crate::logic::text::usd;

/// Subtotal, shipping, tax and total.
#[component]
pub fn Amounts(
    /// The amounts.
    #[prop(into)]
    totals: Signal<Totals>,
) -> impl IntoView {
    let amount = move |pick: fn(&Totals) -> Money| move || usd(totals.with(pick));
    let shipping = move || match totals.with(|totals| totals.shipping) {
        Money::ZERO => "Free".to_owned(),
        amount => usd(amount),
    };
    view! {
        <dl class="amounts amount">
            <div><dt>"Subtotal"</dt><dd>{amount(|totals| totals.subtotal)}</dd></div>
            <div><dt>"Shipping"</dt><dd>{shipping}</dd></div>
            <div><dt>"Tax"</dt><dd>{amount(|totals| totals.tax)}</dd></div>
            <div class="amounts-total"><dt>"Total"</dt><dd>{amount(|totals| totals.total)}</dd></div>
        </dl>
    }
}

/// How far a cart is from free shipping.
#[component]
pub fn FreeShipping(
    /// The amounts.
    #[prop(into)]
    totals: Signal<Totals>,
) -> impl IntoView {
    move || {
        let totals = totals.get();
        if totals.subtotal == Money::ZERO {
            return ().into_any();
        }
        match missing_for_free_shipping(&totals) {
            Some(missing) => {
                let limit = totals.subtotal.checked_add(missing).unwrap_or_default();
                view! {
                    <div class="free-shipping">
                        <p>"Add " <strong>{usd(missing)}</strong> " more for free shipping"</p>
                        <progress
                            aria-label="Progress to free shipping"
                            value=totals.subtotal.minor().to_string()
                            max=limit.minor().to_string()
                        ></progress>
                    </div>
                }
                .into_any()
            }
            None => {
                view! { <p class="free-shipping free-shipping-done">"Your order ships free"</p> }.into_any()
            }
        }
    }
}
