//! Pieces that pages are made of. Each has its stylesheet beside it.

pub mod address;
pub mod breadcrumb;
pub mod button;
pub mod card_form;
pub mod category_tile;
pub mod dialog;
pub mod field;
pub mod icon;
pub mod logo;
pub mod order_lines;
pub mod pagination;
pub mod payment;
pub mod problem;
pub mod product_card;
pub mod product_hit;
pub mod quantity;
pub mod skeleton;
pub mod summary;
pub mod timeline;
pub mod toasts;
