//! What is typed into the card form, on its way to the API's shape.

use serde_json::{Value, json};

/// Month and year of `12/40`, `12 / 2040`, `1240`; `None` when it is not a month and a year.
pub fn parse_expiry(text: &str) -> Option<(i64, i64)> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let other = text.chars().any(|c| !c.is_ascii_digit() && !c.is_whitespace() && c != '/' && c != '-');
    if other {
        return None;
    }
    let (month, year) = match text.split_once(['/', '-']) {
        Some((month, year)) => (month.trim().to_owned(), year.trim().to_owned()),
        None => (digits.get(..2)?.to_owned(), digits.get(2..)?.to_owned()),
    };
    let month: i64 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    let year = match year.len() {
        2 => 2000 + year.parse::<i64>().ok()?,
        4 => year.parse().ok()?,
        _ => return None,
    };
    Some((month, year))
}

/// Groups digits by four while typing: `4242 4242 4242 4242`. What is not a digit is dropped.
pub fn group_number(text: &str) -> String {
    let mut grouped = String::with_capacity(text.len() + 4);
    for (index, digit) in text.chars().filter(char::is_ascii_digit).take(19).enumerate() {
        if index > 0 && index % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// The payment as the API reads it. An expiry that can't be read becomes a month that its rule refuses.
pub fn payment(number: &str, expiry: &str, cvc: &str) -> Value {
    let (month, year) =
        parse_expiry(expiry).map_or((Value::Null, Value::Null), |(month, year)| (json!(month), json!(year)));
    json!({
        "method": "card",
        "card": {"number": number, "expMonth": month, "expYear": year, "cvc": cvc.trim()},
    })
}

#[cfg(test)]
mod tests {
    use shared_types::{payments::PayOrder, validate};

    use super::*;

    #[test]
    fn an_expiry_is_read_however_people_write_it() {
        for text in ["12/40", "12 / 40", "12/2040", "1240", "12-40"] {
            assert_eq!(parse_expiry(text), Some((12, 2040)), "{text}");
        }
        assert_eq!(parse_expiry("1/40"), Some((1, 2040)));
    }

    #[test]
    fn an_expiry_that_is_none_is_refused() {
        for text in ["", "13/40", "0/40", "12", "12/4", "12/40x", "12/20400"] {
            assert_eq!(parse_expiry(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_grouped_while_typing() {
        assert_eq!(group_number("42424"), "4242 4");
        assert_eq!(group_number("4242-4242 4242x4242"), "4242 4242 4242 4242");
    }

    #[test]
    fn a_typed_card_passes_the_shared_rule_and_a_wrong_expiry_does_not() {
        let good = payment("4242 4242 4242 4242", "12/40", "123");
        assert!(validate::<PayOrder>(Some(&good)).is_ok());
        let errors = validate::<PayOrder>(Some(&payment("4242 4242 4242 4242", "soon", "123"))).unwrap_err();
        assert!(errors.first("card.expMonth").is_some());
    }
}
