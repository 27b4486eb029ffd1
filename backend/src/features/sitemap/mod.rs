//! What search engines are told: which pages there are (`/sitemap.xml`) and which are not for them (`/robots.txt`).
//!
//! - Crawlers may read the catalogue's part of the API: what they run of the storefront shows nothing without it. No answer
//!   of the API is listed by itself, which a header says.
//! - Active categories and active products, and the pages that lead to them.
//! - At most 50,000 addresses, which is the format's limit for one file; of more products the latest changed are listed.
//! - The list is read from the database at most once in ten minutes, however often it is asked for.
//! - Addresses begin with `PUBLIC_URL`; without it, with the host that was asked.

pub mod domain;
pub mod handlers;
pub mod repo;
pub mod service;
