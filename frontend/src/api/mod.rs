//! The API client: one function per endpoint builds a typed [`Endpoint`]; [`Api`] sends it.

pub mod auth;
pub mod cart;
pub mod catalog;
mod client;
pub mod early;
mod endpoint;
mod error;
pub mod orders;
pub mod payments;
pub mod search;
pub mod tabs;
mod transport;

pub use client::{Api, provide_api, use_api};
pub use endpoint::{Endpoint, Request};
pub use error::ApiError;
