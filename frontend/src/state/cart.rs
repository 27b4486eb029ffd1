//! The cart on show, kept in the browser under its owner's name.

use leptos::{ev, prelude::*};
use shared_types::{
    cart::{Quote, QuoteRequest},
    catalog::Product,
};

use super::{storage::Area, toasts::Toasts};
use crate::{
    api::{self, Api, ApiError},
    logic::{
        cart::{Added, Cart, CartLine},
        text::usd,
    },
};

const GUEST: &str = "guest";

/// The cart. A handle.
#[derive(Clone, Copy)]
pub struct Carts {
    cart: RwSignal<Cart>,
    owner: StoredValue<String>,
    api: Api,
    toasts: Toasts,
}

/// Makes the cart available below, and follows changes made in other tabs.
pub fn provide_cart(api: Api, toasts: Toasts) -> Carts {
    let carts = Carts {
        cart: RwSignal::new(Area::Local.read(&key(GUEST)).unwrap_or_default()),
        owner: StoredValue::new(GUEST.to_owned()),
        api,
        toasts,
    };
    provide_context(carts);
    let other_tabs = window_event_listener(ev::storage, move |event| {
        if event.key().is_some_and(|changed| changed == key(&carts.owner.get_value())) {
            carts.cart.set(Area::Local.read(&key(&carts.owner.get_value())).unwrap_or_default());
        }
    });
    on_cleanup(move || other_tabs.remove());
    carts
}

/// The cart.
pub fn use_cart() -> Carts {
    expect_context()
}

fn key(owner: &str) -> String {
    format!("{}cart.{owner}", super::storage::PREFIX)
}

impl Carts {
    /// The cart, to be read.
    pub fn cart(self) -> ReadSignal<Cart> {
        self.cart.read_only()
    }

    /// Whose cart it is and what is in it: names the order it would become.
    pub fn subject(self) -> String {
        format!("{} {}", self.owner.get_value(), self.cart.with_untracked(Cart::fingerprint))
    }

    /// Adds units of a product and says so.
    pub fn add(self, product: &Product, quantity: u32) -> Added {
        let line = CartLine {
            product_id: product.id.clone(),
            slug: product.slug.clone(),
            name: product.name.clone(),
            image_url: product.image_url.clone(),
            unit_price: product.price,
            available: u32::try_from(product.stock).unwrap_or(0),
            quantity,
            gone: false,
        };
        let added = self.change(|cart| cart.add(line));
        match added {
            Added::All => self.toasts.say(format!("{} is in your cart", product.name)),
            Added::Some(units) => self
                .toasts
                .say(format!("Only {units} more of {} could be added: that is all we have", product.name)),
            Added::None => {
                self.toasts.warn(format!("Your cart already holds all we have of {}", product.name))
            }
        }
        added
    }

    /// Sets the units of a line.
    pub fn set_quantity(self, product_id: &str, quantity: u32) {
        self.change(|cart| cart.set_quantity(product_id, quantity));
    }

    /// Takes a line out and offers to undo it.
    pub fn remove(self, product_id: &str) {
        if let Some((index, line)) = self.change(|cart| cart.remove(product_id)) {
            let text = format!("{} was removed", line.name);
            self.toasts.offer(text, "Undo", move || {
                self.change(|cart| cart.restore(index, line.clone()));
            });
        }
    }

    /// Empties the cart: it has become an order.
    pub fn clear(self) {
        self.change(|cart| cart.lines.clear());
    }

    /// A customer signs in: their own cart opens, and what they chose as a guest joins it.
    pub fn enter(self, user_id: &str) {
        let guests =
            if self.owner.get_value() == GUEST { self.cart.get_untracked() } else { Cart::default() };
        self.owner.set_value(user_id.to_owned());
        let mut cart: Cart = Area::Local.read(&key(user_id)).unwrap_or_default();
        cart.merge(guests);
        self.change(|present| *present = cart);
        Area::Local.remove(&key(GUEST));
    }

    /// The customer leaves: an empty guest's cart opens.
    pub fn leave(self) {
        self.owner.set_value(GUEST.to_owned());
        self.cart.set(Area::Local.read(&key(GUEST)).unwrap_or_default());
    }

    /// Asks the server for present prices and stock, takes them over and says what changed.
    pub async fn refresh(self) -> Result<Option<Quote>, ApiError> {
        let items = self.cart.with_untracked(Cart::items);
        if items.is_empty() {
            return Ok(None);
        }
        let quote = self.api.send(&api::cart::quote(&QuoteRequest { items })).await?;
        let mut next = self.cart.get_untracked();
        let changes = next.apply(&quote);
        if self.cart.with_untracked(|cart| *cart != next) {
            self.change(|cart| *cart = next);
        }
        for change in changes {
            self.toasts.say(format!(
                "{} now costs {} instead of {}",
                change.name,
                usd(change.now),
                usd(change.before)
            ));
        }
        Ok(Some(quote))
    }

    fn change<R>(self, edit: impl FnOnce(&mut Cart) -> R) -> R {
        let mut cart = self.cart.get_untracked();
        let result = edit(&mut cart);
        let place = key(&self.owner.get_value());
        if cart.lines.is_empty() {
            Area::Local.remove(&place);
        } else {
            Area::Local.write(&place, &cart);
        }
        self.cart.set(cart);
        result
    }
}
