//! Paying an order by card, through the mock provider's documented test cards.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    money::Money,
    text_enum::text_enum,
    timestamp::Timestamp,
    validation::{Checked, Fields, FromFields, one_of, text, whole_number},
};

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
/// Asks its owner to confirm, and charges when they do.
pub const CARD_CONFIRMED: TestCard =
    TestCard { number: "4000002500003155", effect: "Needs a confirmation, then succeeds" };
/// Asks its owner to confirm, and declines when they do.
pub const CARD_CONFIRMED_DECLINED: TestCard =
    TestCard { number: "4000008260003178", effect: "Needs a confirmation, then is declined" };
/// The processor does not answer in time; it reports later that it charged the card.
pub const CARD_LATE_APPROVED: TestCard =
    TestCard { number: "4000000000006009", effect: "Processor is slow, succeeds later" };
/// The processor does not answer in time; it reports later that it declined.
pub const CARD_LATE_DECLINED: TestCard =
    TestCard { number: "4000000000006116", effect: "Processor is slow, declines later" };
/// The processor charges the card, but its answer is lost and it never reports by itself: somebody has to look.
pub const CARD_ANSWER_LOST: TestCard =
    TestCard { number: "4000000000006223", effect: "Processor's answer is lost" };

/// Every test card the checkout offers. Any other number that passes the Luhn check is declined.
pub const TEST_CARDS: [TestCard; 8] = [
    CARD_APPROVED,
    CARD_DECLINED,
    CARD_INSUFFICIENT_FUNDS,
    CARD_CONFIRMED,
    CARD_CONFIRMED_DECLINED,
    CARD_LATE_APPROVED,
    CARD_LATE_DECLINED,
    CARD_ANSWER_LOST,
];

/// How an order is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PayOrder {
    /// The kind of payment.
    pub method: PaymentMethod,
    /// The card.
    pub card: Card,
}

text_enum! {
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

text_enum! {
    /// Where a payment is in its life.
    PaymentStatus {
        /// The provider is being asked.
        Started = "STARTED",
        /// The card's owner has to confirm it.
        NeedsConfirmation = "NEEDS_CONFIRMATION",
        /// The provider did not say yet how it ended.
        Processing = "PROCESSING",
        /// The money is taken.
        Succeeded = "SUCCEEDED",
        /// It is not, and will not be.
        Declined = "DECLINED",
        /// The money has to be given back.
        RefundDue = "REFUND_DUE",
        /// The money is given back.
        Refunded = "REFUNDED",
    }
}

impl PaymentStatus {
    /// Whether it is not known yet whether the money is taken.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Started | Self::NeedsConfirmation | Self::Processing)
    }
}

text_enum! {
    /// What the client does next about a payment that is not settled.
    NextActionKind {
        /// Ask the card's owner, then `POST` the answer to `url`.
        Confirm = "confirm",
        /// Nothing: `GET` the payment at `url` now and then, until it is settled.
        Wait = "wait",
    }
}

/// What the client does next about a payment that is not settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextAction {
    /// What to do.
    #[serde(rename = "type")]
    pub kind: NextActionKind,
    /// Where.
    #[cfg_attr(
        feature = "openapi",
        schema(examples("/api/payments/0198c1a2-7e4f-7000-8000-abcdef012345/confirm"))
    )]
    pub url: String,
}

impl NextAction {
    /// What comes next for a payment in this status; `None` when it is settled.
    pub fn of(payment_id: &str, status: PaymentStatus) -> Option<Self> {
        match status {
            PaymentStatus::NeedsConfirmation => {
                Some(Self { kind: NextActionKind::Confirm, url: crate::paths::payments::confirm(payment_id) })
            }
            PaymentStatus::Started | PaymentStatus::Processing => {
                Some(Self { kind: NextActionKind::Wait, url: crate::paths::payments::payment(payment_id) })
            }
            _ => None,
        }
    }
}

/// The answer to a payment that is not settled yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PaymentPending {
    /// The payment.
    pub payment_id: String,
    /// What to do about it.
    pub next_action: NextAction,
}

/// What a client reads of either answer to a payment: the confirmed order (200), or what to do next (202).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Paid {
    /// What to do next; `None` when the order is confirmed.
    #[serde(default)]
    pub next_action: Option<NextAction>,
}

/// What the card's owner says to a payment that needs a confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfirmPayment {
    /// Whether it is theirs and may go on.
    pub approve: bool,
}

impl FromFields for ConfirmPayment {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let approve =
            fields.required("approve", |value| value.as_bool().ok_or("Expected true or false".into()));
        Some(Self { approve: approve? })
    }
}

