//! A cart as the browser keeps it: what the server said last, and what it has not been told yet.
//!
//! A guest's cart is all in `lines`. A customer's cart is the server's: a change is in sight at once, waits in `changes`
//! until the server has it, and is out of sight again when the server refuses it. Nothing is ever put right by hand, since
//! what is in sight is computed from what the server said, what a guest chose before signing in, and what is waiting.

use serde::{Deserialize, Serialize};
use shared_types::{
    cart::{self as wire, CartChange, ChangeKind},
    orders::{ItemRequest, LINES_MAX, QUANTITY_MAX, Quantity},
};

use super::cart::{Cart, CartLine, PriceChange};

/// So many units of a product, which the server has not confirmed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The product with the units wanted; none takes it out.
    pub line: CartLine,
    /// Where it comes when it is new.
    pub at: usize,
}

/// A cart as the browser keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// A guest's cart; of a customer's, what the server said last.
    pub lines: Vec<CartLine>,
    /// Names exactly these lines of a guest, so that they are merged once however often it is asked for.
    pub key: String,
    /// Whether the customer's cart has become an order, and the server has not emptied it yet.
    pub emptied: bool,
    /// What the server has not confirmed yet, one for each product: the last wish is the one that counts.
    pub changes: Vec<Change>,
    /// What became of the guest's lines at sign-in, until the shopper has read it.
    pub report: Vec<String>,
}

/// One exchange with the server about a customer's cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Empty the cart: it has become an order.
    Clear,
    /// Add a guest's lines under their key.
    Merge(Vec<ItemRequest>, String),
    /// See to it that there are so many units of a product; none takes it out.
    Put(String, Option<Quantity>),
    /// Hear what is in the cart.
    Read,
}

impl Kept {
    /// What is in sight. `guest` is what a guest chose in this browser and the server has not been given yet.
    pub fn shown(&self, guest: &Self) -> Cart {
        let mut cart = Cart { lines: self.lines.clone() };
        for line in &guest.lines {
            cart.add(line.clone());
        }
        for change in &self.changes {
            cart.put(&change.line, change.at);
        }
        cart
    }

    /// Notes what the server has to be told after the shopper changed what is in sight.
    pub fn note(&mut self, before: &Cart, after: &Cart) {
        for (at, line) in after.lines.iter().enumerate() {
            if before.line(&line.product_id).is_none_or(|was| was.quantity != line.quantity) {
                self.wish(line.clone(), at);
            }
        }
        for (at, line) in before.lines.iter().enumerate() {
            if after.line(&line.product_id).is_none() {
                self.wish(CartLine { quantity: 0, ..line.clone() }, at);
            }
        }
    }

    /// The last wish about a product takes the place of an earlier one that is still waiting.
    fn wish(&mut self, line: CartLine, at: usize) {
        let next = Change { line, at };
        match self.changes.iter_mut().find(|change| change.line.product_id == next.line.product_id) {
            Some(change) => *change = next,
            None => self.changes.push(next),
        }
    }

    /// The cart has become an order: whatever was in it, and whatever was waiting, is done with.
    pub fn empty(&mut self) {
        *self = Self { emptied: true, ..Self::default() };
    }

    /// Whether the server has not been told everything yet.
    pub fn is_waiting(&self, guest: &Self) -> bool {
        self.emptied || !self.changes.is_empty() || !guest.lines.is_empty()
    }

    /// What comes next; `is_stale` says that the server's cart may have changed without this browser.
    pub fn next(&self, guest: &Self, is_stale: bool) -> Option<Step> {
        if self.emptied {
            return Some(Step::Clear);
        }
        if !guest.lines.is_empty() {
            let items = Cart { lines: guest.lines.clone() }.items();
            return Some(Step::Merge(items, guest.key.clone()));
        }
        if let Some(Change { line, .. }) = self.changes.first() {
            return Some(Step::Put(line.product_id.clone(), Quantity::new(line.quantity)));
        }
        is_stale.then_some(Step::Read)
    }

