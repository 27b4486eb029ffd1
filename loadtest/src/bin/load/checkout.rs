//! What is bought in the checkout scenario, and whether the shop's stock is right afterwards: what there was, less what was
//! sold, and more what came back.

use std::sync::{
    OnceLock,
    atomic::{AtomicI64, Ordering},
};

use anyhow::{Context, Result, ensure};
use loadtest::{
    http::{Connection, bearer, get, post},
    shop::{ADMIN, CUSTOMERS, PASSWORD, sign_in},
};
use serde_json::{Value, json};
use shared_types::{paths, payments::CARD_APPROVED};

use crate::shoppers::dice;

/// Accounts that are registered, beside the demo shop's customers.
const ACCOUNTS: usize = 4;
/// Products that are bought.
const PRODUCTS: usize = 8;
/// Units that are added to each of them but the first, which is to be sold out.
const PLENTY: i64 = 100_000;

/// What is bought by whom, and how it stands.
pub struct Buying {
    tokens: Vec<String>,
    products: Vec<Product>,
}

struct Product {
    id: String,
    /// Units before anything was bought.
    initial: i64,
    sold: AtomicI64,
    returned: AtomicI64,
}

static BUYING: OnceLock<Buying> = OnceLock::new();

/// What is bought; `None` in scenarios that buy nothing.
pub fn buying() -> Option<&'static Buying> {
    BUYING.get()
}

/// The body of a request to pay.
pub fn payment() -> Value {
    json!({"method": "card", "card": {
        "number": CARD_APPROVED.number, "expMonth": 12, "expYear": 2099, "cvc": "123",
    }})
}

impl Buying {
    /// The token of the account that a user buys with.
    pub fn token(&self, user: usize) -> &str {
        self.tokens.get(user % self.tokens.len().max(1)).map_or("", String::as_str)
    }

    /// The id of a product.
    pub fn product(&self, index: usize) -> &str {
        self.products.get(index).map_or("", |product| product.id.as_str())
    }

    /// Whether a product is to be sold out.
    pub fn is_scarce(&self, index: usize) -> bool {
        index == 0
    }

    /// One to three lines of different products, one to three units of each.
    pub fn cart(&self) -> Vec<(usize, u32)> {
        let (first, lines) = (dice(self.products.len()), 1 + dice(3));
        let product = |step: usize| (first + step) % self.products.len().max(1);
        [1_u32, 2, 3]
            .into_iter()
            .cycle()
            .skip(dice(3))
            .take(lines)
            .enumerate()
            .map(|(step, units)| (product(step), units))
            .collect()
    }

    /// These were ordered.
    pub fn sold(&self, cart: &[(usize, u32)]) {
        self.count(cart, |product| &product.sold);
    }

    /// These came back.
    pub fn returned(&self, cart: &[(usize, u32)]) {
        self.count(cart, |product| &product.returned);
    }

    fn count(&self, cart: &[(usize, u32)], counter: impl Fn(&Product) -> &AtomicI64) {
        for (index, units) in cart {
            if let Some(product) = self.products.get(*index) {
                counter(product).fetch_add(i64::from(*units), Ordering::Relaxed);
            }
        }
    }
}

impl Product {
    fn expected(&self) -> i64 {
        self.initial - self.sold.load(Ordering::Relaxed) + self.returned.load(Ordering::Relaxed)
    }
}

