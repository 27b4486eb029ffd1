//! Orders through HTTP, beside the rows of as many orders written by SQL. The two take turns, each in a database of its own
//! on the same disk or server.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use loadtest::{
    figures::{Times, median, number, tell},
    http::{Connection, bearer, get, post},
    shop::{ADMIN, CUSTOMERS, order, sign_in},
};
use serde_json::{Value, json};
use shared_types::paths;
use tokio::task::LocalSet;

use crate::rows;

/// Shoppers who order at once.
const CONNECTIONS: usize = 16;
const ROUND: Duration = Duration::from_secs(3);
/// Units that are added to each product, so that nothing is sold out.
const PLENTY: u32 = 1_000_000;

/// Orders and writes rows by turns. `writers` is how many connections write to the database of the rows.
pub async fn measure(name: &str, port: u16, rows_url: &str, writers: usize, rounds: usize) -> Result<()> {
    let mut connection = Connection::open(port).await?;
    let products = stock_up(&mut connection).await?;
    let mut tokens = Vec::new();
    for email in CUSTOMERS {
        tokens.push(sign_in(&mut connection, email).await?);
    }
    let (mut through_http, mut by_sql) = (Vec::new(), Vec::new());
    let mut times = Times::default();
    for turn in 0..rounds {
        let url = rows_url.to_owned();
        let written = tokio::task::spawn_blocking(move || rows::write(&url, writers, ROUND, turn));
        by_sql.push(written.await??);
        let started = Instant::now();
        let of_round = order_for(port, &tokens, &products).await?;
        through_http.push(number(of_round.count()) / started.elapsed().as_secs_f64());
        times.merge(of_round);
    }
    tell(&format!("orders.{name}.http.rate"), median(&through_http));
    tell(&format!("orders.{name}.http.p99"), times.permille(990));
    tell(&format!("orders.{name}.rows.rate"), median(&by_sql));
    Ok(())
}

/// The ids of some products, after plenty of each was put on the shelf.
async fn stock_up(connection: &mut Connection) -> Result<Vec<String>> {
    let token = sign_in(connection, ADMIN).await?;
    let list = connection.send(&get(paths::catalog::PRODUCTS, &[])).await?.json()?;
    let products = list.pointer("/data").and_then(Value::as_array).context("a list without products")?;
    let ids = products.iter().filter_map(|product| product.get("id").and_then(Value::as_str));
    let ids: Vec<String> = ids.map(str::to_owned).collect();
    for id in &ids {
        let more = post(&paths::catalog::stock(id), &[bearer(&token)], &json!({"delta": PLENTY}));
        connection.send(&more).await?.json()?;
    }
    Ok(ids)
}

async fn order_for(port: u16, tokens: &[String], products: &[String]) -> Result<Times> {
    let end = Instant::now() + ROUND;
    let tasks = LocalSet::new();
    let mut shoppers = Vec::new();
    for number in 0..CONNECTIONS {
        let token = tokens.get(number % tokens.len().max(1)).context("nobody is signed in")?;
        // Two products in each order, as many different pairs as there are shoppers.
        let pick = |step: usize| products.get((number + step) % products.len().max(1)).context("no products");
        let lines = [(pick(0)?.as_str(), 1), (pick(1)?.as_str(), 1)];
        let request = post(paths::orders::ORDERS, &[bearer(token)], &order(&lines));
        shoppers.push(tasks.spawn_local(shopper(port, end, request)));
    }
    tasks.await;
    let mut times = Times::default();
    for shopper in shoppers {
        times.merge(shopper.await??);
    }
    Ok(times)
}

async fn shopper(port: u16, end: Instant, request: Vec<u8>) -> Result<Times> {
    let mut connection = Connection::open(port).await?;
    let mut times = Times::default();
    while Instant::now() < end {
        let answer = connection.send(&request).await?;
        ensure!(
            answer.status == 201,
            "an order answers {}: {}",
            answer.status,
            String::from_utf8_lossy(answer.body)
        );
        times.add(answer.took);
    }
    Ok(times)
}
