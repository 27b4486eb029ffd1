//! Documents that are searched together. A segment never changes; a change makes a new one and marks old documents dead.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{
    bits::Bits,
    rank::{Place, points},
    text::{fold, words},
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
    /// Milliseconds since 1970.
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

/// What filters, facets and the order by relevance need of a document. Small: a search may look at all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// In minor units.
    pub price: i64,
    /// The index's number of the category.
    pub category: u32,
    /// Words of the name, up to 255.
    pub name_words: u8,
    /// Whether it can be bought.
    pub in_stock: bool,
    /// Whether the shop recommends it.
    pub is_featured: bool,
}

/// What is needed of few documents.
#[derive(Debug, Clone, Copy)]
struct Rest {
    created_at: i64,
    fingerprint: u64,
}

/// Lists of documents in one piece of memory, one for each term.
#[derive(Debug, Default)]
struct Postings {
    starts: Vec<u32>,
    documents: Vec<u32>,
}

impl Postings {
    fn new(lists: &[Vec<u32>]) -> Self {
        let mut postings = Self::default();
        postings.documents.reserve_exact(lists.iter().map(Vec::len).sum());
        postings.starts.reserve_exact(lists.len());
        for list in lists {
            postings.starts.push(u32::try_from(postings.documents.len()).unwrap_or(u32::MAX));
            postings.documents.extend_from_slice(list);
        }
        postings
    }

    fn of(&self, term: usize) -> &[u32] {
        let start = self.starts.get(term).map_or(self.documents.len(), |start| offset(*start));
        let end = self.starts.get(term + 1).map_or(self.documents.len(), |next| offset(*next));
        self.documents.get(start..end).unwrap_or_default()
    }
}

/// Fields with a dictionary. Codes have none: hardly two products share a part of one.
const PLACES: [Place; 3] = [Place::NameStart, Place::Name, Place::Description];

/// Documents, by number, and the dictionary of their words.
#[derive(Debug, Default)]
pub struct Segment {
    rows: Vec<Row>,
    rests: Vec<Rest>,
    ids: Texts,
    names: Texts,
    /// Folded, with single spaces.
    codes: Texts,
    /// Documents by id.
    by_id: Vec<u32>,
    /// Recommended documents.
    featured: Vec<u32>,
    terms: Texts,
    postings: [Postings; 3],
}

impl Segment {
    /// How many documents there are, dead or alive.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// All documents, in order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// One of them.
    pub fn row(&self, document: usize) -> Option<&Row> {
        self.rows.get(document)
    }

    /// When it was created, in milliseconds since 1970.
    pub fn created_at(&self, document: usize) -> i64 {
        self.rests.get(document).map_or(0, |rest| rest.created_at)
    }

    /// The fingerprint of the whole document.
    pub fn fingerprint(&self, document: usize) -> Option<u64> {
        self.rests.get(document).map(|rest| rest.fingerprint)
    }

    /// Its id.
    pub fn id(&self, document: usize) -> &str {
        self.ids.get(document)
    }

    /// Its name.
    pub fn name(&self, document: usize) -> &str {
        self.names.get(document)
    }

    /// Recommended documents.
    pub fn featured(&self) -> impl Iterator<Item = usize> {
        self.featured.iter().map(|document| offset(*document))
    }

    /// The document with an id.
    pub fn find(&self, id: &str) -> Option<usize> {
        let at = self.by_id.binary_search_by(|document| self.ids.get(offset(*document)).cmp(id)).ok()?;
        self.by_id.get(at).map(|document| offset(*document))
    }

    /// What a word is worth in each document; 0 where it is not found.
    pub fn points_of(&self, word: &str) -> Vec<u8> {
        let mut best = vec![0_u8; self.count()];
        self.terms.scan(word, |term, quality| {
            for (place, postings) in PLACES.into_iter().zip(&self.postings) {
                let points = points(place, quality);
                for document in postings.of(term) {
                    if let Some(best) = best.get_mut(offset(*document)) {
                        *best = points.max(*best);
                    }
                }
            }
        });
        self.codes.scan(word, |document, quality| {
            if let Some(best) = best.get_mut(document) {
                *best = points(Place::Code, quality).max(*best);
            }
        });
        best
    }

