//! What a cart holds, and how two become one. Pure.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use shared_types::{
    cart::{CartChange, ChangeKind},
    orders::{ItemRequest, LINES_MAX, QUANTITY_MAX},
};

/// A product as a cart shows it.
#[derive(Debug, Clone)]
pub struct ProductInCart {
    /// Shown name.
    pub name: String,
    /// Name in addresses.
    pub slug: String,
    /// The main picture.
    pub image_url: Option<String>,
    /// Price of one, in minor units.
    pub price: i64,
    /// Units left.
    pub stock: i32,
}

/// A product in a cart, and how many of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartLine {
    /// Which product.
    pub product_id: String,
    /// Units, 1 to 999.
    pub quantity: u32,
    /// Put in at.
    pub created_at: NaiveDateTime,
    /// Changed last at.
    pub updated_at: NaiveDateTime,
}

/// Products and their units in the order they first come, those of one product together.
pub fn merge_in_order(items: &[ItemRequest]) -> Vec<(String, u32)> {
    let mut merged: Vec<(String, u32)> = Vec::with_capacity(items.len());
    for item in items {
        match merged.iter_mut().find(|(id, _)| *id == item.product_id) {
            Some((_, units)) => *units = units.saturating_add(item.quantity.get()),
            None => merged.push((item.product_id.clone(), item.quantity.get())),
        }
    }
    merged
}

/// Puts so many units of a product into a cart, in place of those that are there.
pub fn put(lines: &mut Vec<CartLine>, product_id: &str, quantity: u32, now: NaiveDateTime) {
    match lines.iter_mut().find(|line| line.product_id == product_id) {
        Some(line) if line.quantity == quantity => {}
        Some(line) => (line.quantity, line.updated_at) = (quantity, now),
        None => {
            let product_id = product_id.to_owned();
            lines.push(CartLine { product_id, quantity, created_at: now, updated_at: now });
        }
    }
}

/// The lines a cart has after it was filled anew; those that stay keep the moment they were put in.
pub fn refill(lines: &[CartLine], wanted: &[(String, u32)], now: NaiveDateTime) -> Vec<CartLine> {
    let mut filled = Vec::with_capacity(wanted.len());
    for (product_id, units) in wanted {
        let kept = lines.iter().find(|line| line.product_id == *product_id).cloned();
        filled.extend(kept);
        put(&mut filled, product_id, (*units).min(QUANTITY_MAX), now);
    }
    filled
}

/// Which of the wanted products a cart may not hold: those that are not sold, unless they are in it already. A product
/// that ceased to be sold while it was in a cart stays there, as a problem to be seen.
pub fn not_for_sale<'w>(
    lines: &[CartLine],
    wanted: impl IntoIterator<Item = &'w str>,
    products: &HashMap<String, ProductInCart>,
) -> Option<&'w str> {
    let present: HashSet<&str> = lines.iter().map(|line| line.product_id.as_str()).collect();
    wanted.into_iter().find(|id| !products.contains_key(*id) && !present.contains(*id))
}

