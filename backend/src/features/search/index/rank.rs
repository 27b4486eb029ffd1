//! How well a word fits: in which field it is found, and as which part of a word there. The field decides first.

/// As which part of a word a query's word is found, the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// Somewhere inside.
    Infix,
    /// At the beginning.
    Prefix,
    /// As a word of its own: letters and digits end on both sides of it.
    Exact,
    /// As all there is.
    Whole,
}

/// Where a word is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The first word of the name.
    NameStart,
    /// Another word of the name.
    Name,
    /// The SKU of a product, the slug of a category.
    Code,
    /// The description.
    Description,
}

/// Ends a text among others.
pub const EDGE: char = '\n';

/// The occurrence of `length` bytes at `at` in `text`, which may be several texts with an [`EDGE`] between them.
pub fn quality(text: &str, at: usize, length: usize) -> Quality {
    let before = at.checked_sub(1).and_then(|last| letter(text, last));
    let after = letter(text, at + length);
    let ends_text = |letter: Option<char>| letter.is_none_or(|letter| letter == EDGE);
    let ends_word = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
    match (ends_word(before), ends_word(after)) {
        (true, true) if ends_text(before) && ends_text(after) => Quality::Whole,
        (true, true) => Quality::Exact,
        (true, false) => Quality::Prefix,
        (false, _) => Quality::Infix,
    }
}

/// The character that the byte at a position belongs to. Most are one byte.
fn letter(text: &str, at: usize) -> Option<char> {
    let byte = *text.as_bytes().get(at)?;
    if byte.is_ascii() {
        Some(char::from(byte))
    } else {
        text.get(text.floor_char_boundary(at)..)?.chars().next()
    }
}

/// The best occurrence of a word in a text.
#[cfg(test)]
pub fn best(text: &str, word: &str) -> Option<Quality> {
    text.match_indices(word).map(|(at, _)| quality(text, at, word.len())).max()
}

/// What a word found there is worth; never 0. A whole code is what somebody looks for who types it.
pub const fn points(place: Place, quality: Quality) -> u8 {
    use Quality::{Exact, Infix, Prefix, Whole};
    match (place, quality) {
        (Place::Code, Whole) => 255,
        (Place::NameStart, Whole | Exact) => 110,
        (Place::Name, Whole | Exact) => 100,
        (Place::NameStart, Prefix) => 90,
        (Place::Name, Prefix) => 80,
        (Place::NameStart | Place::Name, Infix) => 60,
        (Place::Code, Exact) => 50,
        (Place::Code, Prefix) => 45,
        (Place::Code, Infix) => 40,
        (Place::Description, Whole | Exact) => 30,
        (Place::Description, Prefix) => 20,
        (Place::Description, Infix) => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_exact_at_the_edges_of_letters_and_digits() {
        for (text, word, expected) in [
            ("pro", "pro", Some(Quality::Whole)),
            ("iphone-15-pro", "15", Some(Quality::Exact)),
            ("iphone-15-pro", "iph", Some(Quality::Prefix)),
            ("iphone-15-pro", "pr", Some(Quality::Prefix)),
            ("smartphone", "phone", Some(Quality::Infix)),
            ("phone-smartphone", "phone", Some(Quality::Exact)),
            ("électrique", "lec", Some(Quality::Infix)),
            ("100%", "%", Some(Quality::Infix)),
            ("pro", "max", None),
        ] {
            assert_eq!(best(text, word), expected, "{word} in {text}");
        }
    }

    #[test]
    fn the_field_decides_before_the_part_of_the_word() {
        use Quality::{Exact, Infix, Prefix, Whole};
        assert!(points(Place::Code, Whole) > points(Place::NameStart, Whole));
        assert!(points(Place::Name, Infix) > points(Place::Code, Exact));
        assert!(points(Place::Code, Infix) > points(Place::Description, Whole));
        for place in [Place::NameStart, Place::Name, Place::Code, Place::Description] {
            let ladder = [Infix, Prefix, Exact, Whole].map(|quality| points(place, quality));
            assert!(ladder.is_sorted() && ladder[0] > 0, "{place:?}");
        }
    }
}
