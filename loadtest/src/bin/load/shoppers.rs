//! What one user does. Of five, four browse and one has an account, so that four requests of five are for the catalogue.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use goose::{
    goose::GooseResponse,
    prelude::{
        GooseMethod, GooseRequest, GooseUser, Scenario, Transaction, TransactionError, TransactionResult,
        scenario, transaction,
    },
};
use loadtest::shop::{self, CUSTOMERS, SEARCHES};
use serde_json::Value;
use shared_types::paths;

use crate::checkout;

/// Between two things that a user does, in milliseconds.
const PAUSE: [u64; 2] = [50, 150];
/// Who is told to come back to sign in does so after this time, so many times.
const COME_BACK: Duration = Duration::from_millis(500);
const ATTEMPTS: usize = 60;

/// The token of a user who has signed in.
#[derive(Clone)]
struct Token(String);

/// Four of five users.
pub fn visitor() -> Result<Scenario> {
    let visitor = scenario!("Visitor").set_weight(4)?;
    Ok(paced(visitor)?
        .register_transaction(transaction!(health).set_weight(1)?)
        .register_transaction(transaction!(list).set_weight(4)?)
        .register_transaction(transaction!(categories).set_weight(2)?)
        .register_transaction(transaction!(search).set_weight(3)?))
}

/// One of five.
pub fn customer() -> Result<Scenario> {
    Ok(paced(scenario!("Customer"))?
        .register_transaction(transaction!(sign_in).set_on_start())
        .register_transaction(transaction!(me).set_weight(1)?)
        .register_transaction(transaction!(orders).set_weight(1)?))
}

/// Somebody who buys all the time.
pub fn buyer() -> Result<Scenario> {
    Ok(paced(scenario!("Buyer"))?.register_transaction(transaction!(buy)))
}

fn paced(scenario: Scenario) -> Result<Scenario> {
    let [least, most] = PAUSE.map(Duration::from_millis);
    Ok(scenario.set_wait_time(least, most)?)
}

/// A number that differs each time.
pub fn dice(sides: usize) -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    // Fibonacci hashing: neighbours come far apart.
    let mixed = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) % sides.max(1)
}

/// The header that frees from rate limits whoever knows its value, and the variable that holds it here as at the server.
const BYPASS_HEADER: &str = "x-load-test-bypass";
const BYPASS_VARIABLE: &str = "RATE_LIMIT_BYPASS_TOKEN";

/// Sends a request that is counted under `name`, for the holder of a token when there is one.
async fn send(
    user: &mut GooseUser,
    method: GooseMethod,
    (address, name): (&str, &str),
    token: Option<&str>,
    body: Option<&Value>,
) -> Result<GooseResponse, Box<TransactionError>> {
    static BYPASS: LazyLock<Option<String>> =
        LazyLock::new(|| std::env::var(BYPASS_VARIABLE).ok().filter(|token| !token.is_empty()));
    let mut request = user.get_request_builder(&method, address)?;
    if let Some(bypass) = BYPASS.as_deref() {
        request = request.header(BYPASS_HEADER, bypass);
    }
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    let request = GooseRequest::builder().method(method).name(name).set_request_builder(request);
    user.request(request.build()).await
}

async fn read(user: &mut GooseUser, address: &str, name: &str) -> TransactionResult {
    send(user, GooseMethod::Get, (address, name), None, None).await.map(drop)
}

async fn health(user: &mut GooseUser) -> TransactionResult {
    read(user, paths::system::HEALTH, paths::system::HEALTH).await
}

async fn list(user: &mut GooseUser) -> TransactionResult {
    let address = match dice(4) {
        0 => format!("{}?page=2", paths::catalog::PRODUCTS),
        1 => format!("{}?sortBy=price&sortOrder=asc", paths::catalog::PRODUCTS),
        _ => paths::catalog::PRODUCTS.to_owned(),
    };
    read(user, &address, paths::catalog::PRODUCTS).await
}

async fn categories(user: &mut GooseUser) -> TransactionResult {
    read(user, paths::catalog::CATEGORIES, paths::catalog::CATEGORIES).await
}

