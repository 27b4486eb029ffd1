//! The index: products in segments, and categories. It is a value; a change makes the next one and shares what stayed.
//!
//! Nothing that ranks a product depends on other products. So every replica answers alike, however its segments came
//! about, and an index that was patched equals one that was built anew.

pub mod bits;
pub mod categories;
pub mod cheapest;
pub mod correct;
pub mod facets;
pub mod postings;
pub mod query;
pub mod rank;
pub mod segment;
pub mod sieve;
pub mod sorted;
pub mod text;
pub mod texts;

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use shared_types::catalog::Category;

use self::{
    bits::Bits,
    categories::Categories,
    segment::{Builder, Document, Segment},
};

/// A segment is merged into the one before it when that is less than so many times larger. Each document is copied a few
/// times in its life, and a search looks through few segments.
const GROWTH: usize = 4;

/// Everything that can be found.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// The largest and oldest first.
    parts: Vec<Part>,
    categories: Arc<Categories>,
    /// Products of each category, by its number.
    counts: Vec<i64>,
}

/// A segment, and which of its documents have been replaced or removed since.
#[derive(Debug, Clone)]
struct Part {
    segment: Arc<Segment>,
    dead: Arc<Bits>,
    alive: usize,
}

impl Part {
    fn new(segment: Segment) -> Self {
        Self { alive: segment.count(), segment: Arc::new(segment), dead: Arc::default() }
    }

    /// The document with an id, if it is alive.
    fn find(&self, id: &str) -> Option<usize> {
        self.segment.find(id).filter(|document| !self.dead.contains(*document))
    }
}

/// An index that is being built.
#[derive(Debug, Default)]
pub struct Building {
    categories: Categories,
    builder: Builder,
}

impl Building {
    /// Begins with all categories.
    pub fn new(categories: Vec<Category>) -> Self {
        let mut building = Self::default();
        building.categories.replace(categories);
        building
    }

    /// Adds a product; each may come once.
    pub fn add(&mut self, document: &Document) {
        let category = self.categories.number(&document.category_id);
        self.builder.add(document, category);
    }

    /// The index.
    pub fn finish(self) -> Index {
        let mut index = Index { categories: Arc::new(self.categories), ..Index::default() };
        index.push(self.builder.finish());
        index
    }
}

impl Index {
    /// How many products can be found.
    pub fn count(&self) -> usize {
        self.parts.iter().map(|part| part.alive).sum()
    }

    /// All that is known about categories.
    pub fn categories(&self) -> &Categories {
        &self.categories
    }

    /// Replaces all that is known about categories.
    pub fn set_categories(&mut self, all: Vec<Category>) {
        Arc::make_mut(&mut self.categories).replace(all);
    }

    /// Products of a category, by its number.
    pub fn products_in(&self, category: u32) -> i64 {
        self.counts.get(texts::offset(category)).copied().unwrap_or(0)
    }

    /// Takes over how many products each category has, by its id, from somebody who knows of more products.
    pub fn set_counts(&mut self, counts: &HashMap<String, i64>) {
        self.counts = vec![0; self.categories.count()];
        for (id, products) in counts {
            let category = texts::offset(self.categories.number_of(id));
            if let Some(count) = self.counts.get_mut(category) {
                *count = *products;
            }
        }
    }

    /// Replaces the products with these ids by `documents`; those without a document are gone. Answers whether any of them
    /// is different from what it was.
    pub fn patch(&mut self, ids: &[String], documents: &[Document]) -> bool {
        let found: HashMap<&str, &Document> =
            documents.iter().map(|document| (document.id.as_str(), document)).collect();
        let mut seen = HashSet::new();
        let mut builder = Builder::default();
        let mut is_changed = false;
        for id in ids.iter().map(String::as_str).filter(|id| seen.insert(*id)) {
            let document = found.get(id).copied();
            if self.keeps(id, document) {
                continue;
            }
            is_changed = true;
            self.remove(id);
            if let Some(document) = document {
                builder.add(document, self.number(&document.category_id));
            }
        }
        if is_changed {
            self.push(builder.finish());
            self.merge();
        }
        is_changed
    }

    /// Whether the product is in the index exactly like this.
    fn keeps(&self, id: &str, document: Option<&Document>) -> bool {
        let present = self.parts.iter().find_map(|part| part.segment.fingerprint(part.find(id)?));
        present == document.map(Document::fingerprint)
    }

    /// The number of a category, also of a new one. Categories are only copied for those.
    fn number(&mut self, category_id: &str) -> u32 {
        match self.categories.number_of(category_id) {
            u32::MAX => Arc::make_mut(&mut self.categories).number(category_id),
            number => number,
        }
    }

    fn remove(&mut self, id: &str) {
        for part in &mut self.parts {
            let Some(document) = part.find(id) else { continue };
            let category = texts::offset(part.segment.category(document));
            if let Some(count) = self.counts.get_mut(category) {
                *count -= 1;
            }
            Arc::make_mut(&mut part.dead).insert(document);
            part.alive -= 1;
        }
    }

    fn push(&mut self, segment: Segment) {
        self.counts.resize(self.categories.count(), 0);
        for (count, products) in self.counts.iter_mut().zip(segment.categories()) {
            *count += products;
        }
        if segment.count() > 0 {
            self.parts.push(Part::new(segment));
        }
    }

    /// Keeps segments few and mostly alive.
    fn merge(&mut self) {
        self.parts.retain(|part| part.alive > 0);
        while let [.., before, last] = self.parts.as_slice()
            && before.alive < last.alive * GROWTH
        {
            let merged = merged(&[before, last]);
            self.parts.truncate(self.parts.len() - 2);
            self.parts.push(merged);
        }
        for part in &mut self.parts {
            if part.alive * 2 < part.segment.count() {
                *part = merged(&[part]);
            }
        }
    }

    /// The ids of recommended products, at most `limit`: those that can be bought first, then the newest.
    pub fn featured(&self, limit: usize) -> Vec<String> {
        let all = self.parts.iter().flat_map(|part| {
            let alive = part.segment.featured().iter().filter(|document| !part.dead.contains(*document));
            alive.map(|document| {
                let segment = &part.segment;
                let in_stock = segment.in_stock().contains(document);
                (Reverse(in_stock), Reverse(segment.created_at(document)), segment.id(document))
            })
        });
        let mut ranked: Vec<_> = all.collect();
        ranked.sort_unstable();
        ranked.into_iter().take(limit).map(|(_, _, id)| id.to_owned()).collect()
    }

    /// The numbers of the active categories with most products, at most `limit`.
    pub fn top_categories(&self, limit: usize) -> Vec<u32> {
        let mut numbers: Vec<u32> = self.categories.active().collect();
        numbers.sort_by_cached_key(|number| {
            let category = self.categories.get(*number);
            let order =
                category.map(|category| (category.sort_order, category.name.clone(), category.id.clone()));
            (Reverse(self.products_in(*number)), order)
        });
        numbers.truncate(limit);
        numbers
    }
}

fn merged(parts: &[&Part]) -> Part {
    let mut builder = Builder::default();
    parts.iter().for_each(|part| builder.append(&part.segment, &part.dead));
    Part::new(builder.finish())
}

#[cfg(test)]
mod tests;
