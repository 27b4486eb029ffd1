//! How long answers take that are made for the first time: every request asks something that was not asked before.

use std::{collections::HashSet, time::Duration};

use anyhow::{Context, Result, ensure};
use loadtest::{
    figures::{Times, tell},
    http::{Connection, get},
};
use serde_json::Value;
use shared_types::paths;

/// Requests of each kind.
const REQUESTS: usize = 300;
/// The orders that a list can have.
const SORTS: [&str; 4] = [
    "sortBy=createdAt",
    "sortBy=price&sortOrder=asc",
    "sortBy=price&sortOrder=desc",
    "sortBy=name&sortOrder=asc",
];
/// Products a page when their names are collected.
const PAGE: usize = 100;
/// Seconds to wait until the index is there.
const PATIENCE: u64 = 600;

/// Asks for lists, products, suggestions and searches, one after the other.
pub async fn measure(port: u16) -> Result<()> {
    let mut connection = Connection::open(port).await?;
    wait_for_index(&mut connection).await?;
    let products = some_products(&mut connection).await?;
    let words = words(&products);
    let slugs: Vec<&str> = products.iter().filter_map(|product| text(product, "slug")).collect();
    // A lowest price of so many cents, which every product costs, makes a question that was not asked before.
    let lists: Vec<String> = (0..REQUESTS)
        .map(|number| {
            let sort = SORTS.get(number % SORTS.len()).copied().unwrap_or_default();
            format!("{}?{sort}&page={}&minPrice={}", paths::catalog::PRODUCTS, number % 5 + 1, cents(number))
        })
        .collect();
    let singles: Vec<String> =
        slugs.iter().take(REQUESTS).map(|slug| paths::catalog::product(slug)).collect();
    let suggestions: Vec<String> = words
        .iter()
        .enumerate()
        .map(|(number, word)| {
            let beginning: String = word.chars().take(2 + number % 4).collect();
            let pairs = [("q", beginning), ("limit", (number / 4 % 10 + 1).to_string())];
            paths::with_query(paths::search::SUGGEST, &pairs)
        })
        .collect();
    let searches: Vec<String> = words
        .iter()
        .enumerate()
        .map(|(number, word)| {
            paths::with_query(paths::search::SEARCH, &[("q", word.clone()), ("minPrice", cents(number))])
        })
        .collect();
    for (name, addresses) in
        [("list", lists), ("product", singles), ("suggestion", suggestions), ("search", searches)]
    {
        let mut times = Times::default();
        // The same question again would be answered from memory.
        let mut asked = HashSet::new();
        for address in addresses.iter().filter(|address| asked.insert(address.as_str())).take(REQUESTS) {
            let answer = connection.send(&get(address, &[])).await?;
            ensure!(
                answer.status == 200,
                "{address} answers {}: {}",
                answer.status,
                String::from_utf8_lossy(answer.body)
            );
            times.add(answer.took);
        }
        tell(&format!("growth.{name}.p50"), times.permille(500));
        tell(&format!("growth.{name}.p99"), times.permille(990));
    }
    Ok(())
}

async fn wait_for_index(connection: &mut Connection) -> Result<()> {
    for _ in 0..PATIENCE {
        let state = connection.send(&get(paths::system::READY, &[])).await?.json()?;
        if state.pointer("/checks/search").and_then(Value::as_str) == Some("up") {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    anyhow::bail!("the index was not there after {PATIENCE} s")
}

/// Products from all over the catalogue.
async fn some_products(connection: &mut Connection) -> Result<Vec<Value>> {
    let page = |number: usize| {
        let pairs =
            [("limit", PAGE.to_string()), ("page", number.to_string()), ("sortBy", "name".to_owned())];
        get(&paths::with_query(paths::catalog::PRODUCTS, &pairs), &[])
    };
    let first = connection.send(&page(1)).await?.json()?;
    let pages = first.pointer("/meta/totalPages").and_then(Value::as_u64).context("a list without meta")?;
    let pages = usize::try_from(pages)?.max(1);
    // Pages at the front only: deep ones are slow by nature, and nobody turns a thousand pages.
    let mut products = Vec::new();
    for number in 1..=pages.min(8) {
        let list = connection.send(&page(number)).await?.json()?;
        products.extend(list.pointer("/data").and_then(Value::as_array).cloned().unwrap_or_default());
    }
    // Every second one, so that neighbours in an index are not asked for one after the other.
    Ok(products.into_iter().step_by(2).collect())
}

/// A word of each product's name.
fn words(products: &[Value]) -> Vec<String> {
    let names = products.iter().filter_map(|product| text(product, "name"));
    names
        .enumerate()
        .filter_map(|(number, name)| {
            let words: Vec<&str> = name.split(' ').filter(|word| word.chars().count() > 2).collect();
            words.get(number % words.len().max(1)).map(|word| (*word).to_owned())
        })
        .collect()
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

fn cents(number: usize) -> String {
    format!("0.{:02}", number % 99 + 1)
}
