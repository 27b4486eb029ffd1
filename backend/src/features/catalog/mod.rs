//! Categories and products: reading them here, changing them in the folders.
//!
//! - Shoppers see active products and active categories; administrators see all.
//! - A product is found by id, by slug or by SKU; a category by id or by slug.
//! - `categoryId` means exactly that category; `category` (a slug) includes everything below it.
//! - Lists have a total order: whatever they are sorted by, the id breaks ties.
//! - Hiding a category does not hide its products: a product is sold by its own status.
//! - One category and one product carry an `ETag` (see [`crate::http::conditional`]): reads answer 304 to a client that has
//!   this very answer, and writes are refused with 412 when somebody edited it since.

pub mod categories;
pub mod domain;
pub mod handlers;
pub mod indexed;
pub mod products;
pub mod repo;
pub mod service;
pub mod stock;
