//! Accounts and sessions.
//!
//! - Signing in opens a *session*: an access token (JWT, minutes) for requests, and a refresh token (opaque, days, in an
//!   HttpOnly cookie on `/api/auth`) for the next access token.
//! - A refresh token works once. Using it again means that somebody copied it: the whole session ends.
//! - Account, role and session are looked up for every request, so signing out or disabling an account works at once.
//! - A session is opened only while the account and the password that was checked are still valid: changing a password and
//!   disabling an account end all sessions, those included that are being opened in the same moment.
//! - Unknown addresses cost as much time as wrong passwords and are answered alike.

pub mod domain;
pub mod handlers;
pub mod password;
pub mod repo;
pub mod service;
pub mod token;
