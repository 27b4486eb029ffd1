//! Wire types and rules shared by the server and the browser.
//!
//! One file per feature. Nothing here does I/O: whatever is decided in this crate (a price, a validation message, an
//! order transition) is decided by the same code on both sides of the wire.

pub mod address;
pub mod audit;
pub mod auth;
pub mod cart;
pub mod catalog;
pub mod envelope;
mod flat;
pub mod money;
pub mod orders;
pub mod paths;
pub mod payments;
pub mod pricing;
pub mod search;
pub mod system;
mod text_enum;
pub mod timestamp;
pub mod users;
pub mod validation;

pub use envelope::{Data, ErrorBody, ErrorCode, ErrorInfo, Message, Page, PageMeta};
pub use money::Money;
pub use timestamp::Timestamp;
pub use validation::{FieldErrors, Fields, FromFields, validate};