/// One attempt to pay an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// Opaque id.
    pub id: String,
    /// The order.
    pub order_id: String,
    /// Where it is in its life.
    pub status: PaymentStatus,
    /// How much.
    pub amount: Money,
    /// ISO 4217.
    pub currency: String,
    /// Last digits of the card.
    pub card_last4: String,
    /// Why it was declined, when it was.
    pub decline_reason: Option<String>,
    /// What to do next, until it is settled.
    pub next_action: Option<NextAction>,
    /// Begun at.
    pub created_at: Timestamp,
    /// Last changed at.
    pub updated_at: Timestamp,
}

text_enum! {
    /// What a payment provider's event tells.
    EventKind {
        /// The money of a payment is taken.
        Succeeded = "payment.succeeded",
        /// It is not, and will not be.
        Declined = "payment.declined",
    }
}

/// Something a payment provider tells by itself. Events of other types are acknowledged and ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentEvent {
    /// The provider's id of the event: one that comes again has no effect.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200, examples("evt_1")))]
    pub id: String,
    /// What happened; other words are acknowledged and ignored.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(examples("payment.succeeded")))]
    pub kind: String,
    /// To which payment; may be anything in an event of another type.
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub data: Option<PaymentEventData>,
}

/// The payment an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PaymentEventData {
    /// The payment.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub payment_id: String,
    /// How much, which must be what the payment is about.
    pub amount: Money,
    /// ISO 4217.
    #[cfg_attr(feature = "openapi", schema(examples("USD")))]
    pub currency: String,
    /// Why it was declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, max_length = 200))]
    pub reason: Option<String>,
}

impl PaymentEvent {
    /// What it tells, when that is known here.
    pub fn known_kind(&self) -> Option<EventKind> {
        EventKind::parse(&self.kind)
    }
}

impl FromFields for PaymentEvent {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let id = fields.required("id", text(200, "Event ID is required"));
        let kind = fields.required("type", text(200, "Event type is required"));
        let is_known = kind.as_deref().is_some_and(|kind| EventKind::parse(kind).is_some());
        let data = if is_known {
            fields.object("data", PaymentEventData::from_fields).map(Some)
        } else {
            Some(None)
        };
        Some(Self { id: id?, kind: kind?, data: data? })
    }
}

impl FromFields for PaymentEventData {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let payment_id = fields.required("paymentId", text(200, "Payment ID is required"));
        let amount = fields.required("amount", |value| {
            Money::from_json(value).ok_or("Expected an amount with at most two decimals".into())
        });
        let currency = fields.required("currency", text(3, "Currency is required"));
        let reason = fields.optional("reason", text(200, "Expected a text"));
        Some(Self { payment_id: payment_id?, amount: amount?, currency: currency?, reason: reason? })
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
    fn only_a_payment_that_is_not_settled_has_a_next_action() {
        for status in PaymentStatus::ALL {
            assert_eq!(NextAction::of("p", *status).is_some(), status.is_open(), "{status}");
        }
        let confirm = NextAction::of("p", PaymentStatus::NeedsConfirmation).unwrap();
        assert_eq!(
            serde_json::to_value(confirm).unwrap(),
            json!({"type": "confirm", "url": "/api/payments/p/confirm"})
        );
    }

    #[test]
    fn both_answers_to_a_payment_are_read_alike() {
        let paid: Paid = serde_json::from_value(json!({"id": "o", "status": "CONFIRMED"})).unwrap();
        assert_eq!(paid.next_action, None);
        let action = NextAction::of("p", PaymentStatus::Processing);
        let pending = PaymentPending { payment_id: "p".to_owned(), next_action: action.clone().unwrap() };
        let read: Paid = serde_json::from_value(serde_json::to_value(pending).unwrap()).unwrap();
        assert_eq!(read.next_action, action);
    }

    #[test]
    fn an_event_of_an_unknown_type_may_carry_anything() {
        let event =
            validate::<PaymentEvent>(Some(&json!({"id": "e", "type": "payout.paid", "data": 7}))).unwrap();
        assert_eq!((event.known_kind(), event.data), (None, None));
    }

    #[test]
    fn an_event_of_a_known_type_says_which_payment_and_how_much() {
        let data = json!({"paymentId": "p", "amount": "12.30", "currency": "USD"});
        let event = json!({"id": "e", "type": "payment.succeeded", "data": data});
        let event = validate::<PaymentEvent>(Some(&event)).unwrap();
        assert_eq!(event.known_kind(), Some(EventKind::Succeeded));
        assert_eq!(event.data.unwrap().amount, Money::from_minor(1230));
        let errors = validate::<PaymentEvent>(Some(&json!({"type": "payment.declined"}))).unwrap_err();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["data.amount", "data.currency", "data.paymentId", "id"]);
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
