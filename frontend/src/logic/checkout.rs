//! What makes "Place order" safe to press twice and to reload: which attempt a press belongs to.

use serde::{Deserialize, Serialize};

use super::form::Values;

/// An attempt to turn one cart into one order.
///
/// The key is kept while the outcome is unknown, so that a second press or a reload repeats the same attempt. A changed
/// cart is another order and gets another key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Sent as `Idempotency-Key`.
    pub key: String,
    /// Whose cart, and what is in it.
    pub subject: String,
}

/// The attempt to go on with: the stored one when it is about the same subject, else a new one under `fresh_key`.
pub fn attempt(stored: Option<Attempt>, subject: &str, fresh_key: impl FnOnce() -> String) -> Attempt {
    stored
        .filter(|attempt| attempt.subject == subject)
        .unwrap_or_else(|| Attempt { key: fresh_key(), subject: subject.to_owned() })
}

/// What is typed at the checkout, kept over a reload. Nothing about the card is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Addresses and notes.
    pub values: Values,
    /// Whether the bill goes where the goods go.
    pub billing_is_shipping: bool,
}

/// Sixteen random bytes as an idempotency key.
pub fn key_from(bytes: [u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pressing_again_repeats_the_attempt_and_a_changed_cart_starts_another() {
        let first = attempt(None, "john a×1", || "key-1".into());
        let again = attempt(Some(first.clone()), "john a×1", || "key-2".into());
        assert_eq!(first, again);
        let other = attempt(Some(first), "john a×2", || "key-2".into());
        assert_eq!(other.key, "key-2");
    }

    #[test]
    fn a_key_is_32_hexadecimal_digits() {
        assert_eq!(key_from([0xab; 16]), "ab".repeat(16));
    }
}
