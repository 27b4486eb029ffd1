//! The cart's quote: what a list of products costs now, and what stands in the way of ordering it. Nothing is reserved.

pub mod handlers;
pub mod repo;
pub mod service;
