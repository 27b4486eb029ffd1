//! A payment that takes time: asks how it stands now and then, and says so.

use gloo_timers::future::TimeoutFuture;
use leptos::{ev, prelude::*, task::spawn_local};
use shared_types::payments::{Payment, PaymentStatus};
use web_sys::AbortController;

use super::Paying;
use crate::{
    api::{self, Api, ApiError},
    logic::pauses::pause,
    state::{online::use_online, reactive::effect},
};

/// The longest pause between two questions, in milliseconds.
const LONGEST_PAUSE: u32 = 10_000;
/// Questions before it is left to the shopper to ask: about ten minutes.
const QUESTIONS: u32 = 60;

/// Asks about one payment as long as its page is open. A handle.
#[derive(Clone, Copy)]
struct Watch {
    paying: Paying,
    payment_id: StoredValue<String>,
    card: StoredValue<String>,
    /// Counts the beginnings: a new one ends the one before.
    round: StoredValue<u32>,
    asking: StoredValue<Option<AbortController>, LocalStorage>,
    online: ReadSignal<bool>,
    /// Whether it is left to the shopper to ask.
    is_over: RwSignal<bool>,
}

impl Watch {
    /// Begins to ask, for the first time after `first` milliseconds.
    fn begin(self, first: u32) {
        let round = self.round.get_value().wrapping_add(1);
        self.round.set_value(round);
        self.is_over.set(false);
        self.say("Your bank is still working on the payment with the card ending in");
        spawn_local(async move {
            TimeoutFuture::new(first).await;
            for question in 0..QUESTIONS {
                // Nobody looks, or nobody can be reached: both are signals of their own when they end.
                if !self.is_wanted(round) || document().hidden() || !self.online.get_untracked() {
                    return;
                }
                let answer = self.ask().await;
                if !self.is_wanted(round) {
                    return;
                }
                match answer {
                    Ok(payment)
                        if matches!(payment.status, PaymentStatus::Started | PaymentStatus::Processing) =>
                    {
                        self.say("Your bank is still working on the payment with the card ending in");
                    }
                    Ok(payment) => {
                        self.paying.take(payment, true);
                        self.paying.focus();
                        return;
                    }
                    Err(_) => self
                        .say("The shop can’t be reached just now. We keep asking about the card ending in"),
                }
                TimeoutFuture::new(pause(question, LONGEST_PAUSE)).await;
            }
            if self.is_wanted(round) {
                self.say("It takes longer than usual. Your order is kept, and you can come back later. Card ending in");
                self.is_over.set(true);
            }
        });
    }

    fn is_wanted(self, round: u32) -> bool {
        self.round.try_get_value() == Some(round)
    }

    /// Says something about the card. What is said already is not said again.
    fn say(self, words: &str) {
        let text = format!("{words} {}.", self.card.get_value());
        if self.paying.words.with_untracked(|said| *said != text) {
            self.paying.words.set(text);
        }
    }

    async fn ask(self) -> Result<Payment, ApiError> {
        let api: Api = self.paying.api;
        let endpoint = self.payment_id.with_value(|id| api::payments::payment(id));
        let controller = AbortController::new().ok();
        self.asking.set_value(controller.clone());
        let text = api.text(&endpoint.request, controller).await?;
        (endpoint.decode)(&text).map_err(|_| ApiError::Server { request_id: None })
    }
}

/// A payment that takes time.
#[component]
pub fn Waiting(
    /// Pays the order.
    paying: Paying,
    /// The payment.
    payment: Payment,
) -> impl IntoView {
    let watch = Watch {
        paying,
        payment_id: StoredValue::new(payment.id),
        card: StoredValue::new(payment.card_last4),
        round: StoredValue::new(0),
        asking: StoredValue::new_local(None),
        online: use_online(),
        is_over: RwSignal::new(false),
    };
    watch.begin(pause(0, LONGEST_PAUSE));
    let returned = window_event_listener(ev::visibilitychange, move |_| {
        if !document().hidden() {
            watch.begin(0);
        }
    });
    let was_offline = StoredValue::new(false);
    effect(move || {
        let is_online = watch.online.get();
        if !is_online {
            watch.say("You are offline. We ask again as soon as you are back. Card ending in");
        } else if was_offline.get_value() {
            watch.begin(0);
        }
        was_offline.set_value(!is_online);
    });
    on_cleanup(move || {
        returned.remove();
        if let Some(controller) = watch.asking.try_get_value().flatten() {
            controller.abort();
        }
    });
    view! {
        {move || {
            if watch.is_over.get() {
                view! {
                    <button class="button button-quiet" type="button" on:click=move |_| watch.begin(0)>"Look again"</button>
                }
                    .into_any()
            } else {
                view! { <progress class="pay-progress" aria-label="Waiting for the bank"></progress> }.into_any()
            }
        }}
        <p class="soft small">
            "You can leave this page: the payment goes on without it, and your order shows how it ended. You pay once."
        </p>
    }
}
