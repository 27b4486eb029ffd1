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
        let mut vocabulary = None;
        let mut options: Vec<Vec<(String, Where)>> = Vec::new();
        for word in words {
            let as_written = self.places_of(word, kind);
            options.push(if as_written.is_empty() {
                let vocabulary = vocabulary.get_or_insert_with(|| self.vocabulary(kind));
                let similar = similar(word, vocabulary).into_iter();
                similar.map(|word| (word.to_owned(), self.places_of(word, kind))).collect()
            } else {
                vec![(word.clone(), as_written)]
            });
        }
        let mut attempts = ATTEMPTS;
        // Without a vocabulary every word is found, only not together: nothing is misspelled.
        vocabulary
            .and_then(|_| combine(&options, None, &mut attempts))
            .map(|words| distinct(words.into_iter()))
    }

    /// The words of names, each with how many names have it.
    fn vocabulary(&self, kind: SearchKind) -> HashMap<&str, usize> {
        let mut vocabulary: HashMap<&str, usize> = HashMap::new();
        let mut add = |(term, names)| {
            for run in runs(term) {
                *vocabulary.entry(run).or_default() += names;
            }
        };
        if kind != SearchKind::Categories {
            self.parts.iter().flat_map(|part| part.segment.name_terms(&part.dead)).for_each(&mut add);
        }
        if kind != SearchKind::Products {
            self.categories.name_terms().for_each(&mut add);
        }
        vocabulary
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

/// The most similar words of a vocabulary, the nearest and then the most frequent first.
fn similar<'v>(word: &str, vocabulary: &HashMap<&'v str, usize>) -> Vec<&'v str> {
    let letters: Vec<char> = word.chars().collect();
    let most = match letters.len() {
        0..=2 => return Vec::new(),
        3..=5 => 1,
        _ => 2,
    };
    // A number that does not exist is not another number.
    if !letters.iter().any(|letter| letter.is_alphabetic()) {
        return Vec::new();
    }
    let mut found: Vec<_> = vocabulary
        .iter()
        .filter_map(|(term, names)| Some((distance(&letters, term, most)?, Reverse(*names), *term)))
        .collect();
    found.sort_unstable();
    found.into_iter().take(ALTERNATIVES).map(|(_, _, term)| term).collect()
}

/// How many letters must be inserted, removed, replaced or swapped with their neighbour; `None` above `most`.
fn distance(a: &[char], b: &str, most: usize) -> Option<usize> {
    if b.len() < a.len().saturating_sub(most) || b.len() > (a.len() + most) * 4 {
        return None;
    }
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
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
        distance(&a.chars().collect::<Vec<_>>(), b, most)
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
        let vocabulary = HashMap::from([("15", 1), ("1999", 1), ("tee", 1), ("air", 5), ("ait", 1)]);
        assert_eq!(similar("14", &vocabulary), Vec::<&str>::new());
        assert_eq!(similar("1998", &vocabulary), Vec::<&str>::new());
        assert_eq!(similar("tea", &vocabulary), ["tee"]);
        assert_eq!(similar("aix", &vocabulary), ["air", "ait"]);
    }
}
