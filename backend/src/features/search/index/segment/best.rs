//! Finding the best documents for a word and no others, as for what is suggested while somebody types. Nothing is done for
//! each document, so it takes about as long in a large segment as in a small one; only codes, which have no dictionary, are
//! looked through, when names have too few.

use memchr::memmem::Finder;

use super::{
    super::{
        bits::Bits,
        rank::{Place, Quality, points},
    },
    Segment,
    levels::{WAYS, of_quality, of_terms},
};

/// The best documents so far, in order, with what the word is worth in them.
struct Best<'d> {
    found: Vec<(u16, usize)>,
    most: usize,
    dead: &'d Bits,
}

impl Best<'_> {
    /// Adds the first of some documents, which are in order. What was added before is worth as much or more.
    fn add(&mut self, worth: u8, documents: impl Iterator<Item = usize>) {
        let worth = u16::from(worth);
        for document in documents.filter(|document| !self.dead.contains(*document)) {
            if self.found.iter().any(|(_, found)| *found == document) {
                continue;
            }
            let place = self.found.partition_point(|(other, found)| *other > worth || *found < document);
            if place >= self.most {
                return;
            }
            self.found.insert(place, (worth, document));
            self.found.truncate(self.most);
        }
    }

    /// Whether nothing that is worth so much can come among them.
    fn is_full(&self, worth: u8) -> bool {
        self.found.len() >= self.most && self.found.last().is_none_or(|(last, _)| *last > u16::from(worth))
    }
}

impl Segment {
    /// The best documents in which a word is found and which are not dead, at most so many, with what it is worth in them.
    pub fn best(&self, word: &str, dead: &Bits, most: usize) -> Vec<(u16, usize)> {
        let finder = Finder::new(word);
        let terms = self.terms_with(&finder);
        let mut best = Best { found: Vec::new(), most, dead };
        best.add(points(Place::Code, Quality::Whole), self.with_code(word).iter());
        let mut codes: Option<[Bits; 3]> = None;
        for (place, quality) in WAYS {
            let worth = points(place, quality);
            if best.is_full(worth) {
                break;
            }
            match self.postings_of(place) {
                Some(postings) => {
                    of_terms(&terms, quality).for_each(|term| best.add(worth, postings.of(term)));
                }
                None => {
                    let codes = codes.get_or_insert_with(|| self.in_codes(&finder, &self.alive(dead)));
                    of_quality(codes, quality).iter().for_each(|documents| best.add(worth, documents.iter()));
                }
            }
        }
        best.found
    }
}
