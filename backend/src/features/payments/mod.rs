//! Paying orders.
//!
//! - A payment is written down before the provider is asked, and the outcome after: no charge without an order.
//! - A unique index allows one started or successful payment for an order: no two charges.
//! - No transaction is open while the provider is asked. Paying moves the order from PENDING to CONFIRMED by a guarded
//!   update; when the order was cancelled meanwhile, the charge is refunded.
//! - Card numbers are passed to the provider and forgotten.

pub mod provider;
pub mod repo;
pub mod service;