    /// Takes over what the server said to a step; answers the prices that changed. What the shopper did meanwhile stays,
    /// and lines keep their places: one that was put back by undoing its removal comes last on the server.
    pub fn answered(&mut self, step: &Step, guest: &Self, server: &wire::Cart) -> Vec<PriceChange> {
        let shown = self.shown(guest);
        match step {
            Step::Clear => self.emptied = false,
            Step::Put(..) => self.drop_change(step),
            Step::Merge(..) | Step::Read => {}
        }
        let mut prices = Vec::new();
        let mut lines = Vec::with_capacity(server.quote.lines.len());
        let is_shown = |quoted: &&wire::QuoteLine| shown.line(&quoted.product_id).is_some();
        let in_sight = shown.lines.iter().filter_map(|line| find(&server.quote, &line.product_id));
        // What this browser did not know comes last, and so does what is waiting to be taken out.
        for quoted in in_sight.chain(server.quote.lines.iter().filter(|quoted| !is_shown(quoted))) {
            let known = shown
                .line(&quoted.product_id)
                .or_else(|| self.lines.iter().find(|line| line.product_id == quoted.product_id));
            let mut line = known.cloned().unwrap_or_else(|| CartLine::unseen(&quoted.product_id));
            line.update(quoted);
            line.quantity = quoted.quantity;
            prices.extend(known.and_then(|known| PriceChange::of(known.unit_price, &line)));
            lines.push(line);
        }
        self.lines = lines;
        prices
    }

    /// The server refused a step: its change is given up. Answers the name of its product.
    pub fn refused(&mut self, step: &Step) -> Option<String> {
        let name = match step {
            Step::Put(id, _) => {
                self.changes.iter().find(|change| change.line.product_id == *id).map(|c| c.line.name.clone())
            }
            _ => None,
        };
        self.drop_change(step);
        name
    }

    /// Drops the change that a step carried, unless the shopper has wished for something else since.
    fn drop_change(&mut self, step: &Step) {
        if let Step::Put(id, quantity) = step {
            self.changes.retain(|Change { line, .. }| {
                line.product_id != *id || Quantity::new(line.quantity) != *quantity
            });
        }
    }
}

fn find<'q>(quote: &'q wire::Quote, product_id: &str) -> Option<&'q wire::QuoteLine> {
    quote.lines.iter().find(|quoted| quoted.product_id == product_id)
}

/// What became of a guest's lines, in words, where it is not what the guest expects. `guest` knows the names of products
/// that are gone.
pub fn report(changes: &[CartChange], guest: &Kept, lines_now: usize) -> Vec<String> {
    changes.iter().filter_map(|change| told(change, guest, lines_now)).collect()
}

fn told(change: &CartChange, guest: &Kept, lines_now: usize) -> Option<String> {
    let CartChange { product_id, name, kind, from, wanted, to } = change;
    let known = guest.lines.iter().find(|line| line.product_id == *product_id).map(|line| &line.name);
    let shown = name.as_ref().or(known).map_or("A product", String::as_str);
    match kind {
        ChangeKind::Added => None,
        ChangeKind::Summed => Some(format!("{shown}: {to} now, {from} of them from your account’s cart.")),
        ChangeKind::Clamped if *to == QUANTITY_MAX => {
            Some(format!("{shown}: {to} instead of {wanted}, which is the most of one product in a cart."))
        }
        ChangeKind::Clamped => Some(format!("{shown}: {to} instead of {wanted}, because no more are left.")),
        ChangeKind::Dropped if name.is_none() => {
            Some(format!("{shown} was left out, because it is no longer available."))
        }
        ChangeKind::Dropped if *from == 0 && lines_now >= LINES_MAX => {
            Some(format!("{shown} was left out, because a cart holds at most {LINES_MAX} products."))
        }
        ChangeKind::Dropped => Some(format!("{shown} was left out, because it is sold out.")),
    }
}

#[cfg(test)]
mod tests {
    use shared_types::{
        Money,
        cart::{LineProblem, Quote, QuoteLine},
        pricing::Totals,
    };

    use super::*;

    fn line(id: &str, quantity: u32) -> CartLine {
        CartLine {
            name: id.to_uppercase(),
            unit_price: Money::from_minor(2_000),
            available: 10,
            quantity,
            gone: false,
            ..CartLine::unseen(id)
        }
    }

    fn kept(lines: &[(&str, u32)]) -> Kept {
        let lines = lines.iter().map(|(id, quantity)| line(id, *quantity)).collect();
        Kept { lines, key: "key".into(), ..Kept::default() }
    }

    fn server(lines: &[(&str, u32)]) -> wire::Cart {
        let quoted = |(id, quantity): &(&str, u32)| QuoteLine {
            product_id: (*id).to_owned(),
            name: Some(id.to_uppercase()),
            slug: None,
            image_url: None,
            quantity: *quantity,
            available: 10,
            unit_price: Some(Money::from_minor(2_000)),
            subtotal: Money::ZERO,
            problem: None,
        };
        let lines = lines.iter().map(quoted).collect();
        let quote = Quote { lines, totals: Totals::default(), currency: "USD".into() };
        wire::Cart { quote, updated_at: None }
    }

    fn units(cart: &Cart) -> Vec<(&str, u32)> {
        cart.lines.iter().map(|line| (line.product_id.as_str(), line.quantity)).collect()
    }

