//! What every request goes through before and after its handler: extractors and middleware.

pub mod admin;
pub mod answer;
pub mod client;
pub mod conditional;
pub mod connection;
pub mod cors;
pub mod encoding;
pub mod front;
pub mod idempotency;
pub mod identity;
pub mod input;
pub mod log;
pub mod method;
pub mod own_pages;
pub mod rate_limit;
pub mod reading;
pub mod recent;
pub mod request_id;
pub mod security_headers;
pub mod signature;
pub mod spa;
pub mod trace;
