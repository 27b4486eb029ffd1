//! `/api/payments`, and what happens to a payment that is not settled at once.

mod confirm;
mod interrupted;
mod limits;
mod migration;
mod read;
mod signature;
mod slow;
mod webhook;
