//! Documents that are searched together. A segment never changes; a change makes a new one and marks old documents dead.
//!
//! Documents are numbered in the order in which equally good matches are shown, so the first of a set are its best, and
//! every other order that can be asked for is kept beside it.

mod best;
mod builder;
mod levels;

use std::{
    cmp::{Ordering, Reverse},
    hash::{DefaultHasher, Hash, Hasher},
};

pub use self::{builder::Builder, levels::Levels};
use super::{
    bits::Bits,
    cheapest::Cheapest,
    postings::Postings,
    sieve::Sieve,
    texts::{Texts, offset},
};

/// A product that can be found, as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Document {
    /// Opaque id.
    pub id: String,
    /// Where it is shelved.
    pub category_id: String,
    /// Stock keeping unit.
    pub sku: String,
    /// Shown name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// In minor units.
    pub price: i64,
    /// Whether it can be bought. How many there are is not searched, so most orders change nothing here.
    pub in_stock: bool,
    /// Whether the shop recommends it.
    pub is_featured: bool,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// When somebody edited it last, in milliseconds since 1970. It is not searched: a document that stayed the same has
    /// changed in nothing but its number of units.
    pub edited_at: i64,
}

impl Document {
    /// Equal for documents that are equal.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

/// What is known of a document beside its texts.
#[derive(Debug, Clone, Copy)]
struct Row {
    price: i64,
    created_at: i64,
    fingerprint: u64,
    /// The index's number of the category.
    category: u32,
    /// Words of the name, up to 255.
    name_words: u8,
    in_stock: bool,
    is_featured: bool,
}

/// Fields with a dictionary. Codes have none: hardly two products share a part of one.
const FIELDS: usize = 3;

/// Documents, by number, and the dictionary of their words.
#[derive(Debug, Default)]
pub struct Segment {
    rows: Vec<Row>,
    ids: Texts,
    names: Texts,
    /// Folded, with single spaces.
    codes: Texts,
    sieve: Sieve,
    /// Documents by id.
    by_id: Vec<u32>,
    by_code: Vec<u32>,
    by_price: Cheapest,
    by_age: Vec<u32>,
    by_name: Vec<u32>,
    by_category: Vec<u32>,
    in_stock: Bits,
    featured: Bits,
    /// Documents whose price is in each of the facets' ranges.
    ranges: Vec<Bits>,
    /// Documents in each category, by its number.
    categories: Vec<i64>,
    terms: Texts,
    /// By field: first words of names, their other words, descriptions.
    postings: [Postings; FIELDS],
}

impl Segment {
    /// How many documents there are, dead or alive.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// All documents that are not dead.
    pub fn alive(&self, dead: &Bits) -> Bits {
        let mut alive = Bits::all(self.count());
        alive.remove_all(dead);
        alive
    }

    /// How much one costs, in minor units.
    pub fn price(&self, document: usize) -> i64 {
        self.rows.get(document).map_or(0, |row| row.price)
    }

    /// The index's number of its category; one that no category has when there is no such document.
    pub fn category(&self, document: usize) -> u32 {
        self.rows.get(document).map_or(u32::MAX, |row| row.category)
    }

    /// When it was created, in microseconds since 1970.
    pub fn created_at(&self, document: usize) -> i64 {
        self.rows.get(document).map_or(0, |row| row.created_at)
    }

    /// The fingerprint of the whole document.
    pub fn fingerprint(&self, document: usize) -> Option<u64> {
        self.rows.get(document).map(|row| row.fingerprint)
    }

    /// Its id.
    pub fn id(&self, document: usize) -> &str {
        self.ids.get(document)
    }

    /// Its name.
    pub fn name(&self, document: usize) -> &str {
        self.names.get(document)
    }

    /// Documents that can be bought.
    pub fn in_stock(&self) -> &Bits {
        &self.in_stock
    }

    /// Recommended documents.
    pub fn featured(&self) -> &Bits {
        &self.featured
    }

    /// Documents by range of prices.
    pub fn ranges(&self) -> &[Bits] {
        &self.ranges
    }

    /// How many documents there are in each category, by its number.
    pub fn categories(&self) -> &[i64] {
        &self.categories
    }

    /// The document with an id.
    pub fn find(&self, id: &str) -> Option<usize> {
        let at = self.by_id.binary_search_by(|document| self.ids.get(offset(*document)).cmp(id)).ok()?;
        self.by_id.get(at).map(|document| offset(*document))
    }

    /// All documents in an order.
    pub fn sorted(&self, order: Order) -> &[u32] {
        match order {
            Order::Name => &self.by_name,
            Order::Price => self.by_price.order(),
            Order::Age => &self.by_age,
        }
    }

    /// Documents whose price lies between two, both included, dead or alive.
    pub fn priced(&self, least: i64, most: i64) -> Bits {
        let cheaper = self.by_price.count_while(|document| self.price(document) < least);
        let fitting = self.by_price.count_while(|document| self.price(document) <= most);
        let mut priced = self.by_price.first(fitting);
        if cheaper > 0 {
            priced.remove_all(&self.by_price.first(cheaper));
        }
        priced
    }

    /// Documents in a category.
    pub fn in_category(&self, category: u32) -> &[u32] {
        let number = offset(category);
        let count = |products: &i64| usize::try_from(*products).unwrap_or(0);
        let from: usize = self.categories.iter().take(number).map(count).sum();
        let to = from + self.categories.get(number).map_or(0, count);
        self.by_category.get(from..to).unwrap_or_default()
    }

    /// Every word of the dictionary, with what to ask [`Segment::names_with`] for.
    pub fn terms(&self) -> impl Iterator<Item = (usize, &str)> {
        self.terms.iter().enumerate()
    }

    /// How many names that are not dead have a word.
    pub fn names_with(&self, term: usize, dead: &Bits) -> usize {
        let [start, later, _] = &self.postings;
        start.alive(term, dead) + later.alive(term, dead)
    }
}

/// What documents are sorted by, beside how good a match they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By name, by bytes.
    Name,
    /// The cheapest first.
    Price,
    /// The oldest first.
    Age,
}

impl Order {
    /// Which of two comes first; of what is equal, the lower id. Equal only for a product and itself.
    pub fn compare(self, a: (&Segment, usize), b: (&Segment, usize)) -> Ordering {
        let by_id = || a.0.id(a.1).cmp(b.0.id(b.1));
        let first = match self {
            Self::Name => a.0.name(a.1).cmp(b.0.name(b.1)),
            Self::Price => a.0.price(a.1).cmp(&b.0.price(b.1)),
            Self::Age => a.0.created_at(a.1).cmp(&b.0.created_at(b.1)),
        };
        first.then_with(by_id)
    }
}

/// The order of equally good matches: the shorter name, then what can be bought, then what the shop recommends, then the
/// newest. Equal only for a product and itself.
pub fn compare(a: (&Segment, usize), b: (&Segment, usize)) -> Ordering {
    let key = |(segment, document): (&Segment, usize)| segment.rows.get(document).map(Row::key);
    key(a).cmp(&key(b)).then_with(|| a.0.id(a.1).cmp(b.0.id(b.1)))
}

impl Row {
    fn key(&self) -> (u8, bool, bool, Reverse<i64>) {
        (self.name_words, !self.in_stock, !self.is_featured, Reverse(self.created_at))
    }
}
