//! The question of the card's bank: whether the payment is its owner's.

use leptos::{html, prelude::*, task::spawn_local};
use shared_types::payments::{ConfirmPayment, Payment};

use super::Paying;
use crate::{
    api,
    components::{button::Button, dialog::Modal, problem::FormProblem},
    logic::text::usd,
    state::reactive::effect,
};

/// A payment that waits for its confirmation: the question, and what can be done while it is not answered.
#[component]
pub fn Confirmation(
    /// Pays the order.
    paying: Paying,
    /// The payment.
    payment: Payment,
) -> impl IntoView {
    let Payment { id, amount, card_last4, .. } = payment;
    let id = StoredValue::new(id);
    let asking = paying.asking;
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let decide = move |approve: bool| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let request = ConfirmPayment { approve };
            let answer = paying.api.send(&id.with_value(|id| api::payments::confirm(id, &request))).await;
            let _ = busy.try_set(false);
            match answer {
                Err(error) if error.outcome_unknown() => {
                    let text =
                        format!("{} Answering again is safe: your first answer counts.", error.message());
                    let _ = problem.try_set(Some(text));
                }
                answer => {
                    asking.try_set(false);
                    paying.answered(answer);
                    paying.focus();
                }
            }
        });
    };
    let go_on = NodeRef::<html::Div>::new();
    // Whoever puts the question off finds the way back to it under their fingers.
    let was_open = StoredValue::new(false);
    effect(move || {
        let is_open = asking.get();
        if was_open.get_value() && !is_open && !busy.get_untracked() {
            request_animation_frame(move || {
                let button = go_on
                    .try_get_untracked()
                    .flatten()
                    .and_then(|row| row.query_selector("button").ok().flatten())
                    .and_then(|button| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(button).ok());
                if let Some(button) = button {
                    let _ = button.focus();
                }
            });
        }
        was_open.set_value(is_open);
    });
    let last4 = card_last4.clone();
    view! {
        <p class="soft small">
            "You have 15 minutes for it. After that, or when you decline, you can pay with another card."
        </p>
        <div class="row" node_ref=go_on>
            <Button class="button" busy press=move |()| asking.set(true)>"Continue the confirmation"</Button>
            <Button class="button button-quiet" busy press=move |()| decide(false)>"Use another card"</Button>
        </div>
        <Modal open=asking id="bank" title="Is this your payment?">
            <p class="soft">
                "Here your bank would ask you, on a page of its own or on your phone. In this demo shop you answer yourself."
            </p>
            <dl class="amounts bank">
                <div><dt>"Merchant"</dt><dd>"Alder"</dd></div>
                <div><dt>"Amount"</dt><dd class="amount">{usd(amount)}</dd></div>
                <div><dt>"Card"</dt><dd class="amount">"ending in " {last4}</dd></div>
            </dl>
            <FormProblem problem />
            <div class="row dialog-actions">
                <Button class="button button-quiet" busy press=move |()| decide(false)>"Decline"</Button>
                <Button class="button" busy press=move |()| decide(true)>
                    {move || if busy.get() { "One moment…" } else { "Approve" }}
                </Button>
            </div>
        </Modal>
    }
}
