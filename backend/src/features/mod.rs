//! What the shop does, a folder each with the same files: `handlers` (HTTP), `service` (rules and transactions), `repo`
//! (SQL), `domain` (pure).

pub mod audit;
pub mod auth;
pub mod cart;
pub mod catalog;
pub mod health;
pub mod orders;
pub mod payments;
pub mod search;
pub mod sitemap;
pub mod users;
