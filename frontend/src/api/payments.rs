//! Payments.

use shared_types::{
    paths,
    payments::{ConfirmPayment, Paid, Payment},
};

use super::endpoint::{Endpoint, data};

/// One of the customer's own payments.
pub fn payment(id: &str) -> Endpoint<Payment> {
    Endpoint::get(paths::payments::payment(id), Vec::new(), data).private()
}

/// What the card's owner says to a payment that needs a confirmation; safe to repeat, since the first answer counts.
pub fn confirm(id: &str, request: &ConfirmPayment) -> Endpoint<Paid> {
    Endpoint::post(paths::payments::confirm(id), request, data).private()
}
