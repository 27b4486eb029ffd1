//! Wording: amounts, counts and badges.

use shared_types::{Money, catalog::Product, orders::OrderStatus};

/// An amount for people: `$1,299.99`. Built from minor units, without floating point.
pub fn usd(amount: Money) -> String {
    let minor = amount.minor().unsigned_abs();
    let whole = (minor / 100).to_string();
    let mut grouped = String::with_capacity(whole.len() + whole.len() / 3 + 5);
    if amount < Money::ZERO {
        grouped.push('-');
    }
    grouped.push('$');
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped.push_str(&format!(".{:02}", minor % 100));
    grouped
}

/// `1 product`, `16 products`.
pub fn count(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What the badge on the cart says: nothing when empty, `99+` beyond 99.
pub fn cart_badge(units: u32) -> Option<String> {
    match units {
        0 => None,
        1..=99 => Some(units.to_string()),
        _ => Some("99+".into()),
    }
}

/// By how many whole per cent a product is below its former price; `None` below one per cent.
pub fn saving_percent(price: Money, compare_at: Option<Money>) -> Option<i64> {
    let before = compare_at?.minor();
    let saved = before.checked_sub(price.minor())?.checked_mul(100)?;
    saved.checked_div(before).filter(|percent| *percent >= 1)
}

/// Below this many units the shop says how many are left.
pub const LOW_STOCK: i32 = 10;

/// How the stock of a product is put into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// Nothing left.
    SoldOut,
    /// Fewer than [`LOW_STOCK`] units.
    Low(i32),
    /// Enough.
    InStock,
}

impl Availability {
    /// Reads the stock.
    pub fn of(stock: i32) -> Self {
        match stock {
            ..=0 => Self::SoldOut,
            1..LOW_STOCK => Self::Low(stock),
            _ => Self::InStock,
        }
    }

    /// A few words.
    pub fn words(self) -> String {
        match self {
            Self::SoldOut => "Sold out".into(),
            Self::Low(left) => format!("Only {left} left"),
            Self::InStock => "In stock".into(),
        }
    }
}

/// The kinds of badge on a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadgeTone {
    /// A lower price.
    Saving,
    /// Recommended by the shop.
    Featured,
    /// Running out or gone.
    Stock,
}

/// The badges of a product, most telling first.
pub fn badges(product: &Product) -> Vec<(BadgeTone, String)> {
    let mut badges = Vec::new();
    if let Some(percent) = saving_percent(product.price, product.compare_at) {
        badges.push((BadgeTone::Saving, format!("−{percent} %")));
    }
    match Availability::of(product.stock) {
        Availability::InStock => {}
        other => badges.push((BadgeTone::Stock, other.words())),
    }
    if product.is_featured {
        badges.push((BadgeTone::Featured, "Featured".into()));
    }
    badges
}

/// An order's status for shoppers.
pub fn status(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Pending => "Awaiting payment",
        OrderStatus::Confirmed => "Confirmed",
        OrderStatus::Processing => "Being packed",
        OrderStatus::Shipped => "Shipped",
        OrderStatus::Delivered => "Delivered",
        OrderStatus::Cancelled => "Cancelled",
        OrderStatus::Refunded => "Refunded",
    }
}

/// A key of the product's metadata as a label: `screenSize` and `screen_size` become `Screen size`.
pub fn label(key: &str) -> String {
    let mut words = String::with_capacity(key.len() + 4);
    for character in key.chars() {
        if character == '_' || character == '-' {
            words.push(' ');
        } else if words.is_empty() {
            words.extend(character.to_uppercase());
        } else if character.is_uppercase()
            && !words.ends_with(|last: char| last.is_uppercase() || last == ' ')
        {
            words.push(' ');
            words.extend(character.to_lowercase());
        } else {
            words.push(character);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_by_thousands() {
        for (minor, text) in [
            (0, "$0.00"),
            (5, "$0.05"),
            (99_999, "$999.99"),
            (100_000, "$1,000.00"),
            (123_456_789, "$1,234,567.89"),
            (-999, "-$9.99"),
        ] {
            assert_eq!(usd(Money::from_minor(minor)), text);
        }
    }

    #[test]
    fn the_cart_badge_stops_counting_at_99() {
        assert_eq!(cart_badge(0), None);
        assert_eq!(cart_badge(99).as_deref(), Some("99"));
        assert_eq!(cart_badge(100).as_deref(), Some("99+"));
    }

    #[test]
    fn a_saving_is_never_rounded_up_and_never_negative() {
        let of = |price, before| saving_percent(Money::from_minor(price), Some(Money::from_minor(before)));
        assert_eq!(of(99_999, 109_999), Some(9));
        assert_eq!(of(2_999, 3_999), Some(25));
        assert_eq!(of(3_999, 2_999), None);
        assert_eq!(of(100, 0), None);
        assert_eq!(saving_percent(Money::from_minor(1), None), None);
    }

    #[test]
    fn stock_is_counted_aloud_only_when_it_is_low() {
        assert_eq!(Availability::of(0).words(), "Sold out");
        assert_eq!(Availability::of(9).words(), "Only 9 left");
        assert_eq!(Availability::of(10).words(), "In stock");
    }

    #[test]
    fn metadata_keys_become_labels() {
        assert_eq!(label("screenSize"), "Screen size");
        assert_eq!(label("screen_size"), "Screen size");
        assert_eq!(label("RAM"), "RAM");
    }
}
