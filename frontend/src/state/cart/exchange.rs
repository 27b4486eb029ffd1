//! Between the customer's cart here and the one on the server: one exchange at a time, in order, for all tabs of the
//! browser together. What does not get through is kept and tried again.

use std::time::Duration;

use futures::{
    FutureExt,
    future::{LocalBoxFuture, Shared},
};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use shared_types::{
    ErrorCode,
    cart::{Cart as ServerCart, CartChange, MergeCart, PutCartItem, QuoteRequest},
};

use super::{Carts, GUEST, Trouble, kept, key};
use crate::{
    api::{self, ApiError, tabs::Turn},
    logic::{
        cart::{Cart, PriceChange},
        kept::{Kept, Step, report},
        pauses::pause,
        text::usd,
    },
    routes,
    state::storage::Area,
};

/// An exchange that any number of callers wait for.
pub(super) type Running = Shared<LocalBoxFuture<'static, Result<(), ApiError>>>;

/// How long the cart rests after a change was sent, in milliseconds: what is pressed meanwhile goes together.
const REST: u32 = 250;
/// The longest pause before what failed is tried again, in milliseconds.
const LONGEST_PAUSE: u32 = 30_000;

impl Carts {
    /// Brings prices, stock and, for a customer, what is in the cart up to date, and says what changed.
    pub async fn refresh(self) -> Result<(), ApiError> {
        let outcome = if self.is_guests() {
            self.quote().await
        } else {
            self.is_stale.set_value(true);
            self.exchange().await
        };
        if self.is_guests() {
            self.trouble.set(outcome.clone().err().map(|error| Trouble { error, is_unsaved: false }));
        }
        outcome
    }

    /// A guest's cart is only quoted.
    async fn quote(self) -> Result<(), ApiError> {
        let items = self.cart.with_untracked(Cart::items);
        if items.is_empty() {
            return Ok(());
        }
        let quote = self.api.send(&api::cart::quote(&QuoteRequest { items })).await?;
        if self.is_guests() {
            let mut next = kept(GUEST);
            let mut cart = Cart { lines: next.lines.clone() };
            let changes = cart.apply(&quote);
            // What is asked for stays the same, and so does its name.
            next.lines = cart.lines;
            self.keep(GUEST, &next);
            self.tell_prices(changes);
        }
        Ok(())
    }

    /// A customer's cart may have changed on the server.
    pub(super) fn look_again(self) {
        self.is_stale.set_value(true);
        self.send();
    }

    /// Sends what is waiting, behind the shopper's back.
    pub(super) fn send(self) {
        if self.is_open.get_value() {
            spawn_local(async move {
                // What goes wrong is shown where the cart is.
                let _ = self.exchange().await;
            });
        }
    }

    /// The exchange that is under way, or a new one.
    fn exchange(self) -> Running {
        let running = self.running.with_value(Clone::clone);
        running.unwrap_or_else(|| {
            let exchange = self.run().boxed_local().shared();
            self.running.set_value(Some(exchange.clone()));
            exchange
        })
    }

    async fn run(self) -> Result<(), ApiError> {
        let owner = self.owner.get_value();
        let turn = Turn::at_the_cart().await;
        let mut outcome = Ok(());
        while let Some(step) = self.next(&owner) {
            outcome = self.take_step(&owner, &step).await;
            if outcome.is_err() {
                break;
            }
            if matches!(step, Step::Put(..)) {
                TimeoutFuture::new(REST).await;
            }
        }
        drop(turn);
        self.running.set_value(None);
        if self.belongs_to(&owner) {
            self.ended(&outcome);
        } else {
            // Somebody else came meanwhile; what they have to send waited for this to end.
            self.send();
        }
        outcome
    }

    fn belongs_to(self, owner: &str) -> bool {
        self.is_open.get_value() && self.owner.with_value(|present| present == owner)
    }

    fn next(self, owner: &str) -> Option<Step> {
        if !self.belongs_to(owner) {
            return None;
        }
        kept(owner).next(&self.guest(), self.is_stale.get_value())
    }

    async fn take_step(self, owner: &str, step: &Step) -> Result<(), ApiError> {
        if *step == Step::Read {
            self.is_stale.set_value(false);
        }
        let answer = self.ask(step).await;
        if !self.belongs_to(owner) {
            return Ok(());
        }
        match answer {
            Ok((cart, changes)) => self.answered(owner, step, &cart, &changes),
            Err(error) if is_refusal(step, &error) => self.refused(owner, step, &error),
            Err(error) => {
                self.is_stale.set_value(true);
                return Err(error);
            }
        }
        Ok(())
    }

