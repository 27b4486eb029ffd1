//! Pays an order that is waiting for its payment: with a card, a confirmation when the card's bank asks for one, and
//! patience when the processor needs time.

mod confirm;
mod waiting;

use leptos::{html, prelude::*, task::spawn_local};
use shared_types::{
    ErrorCode, Money,
    payments::{Paid, Payment, PaymentStatus},
};

use self::{confirm::Confirmation, waiting::Waiting};
use super::{
    button::Button,
    card_form::{CardFields, card_form, read},
    icon::{Glyph, Icon},
    problem::FormProblem,
};
use crate::{
    api::{self, Api, ApiError, use_api},
    logic::text::usd,
    state::{
        attempts::{Handed, PaymentAttempt},
        reactive::{memo, write},
    },
};

/// What a failed payment means, in the shopper's terms.
pub fn explain(error: &ApiError) -> String {
    match error.code() {
        Some(ErrorCode::PaymentDeclined) => declined(&error.message()),
        _ if error.outcome_unknown() => {
            format!("{} Trying again with the same card is safe: you pay once.", error.message())
        }
        _ => error.message(),
    }
}

fn declined(reason: &str) -> String {
    let end = if reason.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{reason}{end} Nothing was charged. Your order is kept: try another card.")
}

/// Where paying an order stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// Earlier payments are being looked up.
    Looking,
    /// A card can be typed.
    Card,
    /// The card's owner has to confirm this payment.
    Confirm(Payment),
    /// How this payment ends is not known yet.
    Wait(Payment),
}

/// Pays one order. A handle.
#[derive(Clone, Copy)]
struct Paying {
    order_number: StoredValue<String>,
    stage: RwSignal<Stage>,
    problem: RwSignal<Option<String>>,
    /// What is read aloud about the stage.
    words: RwSignal<String>,
    /// Whether the question of the card's bank is open.
    asking: RwSignal<bool>,
    title: NodeRef<html::H2>,
    settled: Callback<bool>,
    api: Api,
}

impl Paying {
    /// Looks for a payment that is not settled: one of this page before it was reloaded, or of another device. With `asks`
    /// the shopper has just paid: the question of the card's bank opens by itself.
    fn look(self, asks: bool) {
        spawn_local(async move {
            let number = self.order_number.get_value();
            let payments = self.api.send(&api::orders::payments(&number)).await.unwrap_or_default();
            let open = payments.iter().find(|payment| payment.status.is_open());
            match (open.or(payments.first()), self.stage.try_get_untracked()) {
                // The page was left meanwhile.
                (_, None) => {}
                // An explanation that is fresher than the list stays.
                (Some(last), _) if last.status != PaymentStatus::Declined || !self.is_explained() => {
                    self.take(last.clone(), asks);
                }
                // What can't be looked up is refused by the server if it is in the way of another payment.
                _ => self.stage.set(Stage::Card),
            }
        });
    }

    fn is_explained(self) -> bool {
        self.problem.with_untracked(Option::is_some)
    }

    /// Goes on from where a payment stands.
    fn take(self, payment: Payment, asks: bool) {
        match payment.status {
            PaymentStatus::NeedsConfirmation => {
                self.problem.set(None);
                self.words
                    .set("Your bank asks you to confirm this payment. Nothing is charged before.".into());
                self.stage.set(Stage::Confirm(payment));
                self.asking.set(asks);
            }
            PaymentStatus::Started | PaymentStatus::Processing => {
                self.problem.set(None);
                self.stage.set(Stage::Wait(payment));
                if asks {
                    self.focus();
                }
            }
            PaymentStatus::Declined => {
                let reason = payment.decline_reason.unwrap_or_else(|| "Your card was declined".to_owned());
                self.fail(declined(&reason));
            }
            PaymentStatus::Succeeded => self.settled.run(true),
            PaymentStatus::RefundDue | PaymentStatus::Refunded => {
                self.fail(
                    "The order no longer waited for this payment. It is given back to your card.".into(),
                );
                self.settled.run(false);
            }
        }
    }

