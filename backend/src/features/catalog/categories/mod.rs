//! Categories, for administrators who change them.
//!
//! - A slug is unique; a duplicate is refused with 409.
//! - A category is never above itself. Whoever changes categories waits for whoever is at it, so that two who move two
//!   categories under each other can't both succeed.
//! - A category with products, of whatever status, is not removed. One that is removed leaves its children at the top.
//! - Hiding a category (`isActive: false`) takes it out of menus and closes its page. Its products stay on sale: a product is
//!   sold by its own status.
//! - A write that changes nothing leaves no trace: same moment, same tag, no audit entry.

pub mod handlers;
pub mod repo;
pub mod service;
