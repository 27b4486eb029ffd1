//! Administration of accounts.
//!
//! - Administrators see all accounts, and may disable and enable them and give and take the role of administrator.
//! - What they change works at once: account, role and session are looked up for every request, on every replica.
//! - Disabling ends all sessions of the account, and so does enabling it: none from before comes back to life.
//! - Nobody disables or demotes themselves, so there is always an administrator. Two who demote each other in the same
//!   moment are put in line: the second one is not an administrator any more.
//! - Every change leaves an audit row in its transaction.

pub mod handlers;
pub mod repo;
pub mod service;
