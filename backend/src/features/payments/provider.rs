//! The port to whoever moves money, and the mock provider behind it.

use chrono::{Datelike, Utc};
use shared_types::{
    Money,
    payments::{CARD_APPROVED, CARD_INSUFFICIENT_FUNDS, Card},
};

/// What the provider decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeOutcome {
    /// The money is taken.
    Approved,
    /// It is not, for this reason.
    Declined(&'static str),
}

/// A charge to make. The payment's id makes it safe to repeat.
#[derive(Debug, Clone)]
pub struct Charge {
    /// The payment.
    pub payment_id: String,
    /// How much.
    pub amount: Money,
    /// From which card.
    pub card: Card,
}

/// A payment provider.
#[derive(Debug, Clone, Default)]
pub enum Provider {
    /// Decides by test card; no money moves.
    #[default]
    Mock,
}

impl Provider {
    /// Takes the money.
    pub async fn charge(&self, charge: Charge) -> ChargeOutcome {
        match self {
            Self::Mock => {
                let today = Utc::now();
                decide(&charge.card, i64::from(today.year()), i64::from(today.month()))
            }
        }
    }

    /// Gives the money of a payment back. Safe to repeat.
    pub async fn refund(&self, payment_id: &str) -> Result<(), String> {
        match self {
            Self::Mock => {
                tracing::info!(event = "payment_refunded", payment = payment_id, "refunded");
                Ok(())
            }
        }
    }
}

fn decide(card: &Card, year: i64, month: i64) -> ChargeOutcome {
    if card.has_expired_by(year, month) {
        return ChargeOutcome::Declined("Your card has expired");
    }
    match card.number() {
        number if number == CARD_APPROVED.number => ChargeOutcome::Approved,
        number if number == CARD_INSUFFICIENT_FUNDS.number => {
            ChargeOutcome::Declined("Your card has insufficient funds")
        }
        _ => ChargeOutcome::Declined("Your card was declined"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared_types::{payments::PayOrder, validate};

    use super::*;

    fn outcome(number: &str, expires: (i64, i64)) -> ChargeOutcome {
        let card = json!({"number": number, "expYear": expires.0, "expMonth": expires.1, "cvc": "123"});
        let request: PayOrder = validate(Some(&json!({"method": "card", "card": card}))).unwrap();
        decide(&request.card, 2030, 6)
    }

    #[test]
    fn only_the_approved_card_is_charged_and_only_until_it_expires() {
        assert_eq!(outcome("4242424242424242", (2030, 6)), ChargeOutcome::Approved);
        assert_eq!(outcome("4242424242424242", (2030, 5)), ChargeOutcome::Declined("Your card has expired"));
        assert_eq!(outcome("4000000000000002", (2040, 1)), ChargeOutcome::Declined("Your card was declined"));
        assert_eq!(
            outcome("4000000000009995", (2040, 1)),
            ChargeOutcome::Declined("Your card has insufficient funds")
        );
        assert_eq!(outcome("5555555555554444", (2040, 1)), ChargeOutcome::Declined("Your card was declined"));
    }
}
