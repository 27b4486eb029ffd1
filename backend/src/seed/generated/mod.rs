//! A catalogue of any size for benchmarks. Every run makes the same one: a product depends on its number alone, so a larger
//! catalogue begins with the smaller one, and a run that was interrupted goes on where it stopped.
//!
//! Eight products in a row are variants of one thing: they share brand, series, category and the moment they arrived.
//! Categories open as the catalogue grows, and the older a category the more it holds.

mod dice;
mod repo;
mod words;

use std::ops::{ControlFlow, Range};

use chrono::{DateTime, NaiveDateTime, TimeDelta};
use serde_json::{Value, json};
use shared_types::catalog::{ProductStatus, stock::StockReason};

use self::{
    dice::{Dice, nth},
    words::{DEPARTMENTS, Department, KINDS, SECTIONS, Section},
};
use crate::{
    db::{Database, DatabaseUrl, DbConnection, bulk, lock},
    error::AppError,
};

/// Most products that can be asked for: they would arrive until the middle of 2024.
pub const MOST: u64 = 5_000_000;
/// Products that are added in one transaction. More of them write each page of an index less often, and lose more work
/// when interrupted.
const BATCH: u64 = 10_000;

/// The first product arrived on 2015-01-01, one more was given a number every minute.
const OPENING: u64 = 1_420_070_400_000;
const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;
/// Variants of one thing.
const LINE: u64 = 8;

/// Categories at the top, below them, and below those.
const TOPS: usize = DEPARTMENTS.len();
const MIDDLES: usize = TOPS * SECTIONS;
const LEAVES: usize = MIDDLES * KINDS;

/// Keeps the streams of numbers apart that are about the same thing.
mod purpose {
    pub const CATEGORY_ID: u64 = 1;
    pub const PRODUCT_ID: u64 = 2;
    pub const MOVEMENT_ID: u64 = 3;
    pub const LINE: u64 = 4;
    pub const PRODUCT: u64 = 5;
}

/// A generated category.
struct Category {
    id: String,
    parent_id: Option<String>,
    name: String,
    slug: String,
    description: String,
    image_url: String,
    sort_order: i32,
    opened_at: NaiveDateTime,
}

/// A generated product with the ledger that explains its stock.
struct Product {
    id: String,
    category_id: String,
    sku: String,
    name: String,
    slug: String,
    description: String,
    price: i64,
    compare_at: Option<i64>,
    stock: i32,
    image_url: String,
    images: Vec<String>,
    status: ProductStatus,
    is_featured: bool,
    metadata: Option<Value>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    movements: Vec<Movement>,
}

/// Units that came or went.
struct Movement {
    id: String,
    reason: StockReason,
    delta: i32,
    note: Option<&'static str>,
    moved_at: NaiveDateTime,
}

/// The words of the category with this number among those without categories below: consecutive ones are in different
/// departments, so that the first few products are spread already.
fn leaf(number: usize) -> Option<(&'static Department, &'static Section, &'static str)> {
    let department = DEPARTMENTS.get(number % TOPS)?;
    let section = department.sections.get(number / TOPS % SECTIONS)?;
    Some((department, section, section.kinds.get(number / MIDDLES)?))
}

/// How many of those there are when the catalogue holds so many products: 15 for a thousand, 240 for a million.
fn open_leaves(products: u64) -> usize {
    usize::try_from(6 + products.isqrt() * 3 / 10).unwrap_or(LEAVES).min(LEAVES)
}

/// The categories that the first so many products are in, parents first.
fn categories(products: u64) -> Vec<Category> {
    let open = open_leaves(products);
    let tops = (0..open.min(TOPS)).filter_map(|number| {
        let (department, ..) = leaf(number)?;
        Some((number, None, department.name.to_owned(), slug_of(department.name), department))
    });
    let middles = (0..open.min(MIDDLES)).filter_map(|number| {
        let (department, section, _) = leaf(number)?;
        let parent = Some(number % TOPS);
        Some((TOPS + number, parent, section.name.to_owned(), slug_of(section.name), department))
    });
    let leaves = (0..open).filter_map(|number| {
        let (department, _, kind) = leaf(number)?;
        let name = plural(kind);
        let slug = slug_of(&name);
        Some((TOPS + MIDDLES + number, Some(TOPS + number % MIDDLES), name, slug, department))
    });
    tops.chain(middles)
        .chain(leaves)
        .map(|(ordinal, parent, name, slug, department)| Category {
            id: category_id(ordinal),
            parent_id: parent.map(category_id),
            description: format!("{name} for every day, from brands that keep spare parts."),
            name,
            slug,
            image_url: picture(nth(&department.pictures, u64::from(parent.is_some()))),
            sort_order: i32::try_from(ordinal).unwrap_or(i32::MAX),
            opened_at: moment(OPENING - DAY),
        })
        .collect()
}

