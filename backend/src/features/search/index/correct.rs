//! What somebody meant whose words are found nowhere.

use std::{cmp::Reverse, collections::HashMap};

use shared_types::search::SearchKind;

use super::{Index, bits::Bits, text::runs};

/// Spellings that are tried for one word.
const ALTERNATIVES: usize = 5;
/// Combinations of spellings that are tried.
const ATTEMPTS: usize = 200;

/// Where words are found: in products, segment by segment, and in categories.
struct Where {
    products: Vec<Bits>,
    categories: Bits,
}

impl Where {
    fn is_empty(&self) -> bool {
        self.categories.is_empty() && self.products.iter().all(Bits::is_empty)
    }

    fn and(&self, other: &Self) -> Self {
        let products = self.products.iter().zip(&other.products).map(|(a, b)| a.and(b)).collect();
        Self { products, categories: self.categories.and(&other.categories) }
    }
}

impl Index {
    /// Other words that find something, for words that find nothing: the same ones taken apart where their punctuation or
    /// their digits begin, or else similar words of the shop's own names. `None` when there are none.
    pub fn correct(&self, words: &[String], kind: SearchKind) -> Option<Vec<String>> {
        let apart = distinct(words.iter().flat_map(|word| runs(word)));
        let further = distinct(words.iter().flat_map(|word| runs(word)).flat_map(letters_and_digits));
        for candidate in [&apart, &further] {
            if candidate != words && self.fits(candidate, kind) {
                return Some(candidate.clone());
            }
        }
        self.respelled(&apart, kind)
    }

    fn fits(&self, words: &[String], kind: SearchKind) -> bool {
        let mut found = words.iter().map(|word| self.places_of(word, kind));
        let Some(first) = found.next() else { return false };
        !found.fold(first, |all, one| all.and(&one)).is_empty()
    }

    fn places_of(&self, word: &str, kind: SearchKind) -> Where {
        let products = if kind == SearchKind::Categories { Vec::new() } else { self.documents_with(word) };
        let categories = if kind == SearchKind::Products {
            Bits::default()
        } else {
            let numbers = self.categories.search(&[word.to_owned()], |_| 0);
            numbers.into_iter().filter_map(|number| usize::try_from(number).ok()).collect()
        };
        Where { products, categories }
    }

    /// Replaces the words that are found nowhere by similar ones, so that all of them are found together.
    fn respelled(&self, words: &[String], kind: SearchKind) -> Option<Vec<String>> {
        let (mut is_respelled, mut attempts) = (false, ATTEMPTS);
        let mut options: Vec<Vec<(String, Where)>> = Vec::new();
        for word in words {
            let as_written = self.places_of(word, kind);
            options.push(if as_written.is_empty() {
                is_respelled = true;
                let similar = self.similar(word, kind).into_iter();
                similar.map(|word| (word.to_owned(), self.places_of(word, kind))).collect()
            } else {
                vec![(word.clone(), as_written)]
            });
        }
        // When every word is found, only not together, nothing is misspelled.
        let words = if is_respelled { combine(&options, None, &mut attempts) } else { None };
        words.map(|words| distinct(words.into_iter()))
    }

    /// The most similar words of names, the nearest and then the most frequent first.
    fn similar(&self, word: &str, kind: SearchKind) -> Vec<&str> {
        let Some(spelling) = Spelling::of(word) else { return Vec::new() };
        let mut found: HashMap<&str, (usize, usize)> = HashMap::new();
        let mut add = |term, names: &dyn Fn() -> usize| {
            for run in runs(term) {
                if let Some(distance) = spelling.distance(run) {
                    found.entry(run).or_insert((distance, 0)).1 += names();
                }
            }
        };
        if kind != SearchKind::Categories {
            for part in &self.parts {
                let names = |term| part.segment.names_with(term, &part.dead);
                part.segment.terms().for_each(|(term, text)| add(text, &|| names(term)));
            }
        }
        if kind != SearchKind::Products {
            self.categories.name_terms().for_each(|text| add(text, &|| 1));
        }
        let in_names = found.into_iter().filter(|(_, (_, names))| *names > 0);
        let mut ranked: Vec<_> =
            in_names.map(|(word, (distance, names))| (distance, Reverse(names), word)).collect();
        ranked.sort_unstable();
        ranked.into_iter().take(ALTERNATIVES).map(|(_, _, word)| word).collect()
    }
}

/// The first combination of one option for each word that is found together with what was `found` so far.
fn combine<'o>(
    options: &'o [Vec<(String, Where)>],
    found: Option<&Where>,
    attempts: &mut usize,
) -> Option<Vec<&'o str>> {
    let Some((first, rest)) = options.split_first() else { return Some(Vec::new()) };
    for (word, places) in first {
        *attempts = attempts.checked_sub(1)?;
        let together = match found {
            Some(found) => &found.and(places),
            None => places,
        };
        if !together.is_empty()
            && let Some(mut words) = combine(rest, Some(together), attempts)
        {
            words.insert(0, word);
            return Some(words);
        }
    }
    None
}

