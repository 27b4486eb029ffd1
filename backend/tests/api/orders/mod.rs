//! `/api/orders`

mod admin_moves;
mod admin_reads;
mod at_once;
mod cancel;
mod expiry;
mod idempotency;
mod ledger;
mod list;
mod money;
mod pay;
mod pay_refusals;
mod place;
mod read;
mod refusals;
mod transitions;
