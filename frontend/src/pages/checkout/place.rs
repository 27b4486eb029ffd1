//! Placing and paying: one press, one order, whatever happens in between.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared_types::{
    ErrorCode,
    orders::OrderWithItems,
    paths::IDEMPOTENCY_KEY,
    payments::{NextActionKind, Paid, PayOrder},
};

use super::{Typed, read_order};
use crate::{
    api::{self, Api, ApiError, use_api},
    components::{card_form::read as read_card, payment::explain},
    logic::cart::Cart,
    routes,
    state::{
        attempts::{
            Handed, PaymentAttempt, PaymentNotice, drop_draft, end_order_attempt, order_key,
            use_payment_notice,
        },
        cart::{Carts, use_cart},
    },
};

/// Places and pays the order. A handle.
#[derive(Clone, Copy)]
pub struct Placing {
    typed: Typed,
    /// Whether a press is being worked on; cleared only when the page may be used again.
    busy: RwSignal<bool>,
    /// What was in the cart when the button was pressed. It stays in sight while the cart is emptied.
    pressed: RwSignal<Option<Cart>>,
    problem: RwSignal<Option<String>>,
    api: Api,
    carts: Carts,
    notice: PaymentNotice,
    payment: PaymentAttempt,
    leave: Callback<String>,
}

/// Sets up placing for the checkout.
pub fn use_placing(typed: Typed) -> Placing {
    let navigate = use_navigate();
    let navigate = StoredValue::new_local(navigate);
    Placing {
        typed,
        busy: RwSignal::new(false),
        pressed: RwSignal::new(None),
        problem: RwSignal::new(None),
        api: use_api(),
        carts: use_cart(),
        notice: use_payment_notice(),
        payment: PaymentAttempt::new(),
        leave: Callback::new(move |address: String| {
            let options = NavigateOptions { replace: true, ..Default::default() };
            navigate.with_value(|navigate| navigate(&address, options));
        }),
    }
}

impl Placing {
    /// Whether a press is being worked on. Reactive.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// What is being ordered. Reactive.
    pub fn cart(self) -> Cart {
        self.pressed.get().unwrap_or_else(|| self.carts.cart().get())
    }

    /// What went wrong. Reactive.
    pub fn problem(self) -> Option<String> {
        self.problem.get()
    }

    /// "Place order" was pressed. A second press while the first is being worked on does nothing, and neither does a press
    /// while something stands in the way of ordering, which the page shows.
    pub fn press(self) {
        if self.busy.get_untracked() || !self.carts.cart().with_untracked(Cart::can_be_ordered) {
            return;
        }
        let card_is_good = self.typed.card.submit();
        // Checked last, so that the focus goes to the first mistake of the page.
        if !self.typed.order.submit() || !card_is_good {
            return;
        }
        let Ok(payment) = read_card(&self.typed.card.values_now()) else { return };
        self.pressed.set(Some(self.carts.cart().get_untracked()));
        self.busy.set(true);
        self.problem.set(None);
        leptos::task::spawn_local(self.run(payment));
    }

    async fn run(self, payment: PayOrder) {
        let total = self.carts.cart().with_untracked(Cart::totals).total;
        let values = self.typed.order.values_now();
        let request =
            read_order(self.carts, values, self.typed.billing_is_shipping.get_untracked(), Some(total));
        let Ok(request) = request else {
            self.release();
            return;
        };
        let key = order_key(&self.carts.subject());
        match self.api.send(&api::orders::place(&request, &key)).await {
            Ok(order) => self.pay(order, payment).await,
            Err(error) => {
                self.refused(&error, total).await;
                self.release();
            }
        }
    }

    /// The page may be used again.
    fn release(self) {
        self.pressed.set(None);
        self.busy.set(false);
    }

    /// The order exists: the cart has done its work, and from here on the order's own page is the place for whatever
    /// happens. A reload in the middle of the payment finds the cart empty and the order among the others.
    async fn pay(self, order: OrderWithItems, payment: PayOrder) {
        end_order_attempt();
        self.carts.clear();
        drop_draft();
        let number = order.order.order_number;
        let key = self.payment.key(&number);
        let outcome = self.api.send(&api::orders::pay(&number, &payment, &key)).await;
        let address = match outcome {
            Ok(Paid { next_action }) => {
                if next_action.is_some_and(|next| next.kind == NextActionKind::Confirm) {
                    self.notice.leave(&number, Handed::Confirm);
                }
                routes::order(&number) + "?placed=true"
            }
            Err(error) => {
                self.notice.leave(&number, Handed::Failed(explain(&error)));
                routes::order(&number)
            }
        };
        self.leave.run(address);
    }

    async fn refused(self, error: &ApiError, sent_total: shared_types::Money) {
        if error.outcome_unknown() {
            self.problem.set(Some(format!(
                "{} Pressing “Place order” again is safe: you will not order twice.",
                error.message()
            )));
            return;
        }
        if let Some(fields) = error.fields() {
            end_order_attempt();
            if fields.first(IDEMPOTENCY_KEY).is_some() {
                // An earlier press got through although its answer was lost, and the form was changed since.
                let text = "This cart was already ordered with other details. Look at your orders first, and press \
                            again only if you want to order a second time.";
                self.problem.set(Some(text.into()));
                return;
            }
            self.typed.order.refuse(fields.clone());
        }
        // Prices or stock may have moved: look again, so that the page shows what is true now.
        let _ = self.carts.refresh().await;
        let total = self.carts.cart().with_untracked(Cart::totals).total;
        match error.code() {
            Some(ErrorCode::Conflict) if total == sent_total => {
                // The first press is still being worked on by the server: its key must be kept.
                self.problem.set(Some("Your order is still being placed. Press again in a moment.".into()));
            }
            Some(ErrorCode::Conflict) => {
                end_order_attempt();
                let text =
                    "The total has changed since you saw it. Please check it and place the order again.";
                self.problem.set(Some(text.into()));
            }
            _ => {
                end_order_attempt();
                self.problem.set(Some(error.message()));
            }
        }
    }
}
