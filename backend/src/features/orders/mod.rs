//! Placing, reading, cancelling and moving orders on.
//!
//! - Stock is taken by one guarded statement for each product, in the order's own transaction: it can't become negative,
//!   and an order that lacks one unit takes none. Products are taken in order of their ids, so two orders can't wait for
//!   each other.
//! - The total comes from the pricing function the browser runs too. What the shopper saw (`expectedTotal`) is what is
//!   charged, or the order is refused.
//! - An `Idempotency-Key` and the answer under it are stored in the same transaction: repeating a request repeats the
//!   answer, also after a crash.
//! - Whoever moves an order on takes its lock first and looks again, so that of a payment, cancellations, administrators
//!   and the clock only the one that moved it returns the stock and the money. One table of transitions holds for all.
//! - An order that is not paid holds its stock for a limited time. One with a payment that began in time is waited for, but
//!   not for ever.
//! - What administrators note on an order is for administrators.

pub mod domain;
pub mod handlers;
pub mod repo;
pub mod service;
