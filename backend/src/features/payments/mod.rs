//! Paying orders.
//!
//! - A payment is written down before the provider is asked, and the outcome after: no charge without an order.
//! - Whoever changes a payment or the status of its order takes the order's lock first. A unique index allows one running
//!   or successful payment for an order: no two charges.
//! - No transaction is open while the provider is asked. What it says may come several times, late and in any order: from
//!   the request, from an event, from a look-up. One pure function decides what it means; paying moves the order from
//!   PENDING to CONFIRMED once, and money for an order that does not wait for it goes back.
//! - A payment whose outcome got lost is looked up, never given up: only the provider knows whether it took the money. Only
//!   a confirmation that nobody gives ends by itself, after 15 minutes.
//! - Events carry a signature over their time and their bytes. Their ids are stored in the transaction of their effect.
//! - Card numbers are passed to the provider and forgotten.

pub mod domain;
pub mod handlers;
pub mod provider;
pub mod repo;
pub mod service;
