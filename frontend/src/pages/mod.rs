//! One module a page.

pub mod account;
pub mod auth;
pub mod cart;
pub mod categories;
pub mod checkout;
pub mod guard;
pub mod home;
pub mod later;
pub mod listing;
pub mod not_found;
pub mod order;
pub mod product;
pub mod products;
