//! The cart on show: a guest's is kept in the browser, a customer's on the server.
//!
//! What a customer changes shows at once and is sent behind (see [`exchange`]). Until the server has it, it is kept in the
//! browser, as is what the server said last, so that a reload loses nothing and shows the cart at once.

mod exchange;

use leptos::{ev, prelude::*};
use shared_types::{catalog::Product, orders::QUANTITY_MAX};

use self::exchange::Running;
use super::{
    browser::random_key,
    online::use_online,
    reactive::effect,
    storage::{Area, PREFIX, WAS_SIGNED_IN},
    toasts::Toasts,
};
use crate::{
    api::{Api, ApiError},
    logic::{
        cart::{Added, Cart, CartLine},
        kept::Kept,
    },
};

const GUEST: &str = "guest";

/// Why the cart and the server could not be brought together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What went wrong.
    pub error: ApiError,
    /// Whether there are changes that the server does not know yet.
    pub is_unsaved: bool,
}

/// The cart. A handle.
#[derive(Clone, Copy)]
pub struct Carts {
    cart: RwSignal<Cart>,
    report: RwSignal<Vec<String>>,
    trouble: RwSignal<Option<Trouble>>,
    owner: StoredValue<String>,
    /// Whether the owner is known to be signed in. Until then nothing is sent.
    is_open: StoredValue<bool>,
    /// Whether the server's cart may have changed without this tab.
    is_stale: StoredValue<bool>,
    running: StoredValue<Option<Running>, LocalStorage>,
    /// Exchanges that failed one after the other.
    failures: StoredValue<u32>,
    /// When what failed is tried again.
    retry: StoredValue<Option<TimeoutHandle>>,
    api: Api,
    toasts: Toasts,
}

/// Makes the cart available below, and follows changes made in other tabs and on other devices.
pub fn provide_cart(api: Api, toasts: Toasts) -> Carts {
    let carts = Carts {
        cart: RwSignal::default(),
        report: RwSignal::default(),
        trouble: RwSignal::new(None),
        owner: StoredValue::new(last_owner()),
        is_open: StoredValue::new(false),
        is_stale: StoredValue::new(false),
        running: StoredValue::new_local(None),
        failures: StoredValue::new(0),
        retry: StoredValue::new(None),
        api,
        toasts,
    };
    provide_context(carts);
    carts.show();
    let other_tabs = window_event_listener(ev::storage, move |event| {
        if event.key().is_some_and(|changed| changed.starts_with(&key(""))) {
            carts.show();
        }
    });
    // Whoever comes back may have been at another device meanwhile.
    let returned = window_event_listener(ev::visibilitychange, move |_| {
        if !document().hidden() {
            carts.look_again();
        }
    });
    let online = use_online();
    effect(move || {
        if online.get() {
            carts.look_again();
        }
    });
    on_cleanup(move || {
        other_tabs.remove();
        returned.remove();
    });
    carts
}

/// Whose cart was on show last: it shows at once, and nothing is sent before they are known to be signed in.
fn last_owner() -> String {
    // An earlier version kept a sign instead of an id.
    let id = Area::Local.text(WAS_SIGNED_IN).filter(|id| id.len() > 1);
    id.unwrap_or_else(|| GUEST.to_owned())
}

/// The cart.
pub fn use_cart() -> Carts {
    expect_context()
}

fn key(owner: &str) -> String {
    format!("{PREFIX}cart.{owner}")
}

/// What is kept of somebody's cart.
fn kept(owner: &str) -> Kept {
    Area::Local.read(&key(owner)).unwrap_or_default()
}

impl Carts {
    /// The cart, to be read.
    pub fn cart(self) -> ReadSignal<Cart> {
        self.cart.read_only()
    }

    /// What became of a guest's lines at sign-in, to be told to the shopper.
    pub fn report(self) -> ReadSignal<Vec<String>> {
        self.report.read_only()
    }

    /// Why the cart and the server could not be brought together, if they could not.
    pub fn trouble(self) -> ReadSignal<Option<Trouble>> {
        self.trouble.read_only()
    }

