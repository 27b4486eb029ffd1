//! What surrounds every page.

pub mod footer;
pub mod header;
pub mod offline;
pub mod search;
pub mod suggestions;
