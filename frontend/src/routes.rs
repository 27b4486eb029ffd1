//! Every address of the storefront, as constants for the router and functions for links.

use shared_types::paths::segment;
pub use shared_types::paths::storefront::{CATEGORIES, HOME, PRODUCTS, category, product};

/// The cart.
pub const CART: &str = "/cart";
/// From the cart to an order.
pub const CHECKOUT: &str = "/checkout";
/// Everything about signing in.
pub const AUTH: &str = "/auth/";
/// Sign-in.
pub const LOGIN: &str = "/auth/login";
/// Registration.
pub const REGISTER: &str = "/auth/register";
/// Profile.
pub const ACCOUNT: &str = "/account";
/// Password and devices.
pub const ACCOUNT_SECURITY: &str = "/account/security";
/// Orders, whoever's.
pub const ORDERS: &str = "/orders/";
/// Order history.
pub const ACCOUNT_ORDERS: &str = "/account/orders";

/// Whether a page is one visitor's own business and means nothing to search engines.
pub fn is_private(path: &str) -> bool {
    [ACCOUNT, CART, CHECKOUT, ORDERS, AUTH].iter().any(|prefix| path.starts_with(prefix))
}

/// Confirmation and tracking of an order.
pub fn order(number: &str) -> String {
    format!("{ORDERS}{}", segment(number))
}

/// An order within the history.
pub fn account_order(number: &str) -> String {
    format!("{ACCOUNT_ORDERS}/{}", segment(number))
}
