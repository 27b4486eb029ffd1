//! The cart as a value: lines, totals, and what a fresh quote changes.

use serde::{Deserialize, Serialize};
use shared_types::{
    Money,
    cart::{LineProblem, Quote, QuoteLine},
    orders::{ItemRequest, LINES_MAX, QUANTITY_MAX, Quantity},
    pricing::{PricedLine, Totals, price},
};

/// One product in the cart, with what is needed to show it without asking the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CartLine {
    /// The product.
    pub product_id: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its shown name.
    pub name: String,
    /// Its picture.
    pub image_url: Option<String>,
    /// Price of one when last heard of.
    pub unit_price: Money,
    /// Units in stock when last heard of.
    pub available: u32,
    /// Units wanted.
    pub quantity: u32,
    /// Whether the server said that it is not sold any more.
    #[serde(default)]
    pub gone: bool,
}

impl CartLine {
    /// What stands in the way of ordering this line.
    pub fn problem(&self) -> Option<LineProblem> {
        if self.gone || self.available == 0 {
            Some(LineProblem::Unavailable)
        } else if self.quantity > self.available {
            Some(LineProblem::InsufficientStock)
        } else {
            None
        }
    }

    /// A line that was never seen here, for example one that another device put in; to be brought up to date.
    pub fn unseen(product_id: &str) -> Self {
        Self {
            product_id: product_id.to_owned(),
            slug: String::new(),
            name: "A product that is gone".to_owned(),
            image_url: None,
            unit_price: Money::ZERO,
            available: 0,
            quantity: 0,
            gone: true,
        }
    }

    /// Takes over price, name and stock from the server. What is gone keeps the name by which it is known.
    pub fn update(&mut self, quoted: &QuoteLine) {
        self.available = u32::try_from(quoted.available).unwrap_or(0);
        self.gone = quoted.problem == Some(LineProblem::Unavailable);
        if let Some(name) = &quoted.name {
            self.name.clone_from(name);
        }
        if let Some(slug) = &quoted.slug {
            self.slug.clone_from(slug);
        }
        if quoted.image_url.is_some() {
            self.image_url.clone_from(&quoted.image_url);
        }
        if let Some(price) = quoted.unit_price {
            self.unit_price = price;
        }
    }

    /// Price of all units.
    pub fn subtotal(&self) -> Money {
        self.unit_price.times(self.quantity).unwrap_or_default()
    }

    /// Most units that can be asked for.
    pub fn most(&self) -> u32 {
        self.available.min(QUANTITY_MAX)
    }
}

/// What happened when units were added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// All of them are in the cart.
    All,
    /// Only so many were, because no more are in stock, or because a line holds no more.
    Some(u32),
    /// None were: the cart already holds all there are, or all that a line can hold.
    None,
    /// None were: the cart has no room for another product.
    Full,
}

/// What a quote changed, in words for the shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceChange {
    /// Product.
    pub name: String,
    /// Price of one before.
    pub before: Money,
    /// Price of one now.
    pub now: Money,
}

impl PriceChange {
    /// The change of a line that cost `before`, if it costs something else now.
    pub fn of(before: Money, line: &CartLine) -> Option<Self> {
        let now = line.unit_price;
        (now != before).then(|| Self { name: line.name.clone(), before, now })
    }
}

/// What a shopper is about to order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// In order of adding; one line a product.
    pub lines: Vec<CartLine>,
}

impl Cart {
    /// Units in all.
    pub fn units(&self) -> u32 {
        self.lines.iter().map(|line| line.quantity).fold(0, u32::saturating_add)
    }

    /// The line of a product.
    pub fn line(&self, product_id: &str) -> Option<&CartLine> {
        self.lines.iter().find(|line| line.product_id == product_id)
    }

