//! The cart.
//!
//! - A *quote* says what a list of products costs now, and what stands in the way of ordering it. Anybody may ask. Nothing
//!   is reserved, neither by a quote nor by a cart.
//! - A signed-in shopper has a cart on the server: at most 100 products of 1 to 999 units. Every answer is the cart with
//!   its quote. What is not sold any more stays in it as a problem, outside of the totals, until the shopper takes it out.
//! - Only what is sold can be put in. How many are left is no limit there: it is reported, as in a quote.
//! - At sign-in the guest's lines are *merged* in one transaction: added up, to no more than are left, and what can't be
//!   had is left out. Each line's fate is reported. Under an `Idempotency-Key` a merge that is repeated adds nothing.
//! - Those who write to one cart stand in line: each sees what the one before has done.

pub mod domain;
pub mod handlers;
pub mod repo;
pub mod service;
