//! How a payment moves on, without HTTP or SQL.

use std::borrow::Cow;

use chrono::{NaiveDateTime, TimeDelta};
use shared_types::payments::PaymentStatus;

/// What the provider says about a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The money is taken.
    Approved,
    /// It is not, for this reason.
    Declined(Cow<'static, str>),
    /// The card's owner has to confirm it.
    NeedsConfirmation,
    /// It can't be said yet.
    Unknown,
    /// The provider never heard of it: it was not asked.
    NotFound,
}

/// Where a payment goes, and why when it was declined.
pub type Step = (PaymentStatus, Option<Cow<'static, str>>);

/// Where a payment goes when the provider says this; `None` when it stays. The same outcome may come several times, late
/// and in any order: from the request that asked, from an event, from a look-up.
///
/// `order_waits`: whether the order still waits for its payment. Money that comes when it does not goes back: the order
/// was cancelled or has expired, or an administrator took it as paid in another way. So does money for a payment that was
/// declined before, since its customer has been told so and may have paid with another card.
pub fn next_step(status: PaymentStatus, outcome: &Outcome, order_waits: bool) -> Option<Step> {
    use PaymentStatus::{Declined, NeedsConfirmation, Processing, RefundDue, Started, Succeeded};

    match outcome {
        Outcome::Approved if status.is_open() && order_waits => Some((Succeeded, None)),
        Outcome::Approved if status.is_open() || status == Declined => Some((RefundDue, None)),
        Outcome::Declined(reason) if status.is_open() => Some((Declined, Some(reason.clone()))),
        Outcome::NeedsConfirmation if status == Started && order_waits => Some((NeedsConfirmation, None)),
        Outcome::NeedsConfirmation if status == Started => {
            Some((Declined, Some(NO_LONGER_WAITED_FOR.into())))
        }
        Outcome::Unknown if status == Started => Some((Processing, None)),
        Outcome::NotFound if status.is_open() => Some((Declined, Some("The payment was interrupted".into()))),
        _ => None,
    }
}

/// Why a payment that was not confirmed yet is given up when its order stops waiting for it.
pub const NO_LONGER_WAITED_FOR: &str = "The order no longer waits for this payment";

/// Seconds after which a payment whose outcome is not known is looked up: no request takes this long, so the server that
/// asked the provider has stopped, or the provider did not answer in time.
const LOOK_UP_AFTER_SECONDS: i64 = 60;
/// Seconds a card's owner has to confirm a payment.
const CONFIRM_WITHIN_SECONDS: i64 = 15 * 60;

/// Payments in this status that have not changed since then are looked up; `None` for those that are settled.
pub fn overdue_since(status: PaymentStatus, now: NaiveDateTime) -> Option<NaiveDateTime> {
    let seconds = match status {
        PaymentStatus::Started | PaymentStatus::Processing => LOOK_UP_AFTER_SECONDS,
        PaymentStatus::NeedsConfirmation => CONFIRM_WITHIN_SECONDS,
        _ => return None,
    };
    now.checked_sub_signed(TimeDelta::seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_payments_that_are_not_settled_can_be_overdue() {
        let now = chrono::DateTime::UNIX_EPOCH.naive_utc();
        for status in PaymentStatus::ALL {
            assert_eq!(overdue_since(*status, now).is_some(), status.is_open(), "{status}");
        }
    }

    const OUTCOMES: [Outcome; 5] = [
        Outcome::Approved,
        Outcome::Declined(Cow::Borrowed("no")),
        Outcome::NeedsConfirmation,
        Outcome::Unknown,
        Outcome::NotFound,
    ];

    fn to(status: PaymentStatus, outcome: &Outcome, order_waits: bool) -> Option<PaymentStatus> {
        next_step(status, outcome, order_waits).map(|(to, _)| to)
    }

    #[test]
    fn money_is_kept_only_for_an_order_that_waits_for_it() {
        for status in PaymentStatus::ALL.iter().filter(|status| status.is_open()) {
            assert_eq!(to(*status, &Outcome::Approved, true), Some(PaymentStatus::Succeeded), "{status}");
            assert_eq!(to(*status, &Outcome::Approved, false), Some(PaymentStatus::RefundDue), "{status}");
        }
        for waits in [true, false] {
            assert_eq!(
                to(PaymentStatus::Declined, &Outcome::Approved, waits),
                Some(PaymentStatus::RefundDue)
            );
        }
    }

    #[test]
    fn nothing_moves_a_payment_that_is_settled_except_money_that_came_after_all() {
        for status in PaymentStatus::ALL.iter().filter(|status| !status.is_open()) {
            for outcome in &OUTCOMES {
                let expected = (*status == PaymentStatus::Declined && *outcome == Outcome::Approved)
                    .then_some(PaymentStatus::RefundDue);
                assert_eq!(to(*status, outcome, true), expected, "{status} {outcome:?}");
            }
        }
    }

    #[test]
    fn every_outcome_twice_is_the_same_as_once() {
        for status in PaymentStatus::ALL {
            for (outcome, waits) in OUTCOMES.iter().flat_map(|outcome| [(outcome, true), (outcome, false)]) {
                if let Some(next) = to(*status, outcome, waits) {
                    // After a success the order is confirmed, and waits no longer.
                    assert_eq!(to(next, outcome, false), None, "{status} {outcome:?}");
                }
            }
        }
    }

    #[test]
    fn a_confirmation_is_asked_for_once_and_only_while_the_order_waits() {
        let asked = Outcome::NeedsConfirmation;
        assert_eq!(to(PaymentStatus::Started, &asked, true), Some(PaymentStatus::NeedsConfirmation));
        assert_eq!(to(PaymentStatus::Started, &asked, false), Some(PaymentStatus::Declined));
        assert_eq!(to(PaymentStatus::Processing, &asked, true), None);
    }
}
