//! The demo shop as its shoppers see it: who they are, what they look for, what they send.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use shared_types::paths;

use crate::http::{self, Connection};

/// Everybody's password in the demo shop.
pub const PASSWORD: &str = "password123";
/// Its administrator.
pub const ADMIN: &str = "admin@example.com";
/// Its customers.
pub const CUSTOMERS: [&str; 2] = ["john@example.com", "jane@example.com"];
/// What shoppers look for.
pub const SEARCHES: [&str; 8] = ["yoga", "phone", "jacket", "laptop", "book", "iphone", "dress", "shirt"];

/// The body of a request to sign in.
pub fn credentials(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD})
}

/// The token in the answer to it.
pub fn token(answer: &Value) -> Result<String> {
    let token = answer.pointer("/data/token").and_then(Value::as_str);
    token.map(str::to_owned).context("the answer to a sign-in holds no token")
}

/// Where orders go.
pub fn address() -> Value {
    json!({
        "firstName": "Lo", "lastName": "Ad", "address1": "1 Long Road", "city": "Springfield",
        "state": "IL", "postalCode": "62701", "country": "US",
    })
}

/// An order of these products and units.
pub fn order(lines: &[(&str, u32)]) -> Value {
    let items: Vec<Value> =
        lines.iter().map(|(product, units)| json!({"productId": product, "quantity": units})).collect();
    json!({"items": items, "shippingAddress": address()})
}

/// Signs in and gives the token.
pub async fn sign_in(connection: &mut Connection, email: &str) -> Result<String> {
    let request = http::post(paths::auth::LOGIN, &[], &credentials(email));
    token(&connection.send(&request).await?.json()?).with_context(|| format!("{email} can't sign in"))
}

#[cfg(test)]
mod tests {
    use shared_types::{orders::PlaceOrder, validation::validate};

    use super::*;

    #[test]
    fn the_order_that_is_sent_is_one_that_the_shop_accepts() {
        let order = validate::<PlaceOrder>(Some(&order(&[("p", 2), ("q", 1)]))).unwrap();
        assert_eq!(order.items.len(), 2);
    }
}