    /// Every word of the dictionary, with what to ask [`Segment::names_with`] for.
    pub fn terms(&self) -> impl Iterator<Item = (usize, &str)> {
        self.terms.iter().enumerate()
    }

    /// How many names that are not dead have a word.
    pub fn names_with(&self, term: usize, dead: &Bits) -> usize {
        let [start, later, _] = &self.postings;
        let documents = start.of(term).iter().chain(later.of(term));
        documents.filter(|document| !dead.contains(offset(**document))).count()
    }
}

/// Puts a segment together.
#[derive(Debug, Default)]
pub struct Builder {
    segment: Segment,
    terms: HashMap<Box<str>, usize>,
    lists: [Vec<Vec<u32>>; 3],
}

impl Builder {
    /// Adds a document; `category` is the index's number of its category.
    pub fn add(&mut self, document: &Document, category: u32) {
        let name = fold(&document.name);
        let number = self.next();
        let mut name_words = 0_u8;
        for word in words(&name) {
            self.list(usize::from(name_words > 0), word, number);
            name_words = name_words.saturating_add(1);
        }
        let description = document.description.as_deref().map(fold).unwrap_or_default();
        for word in words(&description) {
            self.list(2, word, number);
        }
        let code: Vec<String> = fold(&document.sku).split_whitespace().map(str::to_owned).collect();
        let rest = Rest { created_at: document.created_at, fingerprint: document.fingerprint() };
        let row = Row {
            price: document.price,
            category,
            name_words,
            in_stock: document.in_stock,
            is_featured: document.is_featured,
        };
        self.push((row, rest), &document.id, &document.name, &code.join(" "));
    }

    /// Adds the documents of another segment that are alive.
    pub fn append(&mut self, other: &Segment, dead: &Bits) {
        let mut numbers = Vec::with_capacity(other.count());
        for (index, row) in other.rows.iter().zip(&other.rests).enumerate() {
            let number = (!dead.contains(index)).then(|| self.next());
            numbers.push(number);
            if number.is_some() {
                self.push((*row.0, *row.1), other.id(index), other.name(index), other.codes.get(index));
            }
        }
        for (term, text) in other.terms.iter().enumerate() {
            for (place, postings) in other.postings.iter().enumerate() {
                let kept = postings.of(term).iter().filter_map(|old| *numbers.get(offset(*old))?);
                for number in kept {
                    self.list(place, text, number);
                }
            }
        }
    }

    /// The segment.
    pub fn finish(self) -> Segment {
        let Self { mut segment, lists, .. } = self;
        let count = u32::try_from(segment.rows.len()).unwrap_or(u32::MAX);
        let ids = &segment.ids;
        segment.by_id = (0..count).collect();
        segment.by_id.sort_unstable_by(|a, b| ids.get(offset(*a)).cmp(ids.get(offset(*b))));
        let rows = segment.rows.iter().zip(0..);
        segment.featured = rows.filter(|(row, _)| row.is_featured).map(|(_, number)| number).collect();
        segment.postings = lists.map(|lists| Postings::new(&lists));
        segment.rows.shrink_to_fit();
        segment.rests.shrink_to_fit();
        for texts in [&mut segment.ids, &mut segment.names, &mut segment.codes, &mut segment.terms] {
            texts.shrink();
        }
        segment
    }

    /// The number of the document that is pushed next.
    fn next(&self) -> u32 {
        u32::try_from(self.segment.rows.len()).unwrap_or(u32::MAX)
    }

    fn push(&mut self, (row, rest): (Row, Rest), id: &str, name: &str, code: &str) {
        self.segment.rows.push(row);
        self.segment.rests.push(rest);
        self.segment.ids.push(id);
        self.segment.names.push(name);
        self.segment.codes.push(code);
    }

    /// Notes that a document has a word. Documents come in order, so a repeated word is the last one in its list.
    fn list(&mut self, place: usize, word: &str, document: u32) {
        let term = match self.terms.get(word) {
            Some(term) => *term,
            None => {
                let term = self.segment.terms.count();
                self.segment.terms.push(word);
                self.terms.insert(word.into(), term);
                self.lists.iter_mut().for_each(|lists| lists.push(Vec::new()));
                term
            }
        };
        if let Some(list) = self.lists.get_mut(place).and_then(|lists| lists.get_mut(term))
            && list.last() != Some(&document)
        {
            list.push(document);
        }
    }
}