    /// Adds units of a product; never more than are in stock.
    pub fn add(&mut self, line: CartLine) -> Added {
        let most = line.most();
        let wanted = line.quantity;
        let held = self.line(&line.product_id).map_or(0, |held| held.quantity);
        let fitting = wanted.min(most.saturating_sub(held));
        if held == 0 && self.lines.len() >= LINES_MAX {
            return Added::Full;
        }
        if fitting == 0 {
            return Added::None;
        }
        match self.lines.iter_mut().find(|held| held.product_id == line.product_id) {
            Some(existing) => *existing = CartLine { quantity: held + fitting, ..line },
            None => self.lines.push(CartLine { quantity: fitting, ..line }),
        }
        if fitting == wanted { Added::All } else { Added::Some(fitting) }
    }

    /// Sets the units of a line, within 1 and what is in stock.
    pub fn set_quantity(&mut self, product_id: &str, quantity: u32) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.product_id == product_id) {
            line.quantity = quantity.clamp(1, line.most().max(1));
        }
    }

    /// Takes a line out; answers where it stood, for [`Cart::restore`].
    pub fn remove(&mut self, product_id: &str) -> Option<(usize, CartLine)> {
        let index = self.lines.iter().position(|line| line.product_id == product_id)?;
        Some((index, self.lines.remove(index)))
    }

    /// Puts a removed line back where it stood. A line added meanwhile for the same product wins.
    pub fn restore(&mut self, index: usize, line: CartLine) {
        if self.line(&line.product_id).is_none() {
            self.lines.insert(index.min(self.lines.len()), line);
        }
    }

    /// Sees to it that there are so many units of a product: none takes its line out, and a new line comes to `at`.
    pub fn put(&mut self, line: &CartLine, at: usize) {
        if line.quantity == 0 {
            self.lines.retain(|held| held.product_id != line.product_id);
        } else if let Some(held) = self.lines.iter_mut().find(|held| held.product_id == line.product_id) {
            held.quantity = line.quantity;
        } else {
            self.lines.insert(at.min(self.lines.len()), line.clone());
        }
    }

    /// Takes over prices, names and stock from the server; answers the prices that changed.
    pub fn apply(&mut self, quote: &Quote) -> Vec<PriceChange> {
        let mut changes = Vec::new();
        for line in &mut self.lines {
            if let Some(quoted) = quote.lines.iter().find(|quoted| quoted.product_id == line.product_id) {
                let before = line.unit_price;
                line.update(quoted);
                changes.extend(PriceChange::of(before, line));
            }
        }
        changes
    }

    /// What the cart costs by the shop's one pricing rule. Lines that can't be ordered at all are left out, as the
    /// server's quote does.
    pub fn totals(&self) -> Totals {
        let lines: Vec<_> = self
            .lines
            .iter()
            .filter(|line| line.problem() != Some(LineProblem::Unavailable))
            .map(|line| PricedLine { unit_price: line.unit_price, quantity: line.quantity })
            .collect();
        price(&lines).unwrap_or_default()
    }

    /// Whether every line can be ordered.
    pub fn can_be_ordered(&self) -> bool {
        !self.lines.is_empty() && self.lines.iter().all(|line| line.problem().is_none())
    }

    /// The lines as the API takes them.
    pub fn items(&self) -> Vec<ItemRequest> {
        self.lines
            .iter()
            .filter_map(|line| {
                Quantity::new(line.quantity)
                    .map(|quantity| ItemRequest { product_id: line.product_id.clone(), quantity })
            })
            .collect()
    }

    /// Products and quantities: equal for equal orders, whatever the prices.
    pub fn fingerprint(&self) -> String {
        let mut parts: Vec<_> =
            self.lines.iter().map(|line| format!("{}×{}", line.product_id, line.quantity)).collect();
        parts.sort();
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, quantity: u32) -> CartLine {
        CartLine {
            product_id: id.into(),
            slug: id.into(),
            name: id.to_uppercase(),
            image_url: None,
            unit_price: Money::from_minor(2_000),
            available: 5,
            quantity,
            gone: false,
        }
    }

    fn cart(lines: &[(&str, u32)]) -> Cart {
        Cart { lines: lines.iter().map(|(id, quantity)| line(id, *quantity)).collect() }
    }

    #[test]
    fn one_product_has_one_line_and_never_more_than_the_stock() {
        let mut cart = Cart::default();
        assert_eq!(cart.add(line("a", 2)), Added::All);
        assert_eq!(cart.add(line("a", 4)), Added::Some(3));
        assert_eq!(cart.add(line("a", 1)), Added::None);
        assert_eq!((cart.lines.len(), cart.units()), (1, 5));
    }

    #[test]
    fn a_quantity_stays_between_one_and_the_stock() {
        let mut cart = cart(&[("a", 2)]);
        cart.set_quantity("a", 0);
        assert_eq!(cart.units(), 1);
        cart.set_quantity("a", 99);
        assert_eq!(cart.units(), 5);
    }

    #[test]
    fn undo_puts_a_line_back_where_it_was() {
        let mut cart = cart(&[("a", 1), ("b", 2), ("c", 3)]);
        let before = cart.clone();
        let (index, line) = cart.remove("b").unwrap();
        assert_eq!(cart.lines.len(), 2);
        cart.restore(index, line);
        assert_eq!(cart, before);
    }

    #[test]
    fn a_cart_holds_a_hundred_products_and_more_of_those_it_holds() {
        let mut cart = Cart::default();
        for number in 0..LINES_MAX {
            assert_eq!(cart.add(line(&number.to_string(), 1)), Added::All);
        }
        assert_eq!(cart.add(line("one more", 1)), Added::Full);
        assert_eq!(cart.add(line("7", 1)), Added::All);
        assert_eq!(cart.lines.len(), LINES_MAX);
    }

    #[test]
    fn a_line_holds_at_most_999_units() {
        let mut cart = Cart::default();
        let plenty = CartLine { available: 5_000, ..line("a", 998) };
        assert_eq!(cart.add(plenty.clone()), Added::All);
        assert_eq!(cart.add(CartLine { quantity: 2, ..plenty.clone() }), Added::Some(1));
        assert_eq!(cart.add(plenty), Added::None);
    }

    fn quoted(id: &str, price: Option<i64>, available: i32, problem: Option<LineProblem>) -> QuoteLine {
        QuoteLine {
            product_id: id.into(),
            name: price.map(|_| "New name".into()),
            slug: None,
            image_url: None,
            quantity: 2,
            available,
            unit_price: price.map(Money::from_minor),
            subtotal: Money::ZERO,
            problem,
        }
    }

    #[test]
    fn a_quote_brings_prices_and_stock_up_to_date_and_says_what_changed() {
        let mut cart = cart(&[("a", 2), ("b", 2), ("c", 2)]);
        let changes = cart.apply(&Quote {
            lines: vec![
                quoted("a", Some(2_500), 5, None),
                quoted("b", Some(2_000), 1, Some(LineProblem::InsufficientStock)),
                quoted("c", None, 0, Some(LineProblem::Unavailable)),
            ],
            totals: Totals::default(),
            currency: "USD".into(),
        });
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].now, Money::from_minor(2_500));
        let problems: Vec<_> = cart.lines.iter().map(CartLine::problem).collect();
        assert_eq!(problems, [None, Some(LineProblem::InsufficientStock), Some(LineProblem::Unavailable)]);
        assert!(!cart.can_be_ordered());
        // 2 × 25.00 + 2 × 20.00; what is gone costs nothing.
        assert_eq!(cart.totals().subtotal, Money::from_minor(9_000));
    }

    #[test]
    fn the_fingerprint_follows_products_and_quantities_only() {
        let mut dearer = cart(&[("b", 1), ("a", 2)]);
        dearer.lines[0].unit_price = Money::from_minor(1);
        assert_eq!(cart(&[("a", 2), ("b", 1)]).fingerprint(), dearer.fingerprint());
        assert_ne!(cart(&[("a", 2)]).fingerprint(), cart(&[("a", 3)]).fingerprint());
    }

    #[test]
    fn a_cart_survives_its_storage() {
        let cart = cart(&[("a", 2)]);
        let text = serde_json::to_string(&cart).unwrap();
        assert_eq!(serde_json::from_str::<Cart>(&text).unwrap(), cart);
    }
}
