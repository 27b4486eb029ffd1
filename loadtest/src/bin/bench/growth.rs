//! How long answers take that are made for the first time, in a small shop and in a large one: every request asks something
//! that was not asked before.

use std::{collections::HashSet, time::Duration};

use anyhow::{Context, Result, ensure};
use loadtest::{
    figures::{Times, tell},
    http::{Connection, get},
};
use serde_json::Value;
use shared_types::paths;

/// Requests of each kind that a shop answers in its turn.
const TURN: usize = 200;
/// The orders that a list can have.
const SORTS: [&str; 4] = [
    "sortBy=createdAt",
    "sortBy=price&sortOrder=asc",
    "sortBy=price&sortOrder=desc",
    "sortBy=name&sortOrder=asc",
];
/// How often a word is asked for: with so many numbers of suggestions, and as beginnings of so many lengths.
const VARIANTS: usize = LIMITS * LENGTHS;
const LIMITS: usize = 10;
const LENGTHS: usize = 4;
/// Products a page when their names are collected.
const PAGE: usize = 100;
/// Seconds to wait until the index is there.
const PATIENCE: u64 = 600;

/// Asks both shops for lists, products, suggestions and searches by turns, so that what else the machine does slows down both.
pub async fn measure(small: u16, large: u16, turns: usize) -> Result<()> {
    let mut shops = [Shop::open("small", small, turns).await?, Shop::open("large", large, turns).await?];
    for turn in 0..turns {
        for shop in &mut shops {
            shop.answer(turn * TURN..(turn + 1) * TURN).await?;
        }
    }
    shops.iter_mut().for_each(Shop::tell);
    Ok(())
}

/// A shop, what it is asked, and how long it took.
struct Shop {
    name: &'static str,
    connection: Connection,
    kinds: Vec<Kind>,
}

/// Questions of one kind, each another one.
struct Kind {
    name: &'static str,
    addresses: Vec<String>,
    times: Times,
}

impl Shop {
    /// Thinks of enough questions.
    async fn open(name: &'static str, port: u16, turns: usize) -> Result<Self> {
        let mut connection = Connection::open(port).await?;
        wait_for_index(&mut connection).await?;
        let count = TURN * turns;
        let products = some_products(&mut connection, count).await?;
        let words = words(&products);
        let slugs = products.iter().filter_map(|product| text(product, "slug"));
        let kinds = vec![
            Kind::of("list", count, (0..count).map(list)),
            Kind::of("product", count, slugs.map(paths::catalog::product)),
            Kind::of("suggestion", count, suggestions(&words)),
            Kind::of("search", count, words.iter().enumerate().map(|(number, word)| search(number, word))),
        ];
        Ok(Self { name, connection, kinds })
    }

    /// Answers some of the questions of each kind.
    async fn answer(&mut self, numbers: std::ops::Range<usize>) -> Result<()> {
        for kind in &mut self.kinds {
            for address in kind.addresses.iter().skip(numbers.start).take(numbers.len()) {
                let answer = self.connection.send(&get(address, &[])).await?;
                ensure!(
                    answer.status == 200,
                    "{address} answers {}: {}",
                    answer.status,
                    String::from_utf8_lossy(answer.body)
                );
                kind.times.add(answer.took);
            }
        }
        Ok(())
    }

    fn tell(&mut self) {
        for kind in &mut self.kinds {
            for (name, permille) in [("p50", 500), ("p99", 990)] {
                tell(&format!("growth.{}.{}.{name}", self.name, kind.name), kind.times.permille(permille));
            }
        }
    }
}

impl Kind {
    /// The first so many that differ: the same question again would be answered from memory.
    fn of(name: &'static str, count: usize, addresses: impl Iterator<Item = String>) -> Self {
        let mut seen = HashSet::new();
        let addresses = addresses.filter(|address| seen.insert(address.clone())).take(count).collect();
        Self { name, addresses, times: Times::default() }
    }
}

/// A lowest price of so many cents, which every product costs, makes a question that was not asked before.
fn list(number: usize) -> String {
    let sort = SORTS.get(number % SORTS.len()).copied().unwrap_or_default();
    format!("{}?{sort}&page={}&minPrice={}", paths::catalog::PRODUCTS, number % 5 + 1, cents(number))
}

fn search(number: usize, word: &str) -> String {
    paths::with_query(paths::search::SEARCH, &[("q", word.to_owned()), ("minPrice", cents(number))])
}

/// Beginnings of all the words, in all variants.
fn suggestions(words: &[String]) -> impl Iterator<Item = String> {
    let variants =
        (0..VARIANTS).flat_map(move |variant| words.iter().enumerate().map(move |word| (variant, word)));
    variants.map(|(variant, (number, word))| {
        let beginning: String = word.chars().take(2 + (number + variant) % LENGTHS).collect();
        let limit = (number / LENGTHS + variant) % LIMITS + 1;
        paths::with_query(paths::search::SUGGEST, &[("q", beginning), ("limit", limit.to_string())])
    })
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

/// So many products by name, or all there are.
async fn some_products(connection: &mut Connection, count: usize) -> Result<Vec<Value>> {
    // Pages at the front only: deep ones are slow by nature, and nobody turns a thousand pages.
    let mut products = Vec::new();
    for number in 1..=(2 * count).div_ceil(PAGE) {
        let pairs =
            [("limit", PAGE.to_string()), ("page", number.to_string()), ("sortBy", "name".to_owned())];
        let page = get(&paths::with_query(paths::catalog::PRODUCTS, &pairs), &[]);
        let mut list = connection.send(&page).await?.json()?;
        let page = list.pointer_mut("/data").and_then(Value::as_array_mut).context("a list without data")?;
        if page.is_empty() {
            break;
        }
        products.append(page);
    }
    // Every second one, then the others, so that neighbours in an index are not asked for one after the other.
    let (even, odd): (Vec<_>, Vec<_>) =
        products.into_iter().enumerate().partition(|(number, _)| number % 2 == 0);
    Ok(even.into_iter().chain(odd).map(|(_, product)| product).collect())
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