    /// Whether it is the cart of somebody who is not signed in.
    pub fn is_guests(self) -> bool {
        self.owner.with_value(|owner| owner == GUEST)
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
        let is_plenty = line.available > QUANTITY_MAX;
        let added = self.change(|cart| cart.add(line));
        let name = &product.name;
        match added {
            Added::All => self.toasts.say(format!("{name} is in your cart")),
            Added::Some(units) if is_plenty => self.toasts.say(format!(
                "Only {units} more of {name} could be added: a cart holds {QUANTITY_MAX} of one product"
            )),
            Added::Some(units) => {
                self.toasts.say(format!("Only {units} more of {name} could be added: that is all we have"))
            }
            Added::None if is_plenty => self.toasts.warn(format!(
                "Your cart already holds {QUANTITY_MAX} of {name}, which is the most of one product"
            )),
            Added::None => self.toasts.warn(format!("Your cart already holds all we have of {name}")),
            Added::Full => self.toasts.warn(format!(
                "{name} was not added: your cart holds {} different products, and there is no room for more",
                shared_types::orders::LINES_MAX
            )),
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
            let owner = self.owner.get_value();
            self.toasts.offer(text, "Undo", move || {
                // The message may outlive the person's stay.
                if self.owner.get_value() == owner {
                    self.change(|cart| cart.restore(index, line.clone()));
                }
            });
        }
    }

    /// Empties the cart: it has become an order. What the server has not been told survives a reload.
    pub fn clear(self) {
        let owner = self.owner.get_value();
        let mut emptied = kept(&owner);
        emptied.empty();
        if owner == GUEST {
            emptied = Kept::default();
        } else {
            // What a guest had chosen was in sight and is part of the order, whether or not the server has it.
            Area::Local.remove(&key(GUEST));
        }
        self.keep(&owner, &emptied);
        self.send();
    }

    /// The shopper has read what became of the guest's lines.
    pub fn dismiss_report(self) {
        let owner = self.owner.get_value();
        self.keep(&owner, &Kept { report: Vec::new(), ..kept(&owner) });
    }

    /// A customer is signed in: their own cart opens, and what they chose as a guest joins it.
    pub fn enter(self, user_id: &str) {
        let mut guest = kept(GUEST);
        if guest.key.is_empty() && !guest.lines.is_empty() {
            // Kept by an earlier version of the storefront.
            guest.key = random_key();
            Area::Local.write(&key(GUEST), &guest);
        }
        self.owner.set_value(user_id.to_owned());
        self.is_open.set_value(true);
        self.show();
        self.look_again();
    }

    /// Nobody is signed in, or it is not known who: the guest's cart opens.
    pub fn leave(self) {
        self.owner.set_value(GUEST.to_owned());
        self.is_open.set_value(false);
        self.trouble.set(None);
        self.show();
    }

    /// The session has ended: what is kept of the customer's cart goes, and the guest's cart opens.
    pub fn forget(self) {
        let owner = self.owner.get_value();
        if owner != GUEST {
            Area::Local.remove(&key(&owner));
        }
        self.leave();
    }

    /// What is kept of a guest's cart that a customer's has to take in.
    fn guest(self) -> Kept {
        if self.is_guests() { Kept::default() } else { kept(GUEST) }
    }

    fn change<R>(self, edit: impl FnOnce(&mut Cart) -> R) -> R {
        // What is kept is newer than what is in sight when another tab has just changed it.
        let before = kept(&self.owner.get_value()).shown(&self.guest());
        let mut after = before.clone();
        let result = edit(&mut after);
        self.take(&before, after);
        result
    }

    fn take(self, before: &Cart, after: Cart) {
        let owner = self.owner.get_value();
        let mut next = kept(&owner);
        if owner == GUEST {
            next.lines = after.lines;
            next.key = random_key();
        } else {
            next.note(before, &after);
        }
        self.keep(&owner, &next);
        self.send();
    }

    /// Keeps a cart, also for the other tabs, and shows it.
    fn keep(self, owner: &str, next: &Kept) {
        let place = key(owner);
        let is_empty = Kept { key: String::new(), ..next.clone() } == Kept::default();
        if is_empty {
            Area::Local.remove(&place);
        } else {
            Area::Local.write(&place, next);
        }
        self.show();
    }

    /// Shows what is kept.
    fn show(self) {
        let own = kept(&self.owner.get_value());
        let cart = own.shown(&self.guest());
        if self.cart.with_untracked(|present| *present != cart) {
            self.cart.set(cart);
        }
        if self.report.with_untracked(|present| *present != own.report) {
            self.report.set(own.report);
        }
    }
}
