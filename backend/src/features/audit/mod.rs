//! The audit log: who changed what through the admin API, with what it was before and after.
//!
//! - Every admin write adds one row in its own transaction: there is no change without a row, and no row without a change.
//! - Rows are only ever added. They name what they are about without referring to it, so they outlive it.
//! - Nothing secret is written: passwords and tokens never reach it.
//! - A write that is refused, or that changes nothing, leaves no row.
//! - Administrators read it newest first.

pub mod handlers;
pub mod repo;
pub mod service;