    async fn ask(self, step: &Step) -> Result<(ServerCart, Vec<CartChange>), ApiError> {
        let endpoint = match step {
            Step::Merge(items, key) => {
                let request = MergeCart { items: items.clone() };
                let merged = self.api.send(&api::cart::merge(&request, key)).await?;
                return Ok((merged.cart, merged.changes));
            }
            Step::Clear => api::cart::clear(),
            Step::Put(id, Some(quantity)) => api::cart::put_item(id, &PutCartItem { quantity: *quantity }),
            Step::Put(id, None) => api::cart::remove_item(id),
            Step::Read => api::cart::get(),
        };
        self.api.send(&endpoint).await.map(|cart| (cart, Vec::new()))
    }

    fn answered(self, owner: &str, step: &Step, cart: &ServerCart, changes: &[CartChange]) {
        let mut next = kept(owner);
        let guest = self.guest();
        let prices = next.answered(step, &guest, cart);
        if matches!(step, Step::Merge(..)) {
            self.merged(&mut next, report(changes, &guest, cart.quote.lines.len()));
        }
        self.keep(owner, &next);
        self.tell_prices(prices);
    }

    /// The server has the guest's lines: only now they go from here.
    fn merged(self, next: &mut Kept, report: Vec<String>) {
        Area::Local.remove(&key(GUEST));
        // A merge that is repeated is answered as it was the first time: look how the cart is now.
        self.is_stale.set_value(true);
        if !report.is_empty() {
            next.report = report;
            if !is_at(&[routes::CART]) {
                self.toasts.say("We put your two carts together. Your cart says what changed.");
            }
        }
    }

    fn refused(self, owner: &str, step: &Step, error: &ApiError) {
        let mut next = kept(owner);
        let name = next.refused(step);
        if matches!(step, Step::Merge(..)) {
            Area::Local.remove(&key(GUEST));
        }
        self.is_stale.set_value(true);
        self.keep(owner, &next);
        let what = name.unwrap_or_else(|| "Your cart".to_owned());
        self.toasts.warn(format!("{what} could not be changed: {}", error.message()));
    }

    /// Says how an exchange ended, and tries again later when it failed.
    fn ended(self, outcome: &Result<(), ApiError>) {
        let error = match outcome {
            Ok(()) => {
                self.failures.set_value(0);
                if self.trouble.with_untracked(Option::is_some) {
                    self.trouble.set(None);
                }
                return;
            }
            // The session has ended, which is told where it was noticed.
            Err(error) if error.code() == Some(ErrorCode::Unauthorized) => return,
            Err(error) => error.clone(),
        };
        let owner = self.owner.get_value();
        let is_unsaved = kept(&owner).is_waiting(&self.guest());
        let is_told =
            self.trouble.with_untracked(|known| known.as_ref().is_some_and(|known| known.is_unsaved));
        if is_unsaved && !is_told && !is_at(&[routes::CART, routes::CHECKOUT]) {
            self.toasts.warn("Your cart could not be saved yet. It is kept here, and we keep trying.");
        }
        let failures = self.failures.get_value();
        self.failures.set_value(failures.saturating_add(1));
        // Without a network there is nothing to try: its return is a signal of its own.
        if is_unsaved && window().navigator().on_line() {
            let asked_to_wait = match &error {
                ApiError::RateLimited { retry, .. } => retry.unwrap_or(0).saturating_mul(1_000),
                _ => 0,
            };
            let wait = pause(failures, LONGEST_PAUSE).max(asked_to_wait);
            let again = set_timeout_with_handle(move || self.send(), Duration::from_millis(u64::from(wait)));
            let earlier = self.retry.try_update_value(|retry| std::mem::replace(retry, again.ok())).flatten();
            if let Some(earlier) = earlier {
                earlier.clear();
            }
        }
        self.trouble.set(Some(Trouble { error, is_unsaved }));
    }

    fn tell_prices(self, changes: Vec<PriceChange>) {
        for change in changes {
            self.toasts.say(format!(
                "{} now costs {} instead of {}",
                change.name,
                usd(change.now),
                usd(change.before)
            ));
        }
    }
}

/// Whether one of these pages is in sight, which say for themselves how the cart is.
fn is_at(pages: &[&str]) -> bool {
    window().location().pathname().is_ok_and(|path| pages.contains(&path.as_str()))
}

/// Whether the server will never do what it was asked. What it can't do at the moment, or for this session, is no refusal,
/// and neither is a cart that can't be read.
fn is_refusal(step: &Step, error: &ApiError) -> bool {
    let can_be_given_up = matches!(step, Step::Put(..) | Step::Merge(..));
    let is_final =
        error.code().is_some_and(|code| !matches!(code, ErrorCode::Unauthorized | ErrorCode::Conflict));
    can_be_given_up && is_final
}
