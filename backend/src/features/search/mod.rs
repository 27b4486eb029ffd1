//! Search.
//!
//! - Active products are found by name, SKU and description; active categories by name, slug and description.
//! - Every word of the query must be found: as a word, as its beginning, or inside it. Case, accents and apostrophes do not
//!   matter; `%` and `_` are plain characters. Words after the twelfth are not looked at.
//! - The best match first: a whole SKU, then names, then parts of SKUs, then descriptions; in each a whole word before its
//!   beginning before its inside. Then shorter names, then what can be bought, then what the shop recommends, then the newest.
//! - Only when nothing fits, similar words are searched, and the answer says which.
//! - A facet counts what its own filter leaves out, so that it shows what another choice would find.
//! - What is shown comes from the database. What is found comes from an index in memory, which is built at start and follows
//!   the catalogue's changes: at once for this process's own, within a second for those of others. Until it is built, the
//!   database finds what contains the words as they are written.

pub mod handlers;
pub mod index;
pub mod live;
pub mod provisional;
pub mod repo;
pub mod service;
