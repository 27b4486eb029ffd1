//! `/api/catalog`

mod categories;
mod filters;
mod listing;
mod product;