/// Adds a guest's lines to a cart, and tells what became of each. Units of one product are added up, to no more than are
/// left or one line may hold; what is not sold, sold out, or one line too many is left out.
pub fn merge(
    lines: &mut Vec<CartLine>,
    wanted: Vec<(String, u32)>,
    products: &HashMap<String, ProductInCart>,
    now: NaiveDateTime,
) -> Vec<CartChange> {
    let mut changes = Vec::with_capacity(wanted.len());
    for (product_id, units) in wanted {
        let from = lines.iter().find(|line| line.product_id == product_id).map_or(0, |line| line.quantity);
        let sum = from.saturating_add(units);
        let product = products.get(&product_id);
        let left = product.map_or(0, |product| u32::try_from(product.stock).unwrap_or(0));
        let has_room = from > 0 || lines.len() < LINES_MAX;
        let (kind, to) = match sum.min(left).min(QUANTITY_MAX) {
            0 => (ChangeKind::Dropped, from),
            _ if !has_room => (ChangeKind::Dropped, from),
            to if to < sum => (ChangeKind::Clamped, to),
            to if from == 0 => (ChangeKind::Added, to),
            to => (ChangeKind::Summed, to),
        };
        if kind != ChangeKind::Dropped {
            put(lines, &product_id, to, now);
        }
        let name = product.map(|product| product.name.clone());
        changes.push(CartChange { product_id, name, kind, from, wanted: sum, to });
    }
    changes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moment(second: i64) -> NaiveDateTime {
        chrono::DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap().naive_utc()
    }

    fn cart(lines: &[(&str, u32)]) -> Vec<CartLine> {
        let mut cart = Vec::new();
        lines.iter().for_each(|(id, units)| put(&mut cart, id, *units, moment(0)));
        cart
    }

    fn shelf(stocks: &[(&str, i32)]) -> HashMap<String, ProductInCart> {
        let product = |(id, stock): &(&str, i32)| {
            let name = id.to_uppercase();
            let product =
                ProductInCart { name, slug: (*id).to_owned(), image_url: None, price: 100, stock: *stock };
            ((*id).to_owned(), product)
        };
        stocks.iter().map(product).collect()
    }

    fn units(lines: &[CartLine]) -> Vec<(&str, u32)> {
        lines.iter().map(|line| (line.product_id.as_str(), line.quantity)).collect()
    }

    fn merged(
        have: &[(&str, u32)],
        wanted: &[(&str, u32)],
        stocks: &[(&str, i32)],
    ) -> (Vec<CartLine>, Vec<String>) {
        let mut lines = cart(have);
        let wanted = wanted.iter().map(|(id, units)| ((*id).to_owned(), *units)).collect();
        let changes = merge(&mut lines, wanted, &shelf(stocks), moment(1));
        let told = |change: &CartChange| {
            format!("{} {} {}+→{}/{}", change.product_id, change.kind, change.from, change.wanted, change.to)
        };
        (lines, changes.iter().map(told).collect())
    }

    #[test]
    fn units_are_added_up_and_new_products_come_last() {
        let (lines, told) = merged(&[("a", 2)], &[("b", 1), ("a", 3)], &[("a", 9), ("b", 9)]);
        assert_eq!(units(&lines), [("a", 5), ("b", 1)]);
        assert_eq!(told, ["b ADDED 0+→1/1", "a SUMMED 2+→5/5"]);
    }

    #[test]
    fn no_more_than_are_left_and_no_more_than_a_line_holds() {
        let (lines, told) =
            merged(&[("a", 2), ("b", 900)], &[("a", 9), ("b", 200)], &[("a", 4), ("b", 5_000)]);
        assert_eq!(units(&lines), [("a", 4), ("b", 999)]);
        assert_eq!(told, ["a CLAMPED 2+→11/4", "b CLAMPED 900+→1100/999"]);
    }

    #[test]
    fn what_is_gone_or_sold_out_is_left_out_and_what_was_there_stays() {
        let (lines, told) = merged(&[("a", 2)], &[("a", 1), ("b", 1), ("c", 1)], &[("a", 0), ("b", 0)]);
        assert_eq!(units(&lines), [("a", 2)]);
        assert_eq!(told, ["a DROPPED 2+→3/2", "b DROPPED 0+→1/0", "c DROPPED 0+→1/0"]);
    }

    #[test]
    fn a_full_cart_takes_more_of_what_it_holds_and_nothing_new() {
        let ids: Vec<String> = (0..LINES_MAX).map(|index| format!("p{index}")).collect();
        let have: Vec<(&str, u32)> = ids.iter().map(|id| (id.as_str(), 1)).collect();
        let (lines, told) = merged(&have, &[("p7", 1), ("new", 1)], &[("p7", 9), ("new", 9)]);
        assert_eq!((lines.len(), lines[7].quantity), (LINES_MAX, 2));
        assert_eq!(told, ["p7 SUMMED 1+→2/2", "new DROPPED 0+→1/0"]);
    }

    #[test]
    fn refilling_keeps_the_order_asked_for_and_the_moments_of_what_stays() {
        let lines = refill(
            &cart(&[("a", 1), ("b", 2)]),
            &[("b".into(), 2), ("c".into(), 5), ("a".into(), 7)],
            moment(9),
        );
        assert_eq!(units(&lines), [("b", 2), ("c", 5), ("a", 7)]);
        let moments: Vec<_> = lines.iter().map(|line| (line.created_at, line.updated_at)).collect();
        let (old, new) = (moment(0), moment(9));
        assert_eq!(moments, [(old, old), (new, new), (old, new)]);
    }

    #[test]
    fn only_what_is_sold_or_there_already_may_be_put_in() {
        let (lines, products) = (cart(&[("gone", 1)]), shelf(&[("sold", 1)]));
        assert_eq!(not_for_sale(&lines, ["sold", "gone"], &products), None);
        assert_eq!(not_for_sale(&lines, ["sold", "draft"], &products), Some("draft"));
    }

    proptest! {
        #[test]
        fn a_merged_cart_is_always_one_that_may_be_stored(
            have in proptest::collection::vec((0_u8..40, 1_u32..=999), 0..40),
            wanted in proptest::collection::vec((0_u8..150, 1_u32..=99_900), 0..100),
            stocks in proptest::collection::vec(0_i32..2_000, 150),
        ) {
            let name = |index: u8| format!("p{index}");
            let mut lines = Vec::new();
            have.iter().for_each(|(id, units)| put(&mut lines, &name(*id), *units, moment(0)));
            let before = lines.clone();
            let mut seen = HashSet::new();
            let wanted: Vec<_> =
                wanted.into_iter().filter(|(id, _)| seen.insert(*id)).map(|(id, units)| (name(id), units)).collect();
            let products: HashMap<_, _> = (0_u8..)
                .zip(&stocks)
                .flat_map(|(id, stock)| shelf(&[(&name(id), *stock)]))
                .collect();
            let count = wanted.len();
            let changes = merge(&mut lines, wanted, &products, moment(1));
            prop_assert_eq!(changes.len(), count);
            prop_assert!(lines.len() <= LINES_MAX);
            prop_assert!(lines.iter().all(|line| (1..=QUANTITY_MAX).contains(&line.quantity)));
            for change in &changes {
                let now = lines.iter().find(|line| line.product_id == change.product_id).map_or(0, |line| line.quantity);
                prop_assert_eq!(now, change.to);
                let was = before.iter().find(|line| line.product_id == change.product_id).map_or(0, |line| line.quantity);
                prop_assert_eq!(was, change.from);
                prop_assert!(change.to <= change.wanted);
                let left = products.get(&change.product_id).map_or(0, |product| product.stock);
                prop_assert!(change.kind == ChangeKind::Dropped || i64::from(change.to) <= i64::from(left));
            }
        }
    }
}
