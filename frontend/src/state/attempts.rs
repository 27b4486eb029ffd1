//! Attempts to place or pay an order, kept so that repeating a press or reloading repeats the attempt.

use leptos::prelude::*;

use super::{browser::random_key, storage::Area};
use crate::logic::checkout::{Attempt, Draft, attempt};

const ORDER: &str = "alder.checkout.attempt";
const DRAFT: &str = "alder.checkout.draft";

/// The key for placing the order that `subject` names. It survives a reload.
pub fn order_key(subject: &str) -> String {
    let attempt = attempt(Area::Session.read(ORDER), subject, random_key);
    Area::Session.write(ORDER, &attempt);
    attempt.key
}

/// The order was placed or refused: the next press is a new attempt.
pub fn end_order_attempt() {
    Area::Session.remove(ORDER);
}

/// What is typed at the checkout, without anything about the card.
pub fn draft() -> Option<Draft> {
    Area::Session.read(DRAFT)
}

/// Remembers what is typed at the checkout.
pub fn keep_draft(draft: &Draft) {
    Area::Session.write(DRAFT, draft);
}

/// Forgets it: the order is placed.
pub fn drop_draft() {
    Area::Session.remove(DRAFT);
}

/// What the checkout hands to the order's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    /// Why the payment failed.
    Failed(String),
    /// The card's owner has to confirm the payment, and is about to.
    Confirm,
}

/// How the payment of an order went at the checkout. In memory only.
#[derive(Clone, Copy)]
pub struct PaymentNotice(RwSignal<Option<(String, Handed)>>);

/// Makes the notice available below.
pub fn provide_payment_notice() {
    provide_context(PaymentNotice(RwSignal::new(None)));
}

/// The notice.
pub fn use_payment_notice() -> PaymentNotice {
    expect_context()
}

impl PaymentNotice {
    /// Leaves a notice about an order.
    pub fn leave(self, order_number: &str, handed: Handed) {
        self.0.set(Some((order_number.to_owned(), handed)));
    }

    /// Takes the notice about an order.
    pub fn take(self, order_number: &str) -> Option<Handed> {
        let about_it =
            self.0.with_untracked(|notice| notice.as_ref().is_some_and(|(number, _)| number == order_number));
        if !about_it {
            return None;
        }
        self.0.try_update(Option::take).flatten().map(|(_, handed)| handed)
    }
}

/// The key of the running payment attempt: the same while the same card is tried and the outcome is unknown.
#[derive(Clone, Copy)]
pub struct PaymentAttempt(StoredValue<Option<Attempt>>);

impl PaymentAttempt {
    /// No attempt yet.
    pub fn new() -> Self {
        Self(StoredValue::new(None))
    }

    /// The key for paying with `subject` (order and card; it stays in memory).
    pub fn key(self, subject: &str) -> String {
        let next = attempt(self.0.get_value(), subject, random_key);
        self.0.set_value(Some(next.clone()));
        next.key
    }

    /// The outcome is known: the next press is a new attempt.
    pub fn end(self) {
        self.0.set_value(None);
    }
}

impl Default for PaymentAttempt {
    fn default() -> Self {
        Self::new()
    }
}
