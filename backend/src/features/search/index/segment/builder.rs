//! Puts a segment together.

use std::{cmp::Ordering, collections::HashMap};

use super::{
    super::{
        bits::Bits,
        cheapest::Cheapest,
        facets::{RANGES, range_of},
        postings::{List, Postings},
        sieve::Sieve,
        text::{fold, words},
        texts::{Texts, offset},
    },
    Document, FIELDS, Row, Segment,
};

/// A segment that grows. Its documents are numbered as they come until it is complete.
#[derive(Debug, Default)]
pub struct Builder {
    rows: Vec<Row>,
    ids: Texts,
    names: Texts,
    codes: Texts,
    terms: Texts,
    numbers: HashMap<Box<str>, usize>,
    lists: [Vec<List>; FIELDS],
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
        self.rows.push(Row {
            price: document.price,
            created_at: document.created_at,
            fingerprint: document.fingerprint(),
            category,
            name_words,
            in_stock: document.in_stock,
            is_featured: document.is_featured,
        });
        self.ids.push(&document.id);
        self.names.push(&document.name);
        self.codes.push(&code.join(" "));
    }

    /// Adds the documents of another segment that are alive.
    pub fn append(&mut self, other: &Segment, dead: &Bits) {
        let mut numbers = Vec::with_capacity(other.count());
        for (index, row) in other.rows.iter().enumerate() {
            let number = (!dead.contains(index)).then(|| self.next());
            numbers.push(number);
            if number.is_some() {
                self.rows.push(*row);
                self.ids.push(other.id(index));
                self.names.push(other.name(index));
                self.codes.push(other.codes.get(index));
            }
        }
        for (term, text) in other.terms.iter().enumerate() {
            for (field, postings) in other.postings.iter().enumerate() {
                let kept = postings.of(term).filter_map(|old| *numbers.get(old)?);
                for number in kept {
                    self.list(field, text, number);
                }
            }
        }
    }

    /// The segment.
    pub fn finish(self) -> Segment {
        let Self { rows, ids, names, codes, mut terms, numbers, lists } = self;
        drop(numbers);
        terms.shrink();
        let row = |document: usize| rows.get(document);
        // Documents mostly come by id, so this is nearly sorted, and so are others that begin with it. Ties stay by id.
        let by_id = sorted((0..count(rows.len())).collect(), |a, b| ids.get(a).cmp(ids.get(b)));
        let by_rank = sorted(by_id.clone(), |a, b| row(a).map(Row::key).cmp(&row(b).map(Row::key)));
        let mut ranks = vec![0; rows.len()];
        for (rank, document) in (0..).zip(&by_rank) {
            if let Some(place) = ranks.get_mut(offset(*document)) {
                *place = rank;
            }
        }
        let renumbered = |order: Vec<u32>| -> Vec<u32> {
            order.iter().filter_map(|document| ranks.get(offset(*document)).copied()).collect()
        };
        let order = |compare: &dyn Fn(usize, usize) -> Ordering| renumbered(sorted(by_id.clone(), compare));
        let by_code = order(&|a, b| codes.get(a).cmp(codes.get(b)));
        let by_price = order(&|a, b| row(a).map(|row| row.price).cmp(&row(b).map(|row| row.price)));
        let by_age = order(&|a, b| row(a).map(|row| row.created_at).cmp(&row(b).map(|row| row.created_at)));
        let by_name = order(&|a, b| names.get(a).cmp(names.get(b)));
        let postings = lists.map(|lists| Postings::new(lists, &ranks));
        let [ids, names, codes] = [ids, names, codes].map(|texts| texts.reordered(&by_rank));
        let rows: Vec<Row> = by_rank.iter().filter_map(|document| row(offset(*document)).copied()).collect();
        let chosen = |choose: fn(&Row) -> bool| -> Bits {
            let all = rows.iter().enumerate().filter(|(_, row)| choose(row));
            all.map(|(document, _)| document).collect()
        };
        Segment {
            in_stock: chosen(|row| row.in_stock),
            featured: chosen(|row| row.is_featured),
            ranges: ranges(&rows),
            categories: categories(&rows),
            sieve: Sieve::new(&codes),
            by_category: sorted((0..count(rows.len())).collect(), |a, b| {
                let category = |document: usize| rows.get(document).map(|row| row.category);
                category(a).cmp(&category(b))
            }),
            by_id: renumbered(by_id),
            rows,
            ids,
            names,
            codes,
            by_code,
            by_price: Cheapest::new(by_price),
            by_age,
            by_name,
            terms,
            postings,
        }
    }

    /// The number of the document that is pushed next.
    fn next(&self) -> u32 {
        count(self.rows.len())
    }

    /// Notes that a document has a word.
    fn list(&mut self, field: usize, word: &str, document: u32) {
        let term = match self.numbers.get(word) {
            Some(term) => *term,
            None => {
                let term = self.terms.count();
                self.terms.push(word);
                self.numbers.insert(word.into(), term);
                self.lists.iter_mut().for_each(|lists| lists.push(List::default()));
                term
            }
        };
        if let Some(list) = self.lists.get_mut(field).and_then(|lists| lists.get_mut(term)) {
            list.push(document);
        }
    }
}

fn ranges(rows: &[Row]) -> Vec<Bits> {
    let mut ranges = vec![Bits::none(rows.len()); RANGES.len()];
    for (document, row) in rows.iter().enumerate() {
        if let Some(range) = ranges.get_mut(range_of(row.price)) {
            range.set(document);
        }
    }
    ranges
}

fn categories(rows: &[Row]) -> Vec<i64> {
    let mut categories: Vec<i64> = Vec::new();
    for category in rows.iter().map(|row| offset(row.category)) {
        categories.resize(categories.len().max(category + 1), 0);
        if let Some(products) = categories.get_mut(category) {
            *products += 1;
        }
    }
    categories
}

fn count(documents: usize) -> u32 {
    u32::try_from(documents).unwrap_or(u32::MAX)
}

fn sorted(mut documents: Vec<u32>, compare: impl Fn(usize, usize) -> Ordering) -> Vec<u32> {
    documents.sort_by(|a, b| compare(offset(*a), offset(*b)));
    documents
}
