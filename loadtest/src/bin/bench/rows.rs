//! What an order writes, by SQL alone: the order, its two items, the stock they take, the ledger's and the followers' rows,
//! in one transaction. Statements are prepared once for each connection, as the shop's are.

use std::{
    sync::atomic::{AtomicI64, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use chrono::{NaiveDateTime, Utc};
use diesel::{
    Connection, PgConnection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, prelude::*,
};
use loadtest::{figures::number, shop};

diesel::table! {
    orders (id) {
        id -> Text, order_number -> Text, user_id -> Text, status -> Text, subtotal -> BigInt, tax -> BigInt,
        shipping_amount -> BigInt, discount_amount -> BigInt, total_amount -> BigInt, currency -> Text,
        shipping_address -> Text, billing_address -> Text, expires_at -> Nullable<Timestamp>,
        created_at -> Timestamp, updated_at -> Timestamp,
    }
}
diesel::table! {
    order_items (id) {
        id -> Text, order_id -> Text, product_id -> Text, sku -> Text, name -> Text, quantity -> Integer,
        unit_price -> BigInt, subtotal -> BigInt,
    }
}
diesel::table! {
    products (id) { id -> Text, slug -> Text, status -> Text, stock -> Integer, created_at -> Timestamp, }
}
diesel::table! {
    stock_movements (id) {
        id -> Text, product_id -> Text, order_id -> Nullable<Text>, reason -> Text, delta -> Integer,
        created_at -> Timestamp,
    }
}
diesel::table! {
    catalog_changes (seq) { seq -> BigInt, entity -> Text, entity_id -> Text, created_at -> Timestamp, }
}
diesel::table! {
    users (id) { id -> Text, email -> Text, }
}

/// As the shop opens the embedded database: what is committed survives power loss.
const SQLITE: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                      PRAGMA foreign_keys = ON; PRAGMA cache_size = -4000; PRAGMA temp_store = MEMORY;";
/// Products that orders are about.
const PRODUCTS: i64 = 20;

/// What rows refer to.
#[derive(Clone)]
struct Refers {
    user: String,
    products: Vec<String>,
}

/// Numbers for ids, and the last one of `catalog_changes`.
struct Counters {
    ids: AtomicUsize,
    changes: AtomicI64,
}

/// Writes the rows of orders over so many connections for so long, and answers how many orders that were in a second.
pub fn write(url: &str, writers: usize, time: Duration, turn: usize) -> Result<f64> {
    let counters = Counters { ids: AtomicUsize::new(0), changes: AtomicI64::new(0) };
    let started = Instant::now();
    let end = started + time;
    let written = std::thread::scope(|scope| {
        let writing: Vec<_> =
            (0..writers).map(|_| scope.spawn(|| write_until(end, url, turn, &counters))).collect();
        let done =
            writing.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a writer panicked")));
        done.sum::<Result<usize>>()
    })?;
    Ok(number(written) / started.elapsed().as_secs_f64())
}

/// Both engines' connections are prepared and used alike.
macro_rules! write_with {
    ($connection:ident, $end:ident, $turn:ident, $counters:ident, $sqlite:expr) => {{
        let refers = read_refers!($connection);
        if $sqlite {
            let last: Option<i64> = catalog_changes::table
                .select(diesel::dsl::max(catalog_changes::seq))
                .first(&mut $connection)?;
            $counters.changes.fetch_max(last.unwrap_or(0), Ordering::Relaxed);
        }
        let mut written = 0;
        while Instant::now() < $end {
            let id =
                format!("{}-{}-{}", std::process::id(), $turn, $counters.ids.fetch_add(1, Ordering::Relaxed));
            $connection.batch_execute(if $sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" })?;
            write_order!($connection, &id, &refers, written, $counters, $sqlite);
            $connection.batch_execute("COMMIT")?;
            written += 1;
        }
        Ok(written)
    }};
}

macro_rules! read_refers {
    ($connection:ident) => {
        Refers {
            user: users::table
                .filter(users::email.eq(shop::CUSTOMERS[0]))
                .select(users::id)
                .first(&mut $connection)
                .context("the demo shop is not there")?,
            products: products::table
                .filter(products::status.eq("ACTIVE"))
                .order((products::created_at.desc(), products::id.desc()))
                .limit(PRODUCTS)
                .select(products::id)
                .load(&mut $connection)?,
        }
    };
}

macro_rules! write_order {
    ($connection:ident, $id:expr, $refers:expr, $number:expr, $counters:ident, $sqlite:expr) => {{
        let (id, now): (&str, NaiveDateTime) = ($id, Utc::now().naive_utc());
        let address = shop::address().to_string();
        diesel::insert_into(orders::table)
            .values((
                (orders::id.eq(id), orders::order_number.eq(id), orders::user_id.eq(&$refers.user)),
                (orders::status.eq("PENDING"), orders::subtotal.eq(2_000), orders::tax.eq(200)),
                (
                    orders::shipping_amount.eq(999),
                    orders::discount_amount.eq(0),
                    orders::total_amount.eq(3_199),
                ),
                (orders::currency.eq("USD"), orders::shipping_address.eq(&address)),
                (orders::billing_address.eq(&address), orders::expires_at.eq(Some(now))),
                (orders::created_at.eq(now), orders::updated_at.eq(now)),
            ))
            .execute(&mut $connection)?;
        // In order of product, as the shop does it: so two orders cannot wait for each other.
        let count = $refers.products.len().max(1);
        let mut pair = [$number % count, ($number + 1) % count].map(|index| $refers.products.get(index));
        pair.sort_unstable();
        for product in pair.into_iter().flatten() {
            let part = format!("{id}-{product}");
            diesel::update(products::table.find(product).filter(products::stock.ge(1)))
                .set(products::stock.eq(products::stock - 1))
                .execute(&mut $connection)?;
            diesel::insert_into(stock_movements::table)
                .values((
                    (stock_movements::id.eq(&part), stock_movements::product_id.eq(product)),
                    (stock_movements::order_id.eq(Some(id)), stock_movements::reason.eq("ORDER")),
                    (stock_movements::delta.eq(-1), stock_movements::created_at.eq(now)),
                ))
                .execute(&mut $connection)?;
            diesel::insert_into(order_items::table)
                .values((
                    (order_items::id.eq(&part), order_items::order_id.eq(id)),
                    (
                        order_items::product_id.eq(product),
                        order_items::sku.eq("SKU"),
                        order_items::name.eq("Name"),
                    ),
                    (
                        order_items::quantity.eq(1),
                        order_items::unit_price.eq(1_000),
                        order_items::subtotal.eq(1_000),
                    ),
                ))
                .execute(&mut $connection)?;
        }
        let changed: Vec<_> = pair
            .into_iter()
            .flatten()
            .map(|product| {
                (
                    catalog_changes::entity.eq("PRODUCT"),
                    catalog_changes::entity_id.eq(product),
                    catalog_changes::created_at.eq(now),
                )
            })
            .collect();
        if $sqlite {
            let numbered: Vec<_> = changed
                .into_iter()
                .map(|row| {
                    (catalog_changes::seq.eq($counters.changes.fetch_add(1, Ordering::Relaxed) + 1), row)
                })
                .collect();
            diesel::insert_into(catalog_changes::table).values(numbered).execute(&mut $connection)?;
        } else {
            diesel::insert_into(catalog_changes::table).values(changed).execute(&mut $connection)?;
        }
    }};
}

fn write_until(end: Instant, url: &str, turn: usize, counters: &Counters) -> Result<usize> {
    match url.strip_prefix("sqlite://") {
        Some(path) => {
            let mut connection = SqliteConnection::establish(path).context("the file can't be opened")?;
            connection.batch_execute(SQLITE)?;
            write_with!(connection, end, turn, counters, true)
        }
        None => {
            let mut connection = PgConnection::establish(url).context("PostgreSQL can't be reached")?;
            write_with!(connection, end, turn, counters, false)
        }
    }
}

/// Makes an empty database beside the one that `url` names.
pub fn create_database(url: &str, name: &str) -> Result<()> {
    let mut connection = PgConnection::establish(url).context("PostgreSQL can't be reached")?;
    connection.batch_execute(&format!("CREATE DATABASE {name}")).context("no database can be created")
}
