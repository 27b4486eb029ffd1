//! Money as whole minor units (cents). No arithmetic in this project happens on a floating-point amount.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

/// An amount in minor units of the shop's one currency (see [`CURRENCY`]). On the wire: a decimal string with two places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// ISO 4217 code of the shop's currency.
pub const CURRENCY: &str = "USD";

/// The largest amount a request may carry: 99,999,999.99.
pub const MAX_AMOUNT: Money = Money(9_999_999_999);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount from minor units: `Money::from_minor(2990)` is 29.90.
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// The amount in minor units.
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// The sum, or `None` beyond 64 bits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` beyond 64 bits.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// `quantity` times the amount, or `None` beyond 64 bits.
    pub fn times(self, quantity: u32) -> Option<Self> {
        self.0.checked_mul(i64::from(quantity)).map(Self)
    }

    /// Reads a decimal such as `29.9`, `29.90` or `-3`: at most two decimals, no exponent, no grouping.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, cents) = match digits.split_once('.') {
            Some((whole, cents)) if (1..=2).contains(&cents.len()) => (whole, cents),
            Some(_) => return None,
            None => (digits, "0"),
        };
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(cents) {
            return None;
        }
        let cents = if cents.len() == 1 { cents.parse::<i64>().ok()? * 10 } else { cents.parse().ok()? };
        let minor = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)?;
        Some(Self(if negative { -minor } else { minor }))
    }

    /// Reads a request's amount: a JSON number with at most two decimals, or the same as a string.
    ///
    /// A JSON number arrives as the parser's `f64`. It is never calculated with: the shortest decimal that reads back to
    /// it (what `Display` prints) is the literal the client wrote, for up to 15 significant digits; amounts have 10.
    pub fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::parse(text),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => whole.checked_mul(100).map(Self),
                (None, Some(decimal)) => Self::parse(&decimal.to_string()),
                (None, None) => None,
            },
            _ => None,
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let minor = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", minor / 100, minor % 100)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::from_json(&value)
            .ok_or_else(|| de::Error::custom("expected an amount with at most two decimals"))
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some(r"^-?\d+\.\d{2}$"))
            .description(Some("A decimal amount with two places, in the shop's currency"))
            .examples([serde_json::json!("29.90")])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Money {
    fn name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }
}

/// How an amount above zero may be written in a request; only for the documentation.
#[cfg(feature = "openapi")]
pub struct PositiveAmount;

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for PositiveAmount {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Type};
        let number = ObjectBuilder::new()
            .schema_type(Type::Number)
            .minimum(Some(0.01))
            .maximum(Some(99_999_999.99))
            .multiple_of(Some(0.01));
        let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"^\d{1,8}(\.\d{1,2})?$"));
        OneOfBuilder::new()
            .item(text)
            .item(number)
            .description(Some("An amount above zero with at most two decimals, in the shop's currency"))
            .examples([serde_json::json!("29.90"), serde_json::json!(29.9)])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for PositiveAmount {
    fn name() -> std::borrow::Cow<'static, str> {
        "PositiveAmount".into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_read_from_numbers_and_strings() {
        for (input, minor) in [
            (json!(29.9), 2990),
            (json!("29.90"), 2990),
            (json!(30), 3000),
            (json!("0.05"), 5),
            (json!(99999999.99), 9_999_999_999),
        ] {
            assert_eq!(Money::from_json(&input), Some(Money(minor)), "{input}");
        }
    }

    #[test]
    fn amounts_that_are_not_decimals_with_two_places_are_refused() {
        for input in [
            json!(29.999),
            json!("29."),
            json!(".5"),
            json!("1e3"),
            json!("1,000.00"),
            json!(""),
            json!("--1"),
            json!(null),
            json!(true),
        ] {
            assert_eq!(Money::from_json(&input), None, "{input}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_survives_the_wire(minor in -9_999_999_999_i64..=9_999_999_999) {
            let money = Money(minor);
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        }

        #[test]
        fn every_amount_can_be_sent_as_a_json_number(minor in 0_i64..=9_999_999_999) {
            let literal = format!("{}.{:02}", minor / 100, minor % 100);
            let value: Value = serde_json::from_str(&literal).unwrap();
            prop_assert_eq!(Money::from_json(&value), Some(Money(minor)));
        }
    }
}