/// The product with this number, counted from 0; nothing beyond [`MOST`].
fn product(number: u64) -> Option<Product> {
    if number >= MOST {
        return None;
    }
    let first_of_line = number - number % LINE;
    let mut line = Dice::of(first_of_line, purpose::LINE);
    let open = u64::try_from(open_leaves(first_of_line)).unwrap_or(1);
    let leaf_number = usize::try_from(line.low_below(open)).unwrap_or(0);
    let (department, section, kind) = leaf(leaf_number)?;
    let (brand, series) = (line.pick(&words::BRANDS), line.pick(&words::SERIES));
    let material = line.pick(&words::MATERIALS);
    let model = 100 + 10 * line.below(90);
    let price_of_line = price_between(&mut line, section.prices);
    let arrived = OPENING + first_of_line * MINUTE;

    let mut dice = Dice::of(number, purpose::PRODUCT);
    let colour = nth(&words::COLOURS, line.roll() % 16 + number % LINE);
    let status = match dice.below(100) {
        0..5 => ProductStatus::Draft,
        5..8 => ProductStatus::Archived,
        _ => ProductStatus::Active,
    };
    let price = price_of_line + [0, 0, 0, 0, 500, 1_000].get(to_usize(dice.below(6))).copied().unwrap_or(0);
    let compare_at = dice.in_thousand(200).then(|| price + price * (10 + dice.below(40)) / 100);
    let is_for_sale = status == ProductStatus::Active && !dice.in_thousand(80);
    let stock = if is_for_sale { 1 + dice.low_below(500) } else { 0 };
    let name = format!("{brand} {series} {kind} {model}, {colour}");
    let images = if dice.in_thousand(250) { vec![picture(nth(&department.pictures, 1))] } else { Vec::new() };
    let changed_after = if dice.in_thousand(300) { dice.below(90 * DAY) } else { 0 };
    Some(Product {
        id: id_at(OPENING + number * MINUTE, number, purpose::PRODUCT_ID),
        category_id: category_id(TOPS + MIDDLES + leaf_number),
        sku: format!("A{number:07}-{}", initials(brand)),
        slug: format!("{}-{number}", slug_of(&name)),
        name,
        description: describe(&mut dice, (brand, series, kind), material),
        price: i64::try_from(price).unwrap_or(i64::MAX),
        compare_at: compare_at.and_then(|price| i64::try_from(price).ok()),
        stock: to_i32(stock),
        image_url: picture(nth(&department.pictures, 0)),
        images,
        status,
        is_featured: dice.in_thousand(10),
        metadata: dice.in_thousand(900).then(|| {
            json!({"brand": brand, "series": series, "colour": colour, "material": material,
                   "weightGrams": 50 + dice.low_below(20_000), "warrantyMonths": 12 * (1 + dice.below(5))})
        }),
        created_at: moment(arrived),
        updated_at: moment(arrived + changed_after),
        movements: movements(number, &mut dice, (to_i32(stock), arrived)),
    })
}

/// What came first, and for some what was lost later: together the stock.
fn movements(number: u64, dice: &mut Dice, (stock, arrived): (i32, u64)) -> Vec<Movement> {
    let lost = if dice.in_thousand(120) { 1 + to_i32(dice.below(20)) } else { 0 };
    let first = (arrived, StockReason::Initial, stock + lost, None);
    let loss = (arrived + DAY, StockReason::Adjustment, -lost, Some(dice.pick(&words::NOTES)));
    [(0, first), (1, loss)]
        .into_iter()
        .filter(|(_, (_, _, delta, _))| *delta != 0)
        .map(|(which, (at, reason, delta, note))| Movement {
            id: id_at(OPENING + number * MINUTE, number * 2 + which, purpose::MOVEMENT_ID),
            reason,
            delta,
            note,
            moved_at: moment(at),
        })
        .collect()
}

/// A price as shops write them, cheap things more often than dear ones.
fn price_between(dice: &mut Dice, (low, high): (u64, u64)) -> u64 {
    let units = (low + dice.low_below(high - low)) / 100;
    units * 100 + [99, 95, 50, 90].get(to_usize(dice.below(4))).copied().unwrap_or(0)
}

fn describe(dice: &mut Dice, (brand, series, kind): (&str, &str, &str), material: &str) -> String {
    let opening = dice.pick(&words::OPENINGS);
    let mut text =
        format!("{opening} The {series} {} by {brand} is made of {material}.", kind.to_lowercase());
    let from = dice.roll();
    for step in 0..dice.below(4) {
        text.push(' ');
        text.push_str(nth(&words::DETAILS, from % 10 + step));
    }
    text
}

fn category_id(ordinal: usize) -> String {
    let ordinal = u64::try_from(ordinal).unwrap_or(0);
    id_at(OPENING - DAY + ordinal * 1_000, ordinal, purpose::CATEGORY_ID)
}

