//! `/api/orders`

mod at_once;
mod cancel;
mod idempotency;
mod ledger;
mod list;
mod pay;
mod pay_refusals;
mod place;
mod read;
mod refusals;
