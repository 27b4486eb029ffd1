//! Which documents have a term. Terms of few documents have lists, terms of many have sets: a set of frequent words is
//! smaller than their list, and is combined with others 64 documents at a time.

use std::collections::HashMap;

use super::{bits::Bits, texts::offset};

/// A list of fewer documents is never made a set, since there may be many terms.
#[cfg(not(test))]
const MANY: usize = 256;
#[cfg(test)]
const MANY: usize = 3;
/// A set takes at most twice the memory of a list when one of so many documents is in it.
const SHARE: usize = 64;

/// Documents that have a term, while the segment grows. They come in order.
#[derive(Debug)]
pub enum List {
    /// One by one.
    Few(Vec<u32>),
    /// As a set.
    Many(Bits),
}

impl Default for List {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl List {
    /// Notes that a document has the term, once or again.
    pub fn push(&mut self, document: u32) {
        match self {
            Self::Few(list) if list.last() == Some(&document) => {}
            Self::Few(list) => {
                list.push(document);
                if is_many(list.len(), offset(document)) {
                    *self = Self::Many(list.iter().map(|document| offset(*document)).collect());
                }
            }
            Self::Many(set) => set.insert(offset(document)),
        }
    }

    fn iter(&self) -> Box<dyn Iterator<Item = usize> + '_> {
        match self {
            Self::Few(list) => Box::new(list.iter().map(|document| offset(*document))),
            Self::Many(set) => Box::new(set.iter()),
        }
    }
}

fn is_many(documents: usize, of: usize) -> bool {
    documents >= MANY && documents * SHARE > of
}

/// The documents of each term.
#[derive(Debug, Default)]
pub struct Postings {
    /// Where the list of each term begins.
    starts: Vec<u32>,
    documents: Vec<u32>,
    sets: HashMap<usize, Bits>,
}

impl Postings {
    /// Numbers documents anew: `numbers` has the new one of each.
    pub fn new(lists: Vec<List>, numbers: &[u32]) -> Self {
        let mut postings = Self { starts: Vec::with_capacity(lists.len()), ..Self::default() };
        for (term, list) in lists.into_iter().enumerate() {
            postings.starts.push(u32::try_from(postings.documents.len()).unwrap_or(u32::MAX));
            let renumbered = list.iter().filter_map(|document| numbers.get(document).copied());
            let count = match &list {
                List::Few(list) => list.len(),
                List::Many(set) => set.count(),
            };
            if is_many(count, numbers.len()) {
                let mut set = Bits::none(numbers.len());
                renumbered.for_each(|document| set.set(offset(document)));
                postings.sets.insert(term, set);
            } else {
                let mut list: Vec<u32> = renumbered.collect();
                list.sort_unstable();
                postings.documents.extend(list);
            }
        }
        postings.documents.shrink_to_fit();
        postings
    }

    /// Adds the documents of a term to a set that has room for all.
    pub fn add_to(&self, term: usize, found: &mut Bits) {
        match self.sets.get(&term) {
            Some(set) => found.insert_all(set),
            None => self.list(term).iter().for_each(|document| found.set(offset(*document))),
        }
    }

    /// The documents of a term, in order.
    pub fn of(&self, term: usize) -> impl Iterator<Item = usize> {
        let list = self.list(term).iter().map(|document| offset(*document));
        self.sets.get(&term).into_iter().flat_map(Bits::iter).chain(list)
    }

    /// How many documents of a term are not `dead`.
    pub fn alive(&self, term: usize, dead: &Bits) -> usize {
        match self.sets.get(&term) {
            Some(set) => set.count() - set.count_with(dead),
            None => self.list(term).iter().filter(|document| !dead.contains(offset(**document))).count(),
        }
    }

    fn list(&self, term: usize) -> &[u32] {
        let start = self.starts.get(term).map_or(self.documents.len(), |start| offset(*start));
        let end = self.starts.get(term + 1).map_or(self.documents.len(), |next| offset(*next));
        self.documents.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_term_keeps_its_documents(
            terms in prop::collection::vec(prop::collection::btree_set(0..300_u32, 0..80), 0..6),
            dead in prop::collection::btree_set(0..300_usize, 0..40),
        ) {
            // The new numbers are the old ones from behind.
            let numbers: Vec<u32> = (0..300).rev().collect();
            let mut lists = Vec::new();
            for documents in &terms {
                let mut list = List::default();
                for document in documents {
                    list.push(*document);
                    list.push(*document);
                }
                lists.push(list);
            }
            let postings = Postings::new(lists, &numbers);
            let dead: Bits = dead.into_iter().collect();
            for (term, documents) in terms.iter().enumerate() {
                let expected: Vec<usize> = documents.iter().rev().map(|document| 299 - offset(*document)).collect();
                prop_assert_eq!(postings.of(term).collect::<Vec<_>>(), expected.clone());
                let mut found = Bits::none(300);
                postings.add_to(term, &mut found);
                prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected.clone());
                let alive = expected.iter().filter(|document| !dead.contains(**document)).count();
                prop_assert_eq!(postings.alive(term, &dead), alive);
            }
            prop_assert_eq!(postings.of(terms.len()).count(), 0);
        }
    }
}
