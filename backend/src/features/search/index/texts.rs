//! Many short texts in one piece of memory, which can be searched as a whole.

use std::ops::Range;

use memchr::memmem::Finder;

use super::rank::{EDGE, Quality, quality};

/// A list of texts. After each stands an [`EDGE`]; words contain no white space, so none is found across two texts.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    joined: String,
    /// Where each text begins.
    starts: Vec<u32>,
}

impl Texts {
    /// Adds a text to the end.
    pub fn push(&mut self, text: &str) {
        self.starts.push(u32::try_from(self.joined.len()).unwrap_or(u32::MAX));
        self.joined.push_str(text);
        self.joined.push(EDGE);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The text at a position; empty when there is none.
    pub fn get(&self, index: usize) -> &str {
        let Some(start) = self.starts.get(index) else { return "" };
        let end = self.starts.get(index + 1).map_or(self.joined.len(), |next| offset(*next));
        self.joined.get(offset(*start)..end - EDGE.len_utf8()).unwrap_or_default()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.count()).map(|index| self.get(index))
    }

    /// Some of them, with an [`EDGE`] after each.
    pub fn joined(&self, texts: Range<usize>) -> &str {
        let place = |index| self.starts.get(index).map_or(self.joined.len(), |start| offset(*start));
        self.joined.get(place(texts.start)..place(texts.end)).unwrap_or_default()
    }

    /// Calls `found` for every occurrence of a word in some of the texts, in order, with the position of the text it is in.
    ///
    /// One fast pass over their memory: for dictionaries of the size a shop has, that beats every index of parts of words,
    /// and costs no memory.
    pub fn scan(&self, word: &Finder<'_>, texts: Range<usize>, mut found: impl FnMut(usize, Quality)) {
        let first = self.starts.get(texts.start).map_or(self.joined.len(), |start| offset(*start));
        let length = word.needle().len();
        let mut index = texts.start;
        for at in word.find_iter(self.joined(texts).as_bytes()).map(|at| at + first) {
            while self.starts.get(index + 1).is_some_and(|next| offset(*next) <= at) {
                index += 1;
            }
            found(index, quality(&self.joined, at, length));
        }
    }

    /// The same texts in another order, in no more memory than they need.
    pub fn reordered(&self, order: &[u32]) -> Self {
        let mut texts = Self {
            joined: String::with_capacity(self.joined.len()),
            starts: Vec::with_capacity(self.starts.len()),
        };
        order.iter().for_each(|index| texts.push(self.get(offset(*index))));
        texts
    }

    /// Gives back memory that was reserved for more.
    pub fn shrink(&mut self) {
        self.joined.shrink_to_fit();
        self.starts.shrink_to_fit();
    }
}

/// A stored position as an index.
pub fn offset(position: u32) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Texts {
        let mut texts = Texts::default();
        all.iter().for_each(|text| texts.push(text));
        texts
    }

    #[test]
    fn texts_come_back_as_they_were_put_in() {
        let all = ["", "a", "é\nb", "", "c"];
        let texts = texts(&all);
        assert_eq!((texts.count(), texts.iter().collect::<Vec<_>>()), (5, all.to_vec()));
        assert_eq!(texts.get(5), "");
    }

    #[test]
    fn every_occurrence_is_found_in_its_text_and_none_across_two() {
        let texts = texts(&["pro", "", "x-pro-pro2", "p", "ro", "épro"]);
        let mut found = Vec::new();
        let finder = Finder::new("pro");
        texts.scan(&finder, 0..texts.count(), |index, quality| found.push((index, quality)));
        let expected = [(0, Quality::Whole), (2, Quality::Exact), (2, Quality::Prefix), (5, Quality::Infix)];
        assert_eq!(found, expected);
        found.clear();
        texts.scan(&finder, 1..5, |index, quality| found.push((index, quality)));
        assert_eq!(found, expected[1..3]);
        assert_eq!(texts.joined(3..5), "p\nro\n");
    }
}
