//! Products, for administrators who change them.
//!
//! - SKU and slug are unique; a duplicate is refused with 409.
//! - Setting `stock` moves the difference, in the ledger too. A new product's units are its first movement.
//! - A product that was ever ordered is archived instead of removed, whatever became of the order.
//! - Whoever changes a product keeps orders of it waiting, and the reverse: an order in the same moment is either complete,
//!   and the product is archived, or finds no product.
//! - A condition (`If-Match`) is about what would be overwritten. It fails when somebody edited the product since; for a
//!   change that sets `stock` it fails as well when units moved. A sale alone never stops somebody who rewrites a description.
//! - A write that changes nothing leaves no trace: same moment, same tag, no audit entry.

pub mod domain;
pub mod handlers;
pub mod repo;
pub mod service;