    /// What the shopper does with what is in sight.
    fn edit(kept: &mut Kept, guest: &Kept, run: impl FnOnce(&mut Cart)) {
        let before = kept.shown(guest);
        let mut after = before.clone();
        run(&mut after);
        kept.note(&before, &after);
    }

    fn put(id: &str, quantity: u32) -> Step {
        Step::Put(id.to_owned(), Quantity::new(quantity))
    }

    const NOBODY: Kept = Kept {
        lines: Vec::new(),
        key: String::new(),
        emptied: false,
        changes: Vec::new(),
        report: Vec::new(),
    };

    #[test]
    fn a_change_is_in_sight_at_once_and_the_last_wish_is_the_one_that_is_sent() {
        let mut kept = kept(&[("a", 1), ("b", 1)]);
        for quantity in [2, 3, 4] {
            edit(&mut kept, &NOBODY, |cart| cart.set_quantity("a", quantity));
        }
        assert_eq!(units(&kept.shown(&NOBODY)), [("a", 4), ("b", 1)]);
        assert_eq!(kept.next(&NOBODY, true), Some(put("a", 4)));
        assert_eq!(kept.changes.len(), 1);
    }

    #[test]
    fn what_was_pressed_while_a_change_was_on_its_way_is_sent_next_and_stays_in_sight() {
        let mut kept = kept(&[("a", 1)]);
        edit(&mut kept, &NOBODY, |cart| cart.set_quantity("a", 2));
        let first = kept.next(&NOBODY, false).unwrap();
        edit(&mut kept, &NOBODY, |cart| cart.set_quantity("a", 7));
        kept.answered(&first, &NOBODY, &server(&[("a", 2)]));
        assert_eq!(units(&kept.shown(&NOBODY)), [("a", 7)]);
        let second = kept.next(&NOBODY, false).unwrap();
        assert_eq!(second, put("a", 7));
        kept.answered(&second, &NOBODY, &server(&[("a", 7)]));
        assert_eq!(kept.next(&NOBODY, false), None);
        assert!(!kept.is_waiting(&NOBODY));
    }

    #[test]
    fn changes_go_in_the_order_in_which_they_were_made() {
        let mut kept = kept(&[("a", 1), ("b", 1)]);
        edit(&mut kept, &NOBODY, |cart| cart.set_quantity("b", 2));
        edit(&mut kept, &NOBODY, |cart| {
            cart.remove("a");
        });
        edit(&mut kept, &NOBODY, |cart| cart.set_quantity("b", 3));
        assert_eq!(kept.next(&NOBODY, false), Some(put("b", 3)));
        kept.answered(&put("b", 3), &NOBODY, &server(&[("a", 1), ("b", 3)]));
        assert_eq!(kept.next(&NOBODY, false), Some(Step::Put("a".into(), None)));
        assert_eq!(units(&kept.shown(&NOBODY)), [("b", 3)]);
    }

    #[test]
    fn a_refused_change_is_taken_back_and_a_newer_wish_is_not() {
        let mut kept = kept(&[("a", 1)]);
        edit(&mut kept, &NOBODY, |cart| cart.set_quantity("a", 5));
        assert_eq!(kept.refused(&put("a", 5)).as_deref(), Some("A"));
        assert_eq!(units(&kept.shown(&NOBODY)), [("a", 1)]);
        edit(&mut kept, &NOBODY, |cart| cart.set_quantity("a", 6));
        kept.refused(&put("a", 5));
        assert_eq!(kept.next(&NOBODY, false), Some(put("a", 6)));
    }

    #[test]
    fn undoing_a_removal_puts_the_line_back_to_its_place_before_and_after_it_was_sent() {
        for sent in [false, true] {
            let mut kept = kept(&[("a", 1), ("b", 2), ("c", 3)]);
            let mut taken = None;
            edit(&mut kept, &NOBODY, |cart| taken = cart.remove("b"));
            if sent {
                kept.answered(&Step::Put("b".into(), None), &NOBODY, &server(&[("a", 1), ("c", 3)]));
            }
            let (index, line) = taken.unwrap();
            edit(&mut kept, &NOBODY, |cart| cart.restore(index, line));
            assert_eq!(units(&kept.shown(&NOBODY)), [("a", 1), ("b", 2), ("c", 3)]);
            assert_eq!(kept.next(&NOBODY, false), Some(put("b", 2)));
            // The server appends what is put in again.
            kept.answered(&put("b", 2), &NOBODY, &server(&[("a", 1), ("c", 3), ("b", 2)]));
            assert_eq!(units(&kept.shown(&NOBODY)), [("a", 1), ("b", 2), ("c", 3)]);
        }
    }