async fn search(user: &mut GooseUser) -> TransactionResult {
    let word = SEARCHES.get(dice(SEARCHES.len())).copied().unwrap_or_default();
    let address = paths::with_query(paths::search::SEARCH, &[("q", word.to_owned())]);
    read(user, &address, paths::search::SEARCH).await
}

async fn sign_in(user: &mut GooseUser) -> TransactionResult {
    let email = CUSTOMERS.get(user.weighted_users_index % CUSTOMERS.len()).copied().unwrap_or_default();
    for _ in 0..ATTEMPTS {
        let place = (paths::auth::LOGIN, paths::auth::LOGIN);
        let mut answer = send(user, GooseMethod::Post, place, None, Some(&shop::credentials(email))).await?;
        let Ok(response) = answer.response else { return Ok(()) };
        if response.status() == 503 {
            // There are as many places to sign in as the processor can check passwords: who finds none is asked to come
            // back, which is an answer and not a failure.
            user.set_success(&mut answer.request)?;
            tokio::time::sleep(COME_BACK).await;
            continue;
        }
        if let Ok(Some(token)) = response.json::<Value>().await.map(|body| shop::token(&body).ok()) {
            user.set_session_data(Token(token));
        }
        break;
    }
    Ok(())
}

async fn me(user: &mut GooseUser) -> TransactionResult {
    signed(user, paths::auth::ME).await
}

async fn orders(user: &mut GooseUser) -> TransactionResult {
    signed(user, paths::orders::ORDERS).await
}

async fn signed(user: &mut GooseUser, address: &str) -> TransactionResult {
    let Some(token) = user.get_session_data::<Token>().map(|token| token.0.clone()) else { return Ok(()) };
    send(user, GooseMethod::Get, (address, address), Some(&token), None).await.map(drop)
}

/// Orders a cart, and then mostly pays, sometimes cancels, before or after paying, and sometimes does nothing.
async fn buy(user: &mut GooseUser) -> TransactionResult {
    let Some(buying) = checkout::buying() else { return Ok(()) };
    let token = buying.token(user.weighted_users_index).to_owned();
    let cart = buying.cart();
    let lines: Vec<(&str, u32)> =
        cart.iter().map(|(index, units)| (buying.product(*index), *units)).collect();
    let mut answer = post(user, &token, paths::orders::ORDERS, "/api/orders", &shop::order(&lines)).await?;
    let Ok(response) = answer.response else { return Ok(()) };
    match response.status().as_u16() {
        201 => {}
        // One product is scarce on purpose: what is sold out can't be bought, and nothing of such an order may be.
        400 if cart.iter().any(|(index, _)| buying.is_scarce(*index)) => {
            return user.set_success(&mut answer.request);
        }
        _ => return Ok(()),
    }
    buying.sold(&cart);
    let body = response.json::<Value>().await.unwrap_or_default();
    let Some(id) = body.pointer("/data/id").and_then(Value::as_str) else {
        return user.set_failure("an order without an id", &mut answer.request, None, None);
    };
    let (pays, cancels) = match dice(10) {
        0 => (false, false),
        1 | 2 => (false, true),
        3 => (true, true),
        _ => (true, false),
    };
    if pays {
        post(user, &token, &paths::orders::pay(id), "/api/orders/{id}/pay", &checkout::payment()).await?;
    }
    if cancels {
        let cancel = paths::orders::cancel(id);
        let answer = post(user, &token, &cancel, "/api/orders/{id}/cancel", &Value::Null).await?;
        if answer.response.is_ok_and(|response| response.status() == 200) {
            buying.returned(&cart);
        }
    }
    Ok(())
}

async fn post(
    user: &mut GooseUser,
    token: &str,
    address: &str,
    name: &str,
    body: &Value,
) -> Result<GooseResponse, Box<TransactionError>> {
    let body = (!body.is_null()).then_some(body);
    send(user, GooseMethod::Post, (address, name), Some(token), body).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_side_of_the_dice_comes_up() {
        let mut seen = [0; 10];
        (0..1_000).for_each(|_| seen[dice(10)] += 1);
        assert!(seen.iter().all(|times| (50..200).contains(times)), "{seen:?}");
    }
}
