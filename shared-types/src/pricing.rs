//! The one pricing rule. The browser's quote and the server's order both come from [`price`].

use serde::{Deserialize, Serialize};

use crate::money::Money;

/// Tax on the goods, in per cent.
pub const TAX_PERCENT: i64 = 10;
/// Shipping below the free limit: 9.99.
pub const SHIPPING: Money = Money::from_minor(999);
/// Goods worth this much ship free: 50.00.
pub const FREE_SHIPPING_FROM: Money = Money::from_minor(5_000);

/// Goods of one product: `quantity` times `unit_price`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricedLine {
    /// Price of one.
    pub unit_price: Money,
    /// How many.
    pub quantity: u32,
}

/// What an order costs and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// The goods.
    pub subtotal: Money,
    /// Tax on the goods.
    pub tax: Money,
    /// Shipping.
    pub shipping: Money,
    /// Everything together.
    pub total: Money,
}

/// The order's amounts exceed what can be represented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmountTooLarge;

/// Prices a cart. Tax is rounded half up to the cent, once, on the sum of the goods. No goods cost nothing.
pub fn price(lines: &[PricedLine]) -> Result<Totals, AmountTooLarge> {
    let subtotal = lines
        .iter()
        .try_fold(Money::ZERO, |sum, line| sum.checked_add(line.unit_price.times(line.quantity)?))
        .ok_or(AmountTooLarge)?;
    let tax = percent_half_up(subtotal, TAX_PERCENT).ok_or(AmountTooLarge)?;
    let ships_free = lines.is_empty() || subtotal >= FREE_SHIPPING_FROM;
    let shipping = if ships_free { Money::ZERO } else { SHIPPING };
    let total = subtotal.checked_add(tax).and_then(|sum| sum.checked_add(shipping)).ok_or(AmountTooLarge)?;
    Ok(Totals { subtotal, tax, shipping, total })
}

/// What is missing until shipping is free; `None` when it is free already or the cart is empty.
pub fn missing_for_free_shipping(totals: &Totals) -> Option<Money> {
    if totals.shipping == Money::ZERO { None } else { FREE_SHIPPING_FROM.checked_sub(totals.subtotal) }
}

fn percent_half_up(amount: Money, percent: i64) -> Option<Money> {
    amount
        .minor()
        .checked_mul(percent)?
        .checked_add(50)
        .map(|hundredths| Money::from_minor(hundredths.div_euclid(100)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(minor: i64, quantity: u32) -> PricedLine {
        PricedLine { unit_price: Money::from_minor(minor), quantity }
    }

    fn cents(lines: &[PricedLine]) -> (i64, i64, i64, i64) {
        let totals = price(lines).unwrap();
        (totals.subtotal.minor(), totals.tax.minor(), totals.shipping.minor(), totals.total.minor())
    }

    #[test]
    fn tax_is_rounded_half_up_once() {
        assert_eq!(cents(&[line(99_999, 1)]), (99_999, 10_000, 0, 109_999));
        assert_eq!(cents(&[line(5, 1)]), (5, 1, 999, 1_005));
        assert_eq!(cents(&[line(4, 1)]), (4, 0, 999, 1_003));
        // Three lines of 0.05 are taxed on 0.15, not three times on 0.05.
        assert_eq!(cents(&[line(5, 1), line(5, 1), line(5, 1)]).1, 2);
    }

    #[test]
    fn shipping_is_free_from_exactly_the_limit() {
        assert_eq!(cents(&[line(4_999, 1)]).2, 999);
        assert_eq!(cents(&[line(5_000, 1)]).2, 0);
        assert_eq!(cents(&[]), (0, 0, 0, 0));
    }

    #[test]
    fn an_absurd_order_is_refused_and_does_not_wrap() {
        assert_eq!(price(&[line(i64::MAX, 2)]), Err(AmountTooLarge));
    }

    proptest! {
        #[test]
        fn the_total_is_the_sum_of_its_parts(lines in prop::collection::vec((0_i64..=9_999_999_999, 1_u32..=999), 0..100)) {
            let lines: Vec<_> = lines.into_iter().map(|(minor, quantity)| line(minor, quantity)).collect();
            let (subtotal, tax, shipping, total) = cents(&lines);
            prop_assert_eq!(total, subtotal + tax + shipping);
            // Half up: the rounding error is above minus half a cent and at most half a cent.
            let error = tax * 100 - subtotal * TAX_PERCENT;
            prop_assert!(-50 < error && error <= 50);
        }
    }
}
