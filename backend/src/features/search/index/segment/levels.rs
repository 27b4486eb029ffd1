//! Finding a word in a segment.

use std::ops::Range;

use memchr::memmem::Finder;

use super::{
    super::{
        bits::{Bits, Ones, WIDTH},
        postings::Postings,
        rank::{Place, Quality, points},
        texts::offset,
    },
    Segment,
};

/// Documents in which a word is found, by what it is worth in them. Each is in one level only, its best.
#[derive(Debug)]
pub struct Levels {
    /// The best first.
    levels: Vec<(u16, Bits)>,
    /// Where the word has not been found so far.
    left: Bits,
    found: usize,
}

/// Ways to be found, the best first; a whole code comes before all of them.
pub(super) const WAYS: [(Place, Quality); 12] = [
    (Place::NameStart, Quality::Exact),
    (Place::Name, Quality::Exact),
    (Place::NameStart, Quality::Prefix),
    (Place::Name, Quality::Prefix),
    (Place::NameStart, Quality::Infix),
    (Place::Name, Quality::Infix),
    (Place::Code, Quality::Exact),
    (Place::Code, Quality::Prefix),
    (Place::Code, Quality::Infix),
    (Place::Description, Quality::Exact),
    (Place::Description, Quality::Prefix),
    (Place::Description, Quality::Infix),
];

/// So few codes of a block are read one by one.
const FEW: u32 = 12;

impl Levels {
    /// What the word is worth, and the documents in which it is.
    pub fn iter(&self) -> impl Iterator<Item = &(u16, Bits)> {
        self.levels.iter()
    }

    /// How many documents it was found in.
    pub fn found(&self) -> usize {
        self.found
    }

    /// The documents in which the word is found, of those it was looked for in.
    pub fn within(&self, mut looked_in: Bits) -> Bits {
        looked_in.remove_all(&self.left);
        looked_in
    }

    fn add(&mut self, worth: u8, mut documents: Bits) {
        let count = documents.take_from(&mut self.left);
        if count == 0 {
            return;
        }
        self.found += count;
        match self.levels.last_mut() {
            Some((last, level)) if *last == u16::from(worth) => level.insert_all(&documents),
            _ => self.levels.push((u16::from(worth), documents)),
        }
    }
}

impl Segment {
    /// Looks for a word in some of the documents, the best ways first.
    pub fn levels(&self, word: &str, within: &Bits) -> Levels {
        let finder = Finder::new(word);
        let terms = self.terms_with(&finder);
        let all = within.count();
        let mut levels = Levels { levels: Vec::new(), left: within.clone(), found: 0 };
        levels.add(points(Place::Code, Quality::Whole), self.with_code(word));
        let mut codes: Option<[Bits; 3]> = None;
        for (place, quality) in WAYS {
            if levels.found >= all {
                break;
            }
            let Some(postings) = self.postings_of(place) else {
                let codes = codes.get_or_insert_with(|| self.in_codes(&finder, &levels.left));
                if let Some(documents) = of_quality(codes, quality) {
                    levels.add(points(place, quality), std::mem::take(documents));
                }
                continue;
            };
            let mut terms = of_terms(&terms, quality).peekable();
            if terms.peek().is_some() {
                let mut documents = Bits::none(self.count());
                terms.for_each(|term| postings.add_to(term, &mut documents));
                levels.add(points(place, quality), documents);
            }
        }
        levels
    }

    /// Which documents have which terms in a field; codes have no terms.
    pub(super) fn postings_of(&self, place: Place) -> Option<&Postings> {
        let [name_starts, names, descriptions] = &self.postings;
        match place {
            Place::NameStart => Some(name_starts),
            Place::Name => Some(names),
            Place::Description => Some(descriptions),
            Place::Code => None,
        }
    }

    /// The terms that contain a word, each with its best occurrence.
    pub(super) fn terms_with(&self, word: &Finder<'_>) -> Vec<(usize, Quality)> {
        let mut found: Vec<(usize, Quality)> = Vec::new();
        self.terms.scan(word, 0..self.terms.count(), |term, quality| match found.last_mut() {
            Some((last, best)) if *last == term => *best = quality.max(*best),
            _ => found.push((term, quality)),
        });
        found
    }

    /// Documents of which a word is the whole code.
    pub(super) fn with_code(&self, word: &str) -> Bits {
        let code = |document: &u32| self.codes.get(offset(*document));
        let first = self.by_code.partition_point(|document| code(document) < word);
        let rest = self.by_code.get(first..).unwrap_or_default();
        rest.iter().take_while(|document| code(document) == word).map(|document| offset(*document)).collect()
    }

    /// Documents in whose code a word is found: inside, as a beginning, as a word of its own. Some are in several.
    pub(super) fn in_codes(&self, word: &Finder<'_>, wanted: &Bits) -> [Bits; 3] {
        let mut found: [Bits; 3] = Default::default();
        for documents in self.candidates(word, wanted) {
            self.codes.scan(word, documents, |document, quality| {
                if let Some(documents) = of_quality(&mut found, quality) {
                    documents.insert(document);
                }
            });
        }
        found
    }

    /// Runs of documents that are wanted, some of them, and whose codes may contain a word.
    fn candidates(&self, word: &Finder<'_>, wanted: &Bits) -> Vec<Range<usize>> {
        let word = std::str::from_utf8(word.needle()).unwrap_or_default();
        let blocks = self.sieve.blocks(word);
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (block, documents) in wanted.blocks().iter().enumerate() {
            if *documents == 0 || blocks.as_ref().is_some_and(|blocks| !blocks.contains(block)) {
                continue;
            }
            let (from, to) = (block * WIDTH, self.count().min((block + 1) * WIDTH));
            if documents.count_ones() <= FEW {
                runs.extend(Ones(*documents).map(|document| from + document..from + document + 1));
                continue;
            }
            match runs.last_mut() {
                Some(last) if last.end == from => last.end = to,
                _ => runs.push(from..to),
            }
        }
        runs
    }
}

/// The terms in which a word is found like this, at best.
pub(super) fn of_terms(terms: &[(usize, Quality)], quality: Quality) -> impl Iterator<Item = usize> {
    let fitting = terms.iter().filter(move |(_, best)| (*best).min(Quality::Exact) == quality);
    fitting.map(|(term, _)| *term)
}

/// The documents in whose codes a word is found like this.
pub(super) fn of_quality(sets: &mut [Bits; 3], quality: Quality) -> Option<&mut Bits> {
    let [infix, prefix, exact] = sets;
    match quality {
        Quality::Infix => Some(infix),
        Quality::Prefix => Some(prefix),
        Quality::Exact => Some(exact),
        // Has been found already.
        Quality::Whole => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_way_comes_first() {
        let worth: Vec<u8> = WAYS.iter().map(|(place, quality)| points(*place, *quality)).collect();
        assert!(worth.is_sorted_by(|a, b| a >= b), "{worth:?}");
        assert!(points(Place::Code, Quality::Whole) > worth[0]);
    }
}
