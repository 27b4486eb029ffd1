//! Paying an order by card, through the mock provider's documented test cards.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::validation::{Checked, Fields, FromFields, one_of, whole_number};

/// A test card of the mock provider, what it does, and how the checkout explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestCard {
    /// The number to type.
    pub number: &'static str,
    /// What happens, in a few words.
    pub effect: &'static str,
}

/// Approves every charge.
pub const CARD_APPROVED: TestCard = TestCard { number: "4242424242424242", effect: "Payment succeeds" };
/// Declines every charge.
pub const CARD_DECLINED: TestCard = TestCard { number: "4000000000000002", effect: "Card is declined" };
/// Declines for lack of money.
pub const CARD_INSUFFICIENT_FUNDS: TestCard =
    TestCard { number: "4000000000009995", effect: "Insufficient funds" };

/// Every test card the checkout offers. Any other number that passes the Luhn check is declined.
pub const TEST_CARDS: [TestCard; 3] = [CARD_APPROVED, CARD_DECLINED, CARD_INSUFFICIENT_FUNDS];

/// How an order is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PayOrder {
    /// The kind of payment.
    pub method: PaymentMethod,
    /// The card.
    pub card: Card,
}

crate::text_enum::text_enum! {
    /// The kinds of payment.
    PaymentMethod {
        /// A card.
        Card = "card",
    }
}

impl FromFields for PayOrder {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let method = fields.required("method", one_of(PaymentMethod::ALL, PaymentMethod::as_str));
        let card = fields.object("card", Card::from_fields);
        Some(Self { method: method?, card: card? })
    }
}

/// A card, on its way to the payment provider. It is never stored and its number never printed.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// 12 to 19 digits that pass the Luhn check (ISO/IEC 7812-1); spaces are ignored.
    #[cfg_attr(feature = "openapi", schema(examples("4242424242424242")))]
    number: String,
    /// Month of expiry, 1 to 12.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 12, examples(12)))]
    exp_month: i64,
    /// Year of expiry, four digits.
    #[cfg_attr(feature = "openapi", schema(minimum = 2000, maximum = 2100, examples(2040)))]
    exp_year: i64,
    /// Security code, 3 or 4 digits.
    #[cfg_attr(feature = "openapi", schema(min_length = 3, max_length = 4, examples("123")))]
    cvc: String,
}

impl Card {
    /// The digits, for the provider only.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The digits that may be stored and shown.
    pub fn last4(&self) -> &str {
        self.number.get(self.number.len().saturating_sub(4)..).unwrap_or_default()
    }

    /// Whether the card has expired by the given year and month (1 to 12).
    pub fn has_expired_by(&self, year: i64, month: i64) -> bool {
        (self.exp_year, self.exp_month) < (year, month)
    }
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Card(…{})", self.last4())
    }
}

impl FromFields for Card {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let number = fields.required("number", card_number);
        let exp_month = fields.required("expMonth", whole_number(1..=12));
        let exp_year = fields.required("expYear", whole_number(2000..=2100));
        let cvc = fields.required("cvc", security_code);
        Some(Self { number: number?, exp_month: exp_month?, exp_year: exp_year?, cvc: cvc? })
    }
}

fn card_number(value: &Value) -> Checked<String> {
    let digits: String = value.as_str().unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    let plausible = (12..=19).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plausible && passes_luhn(&digits) { Ok(digits) } else { Err("Card number is invalid".into()) }
}

fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}

fn security_code(value: &Value) -> Checked<String> {
    let code = value.as_str().unwrap_or_default();
    let plausible = (3..=4).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
    if plausible { Ok(code.to_owned()) } else { Err("Security code must be 3 or 4 digits".into()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::validation::validate;

    #[test]
    fn every_test_card_passes_its_own_check() {
        for card in TEST_CARDS {
            assert!(card_number(&json!(card.number)).is_ok(), "{}", card.number);
        }
    }

    #[test]
    fn a_mistyped_number_is_refused() {
        assert!(card_number(&json!("4242 4242 4242 4243")).is_err());
        assert!(card_number(&json!("42")).is_err());
        assert!(card_number(&json!(4_242_424_242_424_242_i64)).is_err());
    }

    #[test]
    fn a_card_is_printed_by_its_last_digits_only() {
        let card = json!({"number": "4242 4242 4242 4242", "expMonth": 1, "expYear": 2040, "cvc": "123"});
        let pay: PayOrder = validate(Some(&json!({"method": "card", "card": card}))).unwrap();
        assert_eq!(format!("{:?}", pay.card), "Card(…4242)");
        assert!(pay.card.has_expired_by(2040, 2) && !pay.card.has_expired_by(2040, 1));
    }
}
