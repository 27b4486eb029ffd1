//! The port to whoever moves money, and the mock provider behind it.

use chrono::{Datelike, Utc};
use shared_types::{
    Money,
    payments::{
        CARD_ANSWER_LOST, CARD_APPROVED, CARD_CONFIRMED, CARD_CONFIRMED_DECLINED, CARD_INSUFFICIENT_FUNDS,
        CARD_LATE_APPROVED, CARD_LATE_DECLINED, Card,
    },
};

use super::domain::Outcome;
use crate::telemetry::traces;

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

/// A charge that was made, or perhaps was not: what is stored of it.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The payment.
    pub payment_id: String,
    /// What [`Provider::recognise`] made of the card.
    pub card_kind: String,
    /// What the card's owner said, when they were asked and have answered.
    pub confirmation: Option<bool>,
}

/// A payment provider. Everything it does is safe to repeat for the same payment, and an answer that does not come is
/// [`Outcome::Unknown`]: the payment is looked up later.
#[derive(Debug, Clone, Default)]
pub enum Provider {
    /// Decides by test card; no money moves.
    #[default]
    Mock,
}

impl Provider {
    /// A word for the card that is stored with the payment before the provider is asked; never its number. The mock
    /// provider remembers nothing, so this is what a look-up finds, also in another process and after a restart.
    pub fn recognise(&self, card: &Card) -> String {
        match self {
            Self::Mock => {
                let today = Utc::now();
                Kind::of(card, i64::from(today.year()), i64::from(today.month())).word().to_owned()
            }
        }
    }

    /// Takes the money.
    pub async fn charge(&self, charge: Charge) -> Outcome {
        let _call = traces::call("payment charge");
        match self {
            Self::Mock => {
                let today = Utc::now();
                Kind::of(&charge.card, i64::from(today.year()), i64::from(today.month())).charge()
            }
        }
    }

    /// Passes on what the card's owner said, which ends a payment that needs a confirmation.
    pub async fn confirm(&self, reference: &Reference, approve: bool) -> Outcome {
        let _call = traces::call("payment confirm");
        match self {
            Self::Mock => {
                Kind::parse(&reference.card_kind).map_or(Outcome::NotFound, |kind| kind.confirm(approve))
            }
        }
    }

    /// What became of a charge.
    pub async fn lookup(&self, reference: &Reference) -> Outcome {
        let _call = traces::call("payment lookup");
        match self {
            Self::Mock => match (Kind::parse(&reference.card_kind), reference.confirmation) {
                (None, _) => Outcome::NotFound,
                (Some(kind), Some(approve)) => kind.confirm(approve),
                (Some(kind), None) => kind.end(),
            },
        }
    }

    /// Gives the money of a payment back.
    pub async fn refund(&self, payment_id: &str) -> Result<(), String> {
        let _call = traces::call("payment refund");
        match self {
            Self::Mock => {
                tracing::info!(event = "payment_refunded", payment = payment_id, "refunded");
                Ok(())
            }
        }
    }
}

/// What the mock provider does with a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Approved,
    Declined,
    InsufficientFunds,
    Expired,
    Confirmed,
    ConfirmedDeclined,
    LateApproved,
    LateDeclined,
    AnswerLost,
}