    /// Says what went wrong above the card form.
    fn fail(self, problem: String) {
        self.words.set(String::new());
        self.problem.set(Some(problem));
        self.stage.set(Stage::Card);
    }

    /// Goes on after the server's answer to a payment or to a confirmation.
    fn answered(self, answer: Result<Paid, ApiError>) {
        match answer {
            Ok(Paid { next_action: None }) => self.settled.run(true),
            Ok(Paid { next_action: Some(_) }) => self.look(true),
            Err(error) => {
                self.fail(explain(&error));
                match error.code() {
                    Some(ErrorCode::PaymentDeclined) | None => {}
                    // Another payment of this order is under way, or the order waits no longer.
                    Some(ErrorCode::Conflict) => {
                        self.look(false);
                        self.settled.run(false);
                    }
                    Some(_) => self.settled.run(false),
                }
            }
        }
    }

    /// Keeps the focus in sight when what had it goes away.
    fn focus(self) {
        request_animation_frame(move || {
            if let Some(title) = self.title.try_get_untracked().flatten() {
                let _ = title.focus();
            }
        });
    }
}

/// Everything about paying one order.
#[component]
pub fn PayPanel(
    /// Number of the order.
    order_number: String,
    /// What is to be paid.
    total: Money,
    /// How the payment went at the checkout, if the shopper comes from there.
    handed: Option<Handed>,
    /// Called with true when the order is paid, with false when it has changed in another way.
    #[prop(into)]
    settled: Callback<bool>,
) -> impl IntoView {
    let asks = handed == Some(Handed::Confirm);
    let problem = match handed {
        Some(Handed::Failed(problem)) => Some(problem),
        Some(Handed::Confirm) | None => None,
    };
    let paying = Paying {
        order_number: StoredValue::new(order_number),
        stage: RwSignal::new(Stage::Looking),
        problem: RwSignal::new(problem),
        words: RwSignal::new(String::new()),
        asking: RwSignal::new(false),
        title: NodeRef::new(),
        settled,
        api: use_api(),
    };
    paying.look(asks);
    let words = paying.words;
    // A form that stays must not be built anew: the card that is typed would be gone.
    let stage = memo(move || paying.stage.get());
    view! {
        <section class="panel stack pay" aria-labelledby="pay-title">
            <h2 id="pay-title" class="panel-title" tabindex="-1" node_ref=paying.title>"Payment"</h2>
            <FormProblem problem=paying.problem />
            <p role="status">{move || words.get()}</p>
            {move || match stage.get() {
                Stage::Looking => {
                    view! { <div aria-busy="true"><div class="skeleton skeleton-block"></div></div> }.into_any()
                }
                Stage::Card => view! { <CardForm paying total /> }.into_any(),
                Stage::Confirm(payment) => view! { <Confirmation paying payment /> }.into_any(),
                Stage::Wait(payment) => view! { <Waiting paying payment /> }.into_any(),
            }}
        </section>
    }
}

#[component]
fn CardForm(
    /// Pays the order.
    paying: Paying,
    /// What is to be paid.
    total: Money,
) -> impl IntoView {
    let form = card_form();
    let attempt = PaymentAttempt::new();
    let pay = write(move || {
        let values = form.values_now();
        async move {
            let Ok(payment) = read(&values) else { return };
            let number = paying.order_number.get_value();
            let key = attempt.key(&format!("{number} {}", payment.card.number()));
            paying.problem.set(None);
            let answer = paying.api.send(&api::orders::pay(&number, &payment, &key)).await;
            match answer {
                // The card stays typed, and so does the attempt: the next press repeats it.
                Err(error) if error.outcome_unknown() => paying.problem.set(Some(explain(&error))),
                answer => {
                    attempt.end();
                    paying.answered(answer);
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
        <form class="stack" on:submit=submit novalidate aria-labelledby="pay-title">
            <CardFields form />
            <Button class="button button-wide" busy>
                <Icon glyph=Glyph::Lock size=18 />
                {move || if busy.get() { "Paying…".to_owned() } else { format!("Pay {}", usd(total)) }}
            </Button>
        </form>
    }
}