/// Registers accounts, puts plenty on the shelves, and writes down how much there is.
pub async fn prepare(connection: &mut Connection) -> Result<()> {
    let mut tokens = Vec::new();
    for email in CUSTOMERS {
        tokens.push(sign_in(connection, email).await?);
    }
    for number in 0..ACCOUNTS {
        let email = format!("load-{}-{number}@example.com", std::process::id());
        let account = json!({"email": email, "password": PASSWORD, "firstName": "Lo", "lastName": "Ad"});
        connection.send(&post(paths::auth::REGISTER, &[], &account)).await?.json()?;
        tokens.push(sign_in(connection, &email).await?);
    }
    let admin = sign_in(connection, ADMIN).await?;
    let list = connection.send(&get(paths::catalog::PRODUCTS, &[])).await?.json()?;
    let listed = list.pointer("/data").and_then(Value::as_array).context("a list without products")?;
    let mut products = Vec::new();
    for product in listed.iter().take(PRODUCTS) {
        let id = product.get("id").and_then(Value::as_str).context("a product without an id")?.to_owned();
        if !products.is_empty() {
            let more = post(&paths::catalog::stock(&id), &[bearer(&admin)], &json!({"delta": PLENTY}));
            connection.send(&more).await?.json()?;
        }
        let initial = stock(connection, &admin, &id).await?;
        products.push(Product { id, initial, sold: AtomicI64::new(0), returned: AtomicI64::new(0) });
    }
    ensure!(products.len() == PRODUCTS, "the shop has too few products");
    BUYING.get_or_init(|| Buying { tokens, products });
    Ok(())
}

/// Compares what the administrator is told with what was sold and came back.
pub async fn verify(connection: &mut Connection) -> Result<bool> {
    let buying = buying().context("nothing was bought")?;
    let admin = sign_in(connection, ADMIN).await?;
    let mut is_right = true;
    let mut units = 0;
    println!("\n {:<36} {:>8} {:>8} {:>9} {:>8}", "product", "initial", "sold", "returned", "stock");
    for product in &buying.products {
        let stock = stock(connection, &admin, &product.id).await?;
        let (sold, returned) =
            (product.sold.load(Ordering::Relaxed), product.returned.load(Ordering::Relaxed));
        let mark = if stock == product.expected() { '✓' } else { '✗' };
        println!("{mark}{:<36} {:>8} {sold:>8} {returned:>9} {stock:>8}", product.id, product.initial);
        is_right &= stock == product.expected();
        units += sold;
    }
    ensure!(units > 0, "nothing was sold, so nothing is proved");
    println!("{}", if is_right { "stock is right" } else { "stock is wrong: orders and shelves disagree" });
    Ok(is_right)
}

async fn stock(connection: &mut Connection, admin: &str, id: &str) -> Result<i64> {
    let request = get(&paths::catalog::product(id), &[bearer(admin)]);
    let product = connection.send(&request).await?.json()?;
    product.pointer("/data/stock").and_then(Value::as_i64).context("a product without stock")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buying() -> Buying {
        let product = |id: &str| Product {
            id: id.to_owned(),
            initial: 10,
            sold: AtomicI64::new(0),
            returned: AtomicI64::new(0),
        };
        Buying {
            tokens: vec!["a".to_owned(), "b".to_owned()],
            products: ["p", "q", "r", "s"].map(product).into(),
        }
    }

    #[test]
    fn what_is_expected_is_what_there_was_less_what_was_sold_and_more_what_came_back() {
        let buying = buying();
        buying.sold(&[(0, 3), (2, 1)]);
        buying.returned(&[(0, 2)]);
        assert_eq!(buying.products.iter().map(Product::expected).collect::<Vec<_>>(), [9, 10, 9, 10]);
    }

    #[test]
    fn a_cart_holds_one_to_three_different_products() {
        let buying = buying();
        for _ in 0..200 {
            let cart = buying.cart();
            let mut products: Vec<_> = cart.iter().map(|(index, _)| *index).collect();
            products.sort_unstable();
            products.dedup();
            assert!((1..=3).contains(&cart.len()) && products.len() == cart.len(), "{cart:?}");
            assert!(cart.iter().all(|(index, units)| *index < 4 && (1..=3).contains(units)));
        }
    }

    #[test]
    fn users_share_the_accounts() {
        assert_eq!([0, 1, 2].map(|user| buying().token(user).to_owned()), ["a", "b", "a"]);
    }
}