/// A word as somebody wrote it, to be compared with many others.
struct Spelling {
    letters: Vec<char>,
    signature: u64,
    /// Mistakes that are forgiven.
    most: usize,
}

impl Spelling {
    /// `None` for words that are not respelled: short ones, and numbers, since one that does not exist is not another one.
    fn of(word: &str) -> Option<Self> {
        let letters: Vec<char> = word.chars().collect();
        let most = match letters.len() {
            0..=2 => return None,
            3..=5 => 1,
            _ => 2,
        };
        let has_letter = letters.iter().any(|letter| letter.is_alphabetic());
        has_letter.then(|| Self { letters, signature: signature(word), most })
    }

    /// How many letters must be inserted, removed, replaced or swapped with their neighbour; `None` when too many.
    fn distance(&self, other: &str) -> Option<usize> {
        // A mistake changes the set of letters by one that comes and one that goes.
        let is_far = (self.signature ^ signature(other)).count_ones() > u32::try_from(self.most * 2).ok()?;
        if is_far || other.chars().count().abs_diff(self.letters.len()) > self.most {
            return None;
        }
        distance(&self.letters, &other.chars().collect::<Vec<_>>(), self.most)
    }
}

/// One bit for each letter a word has; different letters may share one.
fn signature(word: &str) -> u64 {
    word.chars().fold(0, |bits, letter| bits | 1 << (u32::from(letter) % u64::BITS))
}

fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut left: Option<char> = None;
    for (row, letter) in (1..).zip(a) {
        let mut next = Vec::with_capacity(last.len());
        next.push(row);
        let mut above_left: Option<char> = None;
        for (column, other) in b.iter().enumerate() {
            let cell = |cells: &[usize], at: usize| cells.get(at).copied().unwrap_or(usize::MAX - 1);
            let replaced = cell(&last, column) + usize::from(letter != other);
            let mut best = replaced.min(cell(&last, column + 1) + 1).min(cell(&next, column) + 1);
            if Some(*other) == left && above_left == Some(*letter) && column > 0 {
                best = best.min(cell(&before, column - 1) + 1);
            }
            above_left = Some(*other);
            next.push(best);
        }
        if next.iter().all(|cell| *cell > most) {
            return None;
        }
        before = std::mem::replace(&mut last, next);
        left = Some(*letter);
    }
    last.last().copied().filter(|distance| *distance <= most)
}

/// `iphone15` as `iphone` and `15`.
fn letters_and_digits(run: &str) -> impl Iterator<Item = &str> {
    let mut rest = run;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|letter: char| letter.is_numeric() != first.is_numeric()).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        rest = after;
        Some(part)
    })
}

fn distinct<'w>(words: impl Iterator<Item = &'w str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in words {
        if found.len() < super::text::WORDS_MAX && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(a: &str, b: &str, most: usize) -> Option<usize> {
        let [a, b]: [Vec<char>; 2] = [a, b].map(|word| word.chars().collect());
        distance(&a, &b, most)
    }

    #[test]
    fn distance_counts_inserted_removed_replaced_and_swapped_letters() {
        for (a, b, expected) in [
            ("iphone", "iphone", 0),
            ("ihpone", "iphone", 1),
            ("iphne", "iphone", 1),
            ("iphoone", "iphone", 1),
            ("iphane", "iphone", 1),
            ("samsnug", "samsung", 1),
            ("kafé", "café", 1),
            ("lpatop", "laptop", 1),
            ("laptpo", "laptop", 1),
            ("galxay", "galaxy", 1),
            ("glxay", "galaxy", 2),
        ] {
            assert_eq!(apart(a, b, 2), Some(expected), "{a} {b}");
            assert_eq!(apart(b, a, 2), Some(expected), "{b} {a}");
        }
        assert_eq!(apart("galaxy", "garden", 2), None);
        assert_eq!(apart("abc", "abcdef", 2), None);
    }

    #[test]
    fn letters_and_digits_come_apart() {
        assert_eq!(letters_and_digits("iphone15pro").collect::<Vec<_>>(), ["iphone", "15", "pro"]);
        assert_eq!(letters_and_digits("15").collect::<Vec<_>>(), ["15"]);
        assert_eq!(letters_and_digits("").count(), 0);
    }

    #[test]
    fn short_words_and_numbers_are_not_respelled() {
        for word in ["", "tv", "15", "1999", "2000000"] {
            assert!(Spelling::of(word).is_none(), "{word}");
        }
        let distance = |a, b| Spelling::of(a).unwrap().distance(b);
        assert_eq!((distance("tea", "tee"), distance("tea", "toe")), (Some(1), None));
        assert_eq!((distance("laptop", "lapdog"), distance("laptop", "lapdogs")), (Some(2), None));
        assert_eq!((distance("s24", "s23"), distance("s24", "s245")), (Some(1), Some(1)));
    }
}
