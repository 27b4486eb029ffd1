//! Decisions without a browser: everything here runs, and is tested, natively.

pub mod card;
pub mod cart;
pub mod categories;
pub mod checkout;
pub mod combobox;
pub mod device;
pub mod form;
pub mod json;
pub mod kept;
pub mod listing;
pub mod pauses;
pub mod profile;
pub mod redirect;
pub mod search;
pub mod structured;
pub mod suggest;
pub mod tabs;
pub mod text;
