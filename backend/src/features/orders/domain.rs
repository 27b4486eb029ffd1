//! Orders, without HTTP or SQL.

use std::collections::BTreeMap;

use shared_types::orders::ItemRequest;

/// Units of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which product.
    pub product_id: String,
    /// How many; more than one line of a request may add up here.
    pub quantity: u32,
}

/// Merges lines of the same product, sorted by product id: the order in which stock is taken.
pub fn merge_lines(items: &[ItemRequest]) -> Vec<Line> {
    let mut merged: BTreeMap<&str, u32> = BTreeMap::new();
    for item in items {
        let units = merged.entry(&item.product_id).or_default();
        *units = units.saturating_add(item.quantity.get());
    }
    merged
        .into_iter()
        .map(|(product_id, quantity)| Line { product_id: product_id.to_owned(), quantity })
        .collect()
}

/// `ORD-<base36 milliseconds>-<6 hex>`, upper case.
pub fn order_number(unix_ms: i64, random: [u8; 3]) -> String {
    let [a, b, c] = random;
    format!("ORD-{}-{a:02X}{b:02X}{c:02X}", base36(unix_ms.unsigned_abs()))
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        let digit = u32::try_from(number % 36).unwrap_or_default();
        digits.extend(char::from_digit(digit, 36).map(|digit| digit.to_ascii_uppercase()));
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use shared_types::orders::Quantity;

    use super::*;

    fn item(product_id: &str, quantity: u32) -> ItemRequest {
        ItemRequest { product_id: product_id.to_owned(), quantity: Quantity::new(quantity).unwrap() }
    }

    #[test]
    fn lines_of_one_product_are_merged_and_sorted() {
        let merged = merge_lines(&[item("b", 1), item("a", 2), item("b", 3)]);
        let expected =
            [("a", 2), ("b", 4)].map(|(id, quantity)| Line { product_id: id.to_owned(), quantity });
        assert_eq!(merged, expected);
    }

    #[test]
    fn order_numbers_have_their_shape() {
        assert_eq!(order_number(1_700_000_000_000, [0xab, 0, 0x1f]), "ORD-LOYW3V28-AB001F");
        assert_eq!(base36(0), "0");
        assert_eq!(base36(35), "Z");
        assert_eq!(base36(36), "10");
    }
}