    #[test]
    fn a_guests_lines_are_in_sight_before_the_server_has_them_and_sent_before_changes() {
        let mut own = kept(&[("a", 2)]);
        let guest = kept(&[("a", 1), ("b", 1)]);
        assert_eq!(units(&own.shown(&guest)), [("a", 3), ("b", 1)]);
        edit(&mut own, &guest, |cart| cart.set_quantity("b", 4));
        let merge = own.next(&guest, true).unwrap();
        assert!(matches!(&merge, Step::Merge(items, key) if items.len() == 2 && key == "key"));
        own.answered(&merge, &guest, &server(&[("a", 3), ("b", 1)]));
        assert_eq!(units(&own.shown(&NOBODY)), [("a", 3), ("b", 4)]);
        assert_eq!(own.next(&NOBODY, true), Some(put("b", 4)));
    }

    #[test]
    fn a_cart_that_became_an_order_is_emptied_before_anything_else() {
        let mut kept = kept(&[("a", 2)]);
        edit(&mut kept, &NOBODY, |cart| cart.set_quantity("a", 3));
        kept.empty();
        assert!(kept.shown(&NOBODY).lines.is_empty());
        edit(&mut kept, &NOBODY, |cart| {
            cart.add(line("b", 1));
        });
        assert_eq!(kept.next(&NOBODY, true), Some(Step::Clear));
        kept.answered(&Step::Clear, &NOBODY, &server(&[]));
        assert_eq!(units(&kept.shown(&NOBODY)), [("b", 1)]);
        assert_eq!(kept.next(&NOBODY, true), Some(put("b", 1)));
    }

    #[test]
    fn another_devices_lines_come_last_and_changed_prices_are_told() {
        let mut kept = kept(&[("b", 1), ("a", 1)]);
        let mut answer = server(&[("a", 1), ("c", 2), ("b", 1)]);
        answer.quote.lines[0].unit_price = Some(Money::from_minor(2_500));
        let prices = kept.answered(&Step::Read, &NOBODY, &answer);
        assert_eq!(units(&kept.shown(&NOBODY)), [("b", 1), ("a", 1), ("c", 2)]);
        assert_eq!(prices.len(), 1, "only what was known before has a change to tell");
        assert_eq!(prices[0].now, Money::from_minor(2_500));
    }

    #[test]
    fn what_is_gone_keeps_its_name() {
        let mut kept = kept(&[("a", 1)]);
        let mut answer = server(&[("a", 1), ("b", 1)]);
        for quoted in &mut answer.quote.lines {
            (quoted.name, quoted.unit_price, quoted.available) = (None, None, 0);
            quoted.problem = Some(LineProblem::Unavailable);
        }
        kept.answered(&Step::Read, &NOBODY, &answer);
        let names: Vec<_> = kept.lines.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(names, ["A", "A product that is gone"]);
        assert!(kept.lines.iter().all(|line| line.problem() == Some(LineProblem::Unavailable)));
    }

    #[test]
    fn only_what_a_guest_would_not_expect_is_reported() {
        let change = |name: Option<&str>, kind, from, wanted, to| CartChange {
            product_id: "a".into(),
            name: name.map(str::to_owned),
            kind,
            from,
            wanted,
            to,
        };
        let changes = [
            change(Some("Lamp"), ChangeKind::Added, 0, 2, 2),
            change(Some("Lamp"), ChangeKind::Summed, 1, 3, 3),
            change(Some("Lamp"), ChangeKind::Clamped, 1, 9, 5),
            change(Some("Lamp"), ChangeKind::Clamped, 900, 1_000, 999),
            change(Some("Lamp"), ChangeKind::Dropped, 0, 1, 0),
            change(None, ChangeKind::Dropped, 0, 1, 0),
        ];
        let words = report(&changes, &kept(&[("a", 1)]), 3);
        assert_eq!(
            words,
            [
                "Lamp: 3 now, 1 of them from your account’s cart.",
                "Lamp: 5 instead of 9, because no more are left.",
                "Lamp: 999 instead of 1000, which is the most of one product in a cart.",
                "Lamp was left out, because it is sold out.",
                "A was left out, because it is no longer available.",
            ]
        );
        let full = report(&changes[4..5], &Kept::default(), LINES_MAX);
        assert_eq!(full, ["Lamp was left out, because a cart holds at most 100 products."]);
    }

    #[test]
    fn a_cart_survives_its_storage_and_so_does_one_of_an_earlier_version() {
        let mut kept = kept(&[("a", 2)]);
        edit(&mut kept, &NOBODY, |cart| cart.set_quantity("a", 3));
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<Kept>(&text).unwrap(), kept);
        let earlier = serde_json::to_string(&Cart { lines: kept.lines.clone() }).unwrap();
        assert_eq!(serde_json::from_str::<Kept>(&earlier).unwrap().lines, kept.lines);
    }
}