impl Kind {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Approved, "approved"),
        (Self::Declined, "declined"),
        (Self::InsufficientFunds, "insufficient_funds"),
        (Self::Expired, "expired"),
        (Self::Confirmed, "confirmed"),
        (Self::ConfirmedDeclined, "confirmed_declined"),
        (Self::LateApproved, "late_approved"),
        (Self::LateDeclined, "late_declined"),
        (Self::AnswerLost, "answer_lost"),
    ];

    fn of(card: &Card, year: i64, month: i64) -> Self {
        let known = [
            (CARD_APPROVED, Self::Approved),
            (CARD_INSUFFICIENT_FUNDS, Self::InsufficientFunds),
            (CARD_CONFIRMED, Self::Confirmed),
            (CARD_CONFIRMED_DECLINED, Self::ConfirmedDeclined),
            (CARD_LATE_APPROVED, Self::LateApproved),
            (CARD_LATE_DECLINED, Self::LateDeclined),
            (CARD_ANSWER_LOST, Self::AnswerLost),
        ];
        if card.has_expired_by(year, month) {
            return Self::Expired;
        }
        let found = known.into_iter().find(|(test_card, _)| test_card.number == card.number());
        found.map_or(Self::Declined, |(_, kind)| kind)
    }

    fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(kind, _)| *kind == self).map_or("declined", |(_, word)| word)
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == word).map(|(kind, _)| kind)
    }

    /// The answer to the charge itself.
    fn charge(self) -> Outcome {
        match self {
            Self::LateApproved | Self::LateDeclined | Self::AnswerLost => Outcome::Unknown,
            _ => self.end(),
        }
    }

    /// The answer to the card's owner.
    fn confirm(self, approve: bool) -> Outcome {
        match self {
            Self::Confirmed | Self::ConfirmedDeclined if !approve => {
                Outcome::Declined("You did not confirm the payment".into())
            }
            Self::Confirmed => Outcome::Approved,
            Self::ConfirmedDeclined => {
                Outcome::Declined("Your card was declined after the confirmation".into())
            }
            _ => self.end(),
        }
    }

    /// What a look-up finds.
    fn end(self) -> Outcome {
        match self {
            Self::Approved | Self::LateApproved | Self::AnswerLost => Outcome::Approved,
            Self::Declined | Self::LateDeclined => Outcome::Declined("Your card was declined".into()),
            Self::InsufficientFunds => Outcome::Declined("Your card has insufficient funds".into()),
            Self::Expired => Outcome::Declined("Your card has expired".into()),
            Self::Confirmed | Self::ConfirmedDeclined => Outcome::NeedsConfirmation,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared_types::{
        payments::{PayOrder, TEST_CARDS},
        validate,
    };

    use super::*;

    fn kind(number: &str, expires: (i64, i64)) -> Kind {
        let card = json!({"number": number, "expYear": expires.0, "expMonth": expires.1, "cvc": "123"});
        let request: PayOrder = validate(Some(&json!({"method": "card", "card": card}))).unwrap();
        Kind::of(&request.card, 2030, 6)
    }

    #[test]
    fn only_the_approved_card_is_charged_at_once_and_only_until_it_expires() {
        let declined = |reason: &'static str| Outcome::Declined(reason.into());
        assert_eq!(kind("4242424242424242", (2030, 6)).charge(), Outcome::Approved);
        assert_eq!(kind("4242424242424242", (2030, 5)).charge(), declined("Your card has expired"));
        assert_eq!(kind("4000000000000002", (2040, 1)).charge(), declined("Your card was declined"));
        assert_eq!(
            kind("4000000000009995", (2040, 1)).charge(),
            declined("Your card has insufficient funds")
        );
        assert_eq!(kind("5555555555554444", (2040, 1)).charge(), declined("Your card was declined"));
        let approved =
            TEST_CARDS.iter().filter(|card| kind(card.number, (2040, 1)).charge() == Outcome::Approved);
        assert_eq!(approved.count(), 1);
    }

    #[test]
    fn every_kind_survives_being_stored_and_every_test_card_has_one_of_its_own() {
        for (kind, word) in Kind::ALL {
            assert_eq!((Kind::parse(word), kind.word()), (Some(kind), word));
        }
        let mut words: Vec<_> = TEST_CARDS.iter().map(|card| kind(card.number, (2040, 1)).word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), TEST_CARDS.len());
    }

    #[test]
    fn what_was_answered_is_what_a_look_up_finds() {
        for (kind, word) in Kind::ALL {
            let answered = kind.charge();
            assert!(answered == kind.end() || answered == Outcome::Unknown, "{word}");
            assert_ne!(kind.end(), Outcome::Unknown, "{word}");
        }
    }

    #[test]
    fn a_confirmation_decides_and_refusing_it_charges_nothing() {
        assert_eq!(Kind::Confirmed.confirm(true), Outcome::Approved);
        for kind in [Kind::Confirmed, Kind::ConfirmedDeclined] {
            assert!(matches!(kind.confirm(false), Outcome::Declined(_)), "{}", kind.word());
        }
        assert!(matches!(Kind::ConfirmedDeclined.confirm(true), Outcome::Declined(_)));
    }
}
