//! Stock, for administrators: correcting it, its ledger, and what runs low.
//!
//! - Every unit that comes or goes has a line in the ledger; the sum of a product's lines is its stock.
//! - A correction is relative and never takes more than there is. It is not an edit of the product: `updatedAt` stays.
//! - With `If-Match` a correction is refused when units moved since, so that repeating it by accident does nothing.
//! - Low stock is about active products: nobody runs out of what is not sold.

pub mod handlers;
pub mod repo;
pub mod service;
