//! Placing, reading and cancelling orders.
//!
//! - Stock is taken by one guarded statement for each product, in the order's own transaction: it can't become negative,
//!   and an order that lacks one unit takes none. Products are taken in order of their ids, so two orders can't wait for
//!   each other.
//! - The total comes from the pricing function the browser runs too. What the shopper saw (`expectedTotal`) is what is
//!   charged, or the order is refused.
//! - An `Idempotency-Key` and the answer under it are stored in the same transaction: repeating a request repeats the
//!   answer, also after a crash.
//! - Cancelling is a guarded change of status; only the request that changed it returns the stock and the money.

pub mod domain;
pub mod handlers;
pub mod repo;
pub mod service;
