//! Pays an order that is waiting for its payment.

use leptos::prelude::*;
use shared_types::{
    ErrorCode, Money,
    payments::{NextAction, NextActionKind, Paid},
};

use super::{
    card_form::{CardFields, card_form, read},
    icon::{Glyph, Icon},
    problem::FormProblem,
};
use crate::{
    api::{self, ApiError, use_api},
    logic::text::usd,
    state::{attempts::PaymentAttempt, reactive::write},
};

/// What a failed payment means, in the shopper's terms.
pub fn explain(error: &ApiError) -> String {
    match error.code() {
        Some(ErrorCode::PaymentDeclined) => {
            format!(
                "{} Nothing was charged. Your order is kept: try another card.",
                sentence(&error.message())
            )
        }
        _ if error.outcome_unknown() => {
            format!("{} Trying again with the same card is safe: you pay once.", error.message())
        }
        _ => error.message(),
    }
}

/// What a payment that is not settled yet means, in the shopper's terms.
pub fn explain_next(next: &NextAction) -> String {
    match next.kind {
        NextActionKind::Wait => {
            "The payment is still being processed. Your order is kept: look here again in a minute.".to_owned()
        }
        NextActionKind::Confirm => {
            "This card needs a confirmation, which can't be given here yet. Nothing was charged. Your order is kept: \
             try another card in 15 minutes."
                .to_owned()
        }
    }
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// A card form that pays an order.
#[component]
pub fn PayPanel(
    /// Number of the order.
    #[prop(into)]
    order_number: String,
    /// What is to be paid.
    total: Money,
    /// Why the last attempt failed, if there was one.
    notice: Option<String>,
    /// Called when the order is paid.
    #[prop(into)]
    paid: Callback<()>,
) -> impl IntoView {
    let api = use_api();
    let form = card_form();
    let problem = RwSignal::new(notice);
    let attempt = PaymentAttempt::new();
    let pay = write(move || {
        let values = form.values_now();
        let order_number = order_number.clone();
        async move {
            let Ok(payment) = read(&values) else { return };
            let key = attempt.key(&format!("{order_number} {}", payment.card.number()));
            problem.set(None);
            match api.send(&api::orders::pay(&order_number, &payment, &key)).await {
                Ok(Paid { next_action: Some(next) }) => problem.set(Some(explain_next(&next))),
                Ok(_) => {
                    attempt.end();
                    paid.run(());
                }
                Err(error) => {
                    if !error.outcome_unknown() {
                        attempt.end();
                    }
                    problem.set(Some(explain(&error)));
                }
            }
        }
    });
    let busy = pay.pending();
    let submit = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        if !busy.get_untracked() && form.submit() {
            pay.dispatch(());
        }
    };
    view! {
        <form class="panel stack" on:submit=submit novalidate aria-labelledby="pay-title">
            <h2 id="pay-title" class="panel-title">"Payment"</h2>
            <FormProblem problem />
            <CardFields form />
            <button class="button button-wide" type="submit" disabled=move || busy.get()>
                <Icon glyph=Glyph::Lock size=18 />
                {move || if busy.get() { "Paying…".to_owned() } else { format!("Pay {}", usd(total)) }}
            </button>
        </form>
    }
}
