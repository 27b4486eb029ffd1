//! What the load tests and the measurements share: a small HTTP client that costs little itself, the demo shop as its
//! shoppers see it, and figures.

pub mod figures;
pub mod http;
pub mod shop;
pub mod target;
