//! What outlives a page: the session, the cart, messages, the theme. Each has a `provide_…` and a `use_…`.

pub mod attempts;
pub mod browser;
pub mod cart;
pub mod dates;
pub mod form;
pub mod online;
pub mod page;
pub mod reactive;
pub mod read;
pub mod search;
pub mod session;
pub mod storage;
pub mod suggestions;
pub mod theme;
pub mod toasts;
pub mod turns;