/// An id as the server makes them, but of a fixed moment and with fixed digits in the place of random ones.
fn id_at(millis: u64, thing: u64, purpose: u64) -> String {
    let mut digits = [0; 10];
    let mut dice = Dice::of(thing, purpose);
    let rolled = dice.roll().to_be_bytes().into_iter().chain(dice.roll().to_be_bytes());
    digits.iter_mut().zip(rolled).for_each(|(digit, rolled)| *digit = rolled);
    uuid::Builder::from_unix_timestamp_millis(millis, &digits).into_uuid().to_string()
}

/// Where the ids of generated products begin, and where they end: no id that a server makes lies between.
fn id_range() -> (String, String) {
    let edge = |millis| uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid().to_string();
    (edge(OPENING), edge(OPENING + MOST * MINUTE))
}

/// How many products there are when the last one has this id.
fn count_up_to(last: &str) -> Option<u64> {
    let (seconds, nanos) = uuid::Uuid::parse_str(last).ok()?.get_timestamp()?.to_unix();
    let millis = seconds * 1_000 + u64::from(nanos) / 1_000_000;
    Some(millis.checked_sub(OPENING)? / MINUTE + 1)
}

fn moment(millis: u64) -> NaiveDateTime {
    let at = TimeDelta::milliseconds(i64::try_from(millis).unwrap_or(0));
    DateTime::UNIX_EPOCH.naive_utc().checked_add_signed(at).unwrap_or_default()
}

fn picture(of: &str) -> String {
    format!("/images/products/{of}.svg")
}

fn initials(brand: &str) -> String {
    brand.chars().filter(char::is_ascii_alphabetic).take(3).collect::<String>().to_uppercase()
}

fn plural(word: &str) -> String {
    let ends_in = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    match word.strip_suffix('y') {
        Some(stem) if !ends_in(&["ay", "ey", "oy"]) => format!("{stem}ies"),
        _ if ends_in(&["s", "sh", "ch", "x"]) => format!("{word}es"),
        _ => format!("{word}s"),
    }
}

fn slug_of(name: &str) -> String {
    let kept = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let spaced: String = name.replace('\'', "").chars().map(kept).collect();
    spaced.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

fn to_i32(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// How many generated products there were, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grown {
    /// Before.
    pub before: u64,
    /// Now.
    pub now: u64,
}

impl std::fmt::Display for Grown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { before, now } = self;
        match (before, now - before) {
            (0, added) => write!(f, "{added} generated products are added."),
            (_, 0) => write!(f, "{now} generated products are there already."),
            (_, added) => {
                write!(f, "{added} generated products are added to the {before} that were there: {now} now.")
            }
        }
    }
}

/// Brings the generated catalogue to this size, if it is smaller, and the statistics of the database up to date. `progress`
/// is told after every transaction how many products there are, and may end the work there.
pub async fn grow(
    database: &Database,
    products: u64,
    mut progress: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Grown, String> {
    let text = |error: AppError| error.to_string();
    let products = products.min(MOST);
    let started = move |connection: &mut DbConnection| start(connection, products);
    let before = database.write(started).await.map_err(text)?;
    let mut now = before;
    while now < products {
        now = database.write(move |connection| add_batch(connection, products)).await.map_err(text)?;
        if progress(now).is_break() {
            return Ok(Grown { before, now });
        }
    }
    let analyze = |connection: &mut DbConnection| bulk::analyze(connection).map_err(AppError::from);
    match database.url() {
        // Statistics are written there as rows are, by whoever holds the place of the writer.
        DatabaseUrl::Sqlite(_) => database.write(analyze).await.map_err(text)?,
        DatabaseUrl::Postgres(_) => database.read(analyze).await.map_err(text)?,
    }
    Ok(Grown { before, now })
}

/// Adds the categories that are missing, and answers how many products there are.
fn start(connection: &mut DbConnection, products: u64) -> Result<u64, AppError> {
    lock::category_tree(connection)?;
    let there = present(connection)?;
    if there < products {
        repo::insert_missing_categories(connection, &categories(products))?;
    }
    Ok(there)
}

/// Adds the next products and answers how many there are. Looks anew how many there were: another process may be adding
/// them, too, or a process that was killed may have been further than it could tell.
fn add_batch(connection: &mut DbConnection, products: u64) -> Result<u64, AppError> {
    bulk::prepare(connection)?;
    lock::category_tree(connection)?;
    let from = present(connection)?;
    let to = products.min(from + BATCH);
    let range: Range<u64> = from..to;
    repo::insert_products(connection, range.filter_map(product))?;
    if to == products && from < to {
        repo::record_everything(connection)?;
    }
    Ok(to.max(from))
}

fn present(connection: &mut DbConnection) -> Result<u64, AppError> {
    let (from, to) = id_range();
    let last = repo::last_product_id(connection, &from, &to)?;
    Ok(last.as_deref().and_then(count_up_to).unwrap_or(0))
}

#[cfg(test)]
mod tests;
