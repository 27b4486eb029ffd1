//! Categories and products, for shoppers.
//!
//! - Shoppers see active products and active categories; administrators see all.
//! - A product is found by id, by slug or by SKU; a category by id or by slug.
//! - `categoryId` means exactly that category; `category` (a slug) includes everything below it.
//! - Lists have a total order: whatever they are sorted by, the id breaks ties.

pub mod domain;
pub mod handlers;
pub mod repo;
pub mod service;
