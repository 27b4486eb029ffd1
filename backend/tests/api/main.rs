//! The API's tests: the real application, asked over HTTP. Modules mirror the tree of addresses; `support` holds the
//! application and the people who use it.
//!
//! Without `TEST_DATABASE_URL` they run on SQLite. With it (a PostgreSQL server and a role that may create databases)
//! they run on PostgreSQL, and with `TEST_REDIS_URL` also on Redis.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod audit;
mod auth;
mod cart;
mod catalog;
mod copies;
mod database;
mod docs;
mod everywhere;
mod health;
mod jobs;
mod orders;
mod payments;
mod process;
mod search;
mod security;
mod sitemap;
mod storefront;
mod support;
mod telemetry;
