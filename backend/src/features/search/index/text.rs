//! Text as search sees it: without case, accents and apostrophes, cut into words.

use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

/// Words of a query that are looked at. A pasted product title stays below; what follows would only cost time.
pub const WORDS_MAX: usize = 12;

/// Removes what shoppers leave out or write differently: case, accents, apostrophes, full-width and other compatible
/// forms, characters that can't be seen. `É` becomes `e`, `ß` becomes `ss`, `ﬁ` becomes `fi`.
///
/// Folding twice changes nothing more, and folding keeps parts: if a text contains another, so do their folded forms.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        let kept = text.chars().filter(|letter| !is_apostrophe(*letter));
        return kept.map(|letter| letter.to_ascii_lowercase()).collect();
    }
    // There and back: upper case takes apart what lower case leaves alone, such as `ß` and the final sigma.
    let letters = text.chars().filter(|letter| !is_apostrophe(*letter));
    let kept = letters.nfkd().filter(|letter| is_kept(*letter));
    let cased = kept.flat_map(char::to_lowercase).flat_map(char::to_uppercase);
    let mut folded = String::with_capacity(text.len());
    for letter in cased.flat_map(char::to_lowercase).nfkd().filter(|letter| is_kept(*letter)) {
        match plain(letter) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(letter),
        }
    }
    folded
}

fn is_kept(letter: char) -> bool {
    let is_invisible = matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
    );
    !is_invisible && !is_apostrophe(letter) && canonical_combining_class(letter) == 0
}

/// `Men's` is looked for as `mens`, and the other way round.
fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '`' | '´' | '\u{2018}' | '\u{2019}' | '\u{2bc}')
}

/// Letters that Unicode does not take apart though keyboards without them do.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'þ' => "th",
        _ => return None,
    })
}

/// The words of folded text: what white space separates, without the punctuation of sentences around it.
pub fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split_whitespace().map(|word| word.trim_matches(is_sentence)).filter(|word| !word.is_empty())
}

/// Punctuation that belongs to the sentence and not to the word. `%`, `_`, `+`, `#` and the like are plain characters.
fn is_sentence(letter: char) -> bool {
    matches!(
        letter,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '"'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '“'
            | '”'
            | '„'
            | '«'
            | '»'
            | '…'
            | '、'
            | '。'
    )
}

/// The different words of a query, at most [`WORDS_MAX`].
pub fn query_words(query: &str) -> Vec<String> {
    let folded = fold(query);
    let mut found: Vec<String> = Vec::new();
    for word in words(&folded) {
        if found.len() < WORDS_MAX && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
    }
    found
}

/// The runs of letters and digits in a text: `iphone-15` has two.
pub fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|run| !run.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_accents_and_compatible_forms_do_not_matter() {
        for (text, folded) in [
            ("CAFÉ", "cafe"),
            ("Cafe\u{301}", "cafe"),
            ("Straße", "strasse"),
            ("STRASSE", "strasse"),
            ("Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"),
            ("ﬁne", "fine"),
            ("Ærø", "aero"),
            ("Łódź", "lodz"),
            ("İstanbul ısı", "istanbul isi"),
            ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
            ("Men’s & Women's", "mens & womens"),
            ("soft\u{ad}ware", "software"),
            ("①²½", "121⁄2"),
            ("がギ", "かキ"),
            ("Пётр", "петр"),
            ("100%_A", "100%_a"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn every_character_folds_to_what_folding_leaves_alone() {
        let letters: Vec<char> = (char::MIN..=char::MAX).filter(|letter| !letter.is_ascii()).collect();
        for some in letters.chunks(1_000) {
            let once = fold(&some.iter().collect::<String>());
            assert_eq!(fold(&once), once, "from {:?}", some[0]);
        }
    }

    #[test]
    fn words_lose_the_punctuation_of_sentences_and_keep_the_rest() {
        let found: Vec<_> = words("\"clean code\", (x1-carbon) 100% c++ #1 _ ... -").collect();
        assert_eq!(found, ["clean", "code", "x1-carbon", "100%", "c++", "#1", "_", "-"]);
        assert_eq!(query_words("?! \u{301} ' ..."), Vec::<String>::new());
    }

    #[test]
    fn a_query_has_each_word_once_and_a_dozen_at_most() {
        assert_eq!(query_words("Pro pro PRÓ max"), ["pro", "max"]);
        let many: Vec<String> = (0..50).map(|number| number.to_string()).collect();
        assert_eq!(query_words(&many.join(" ")), many[..WORDS_MAX]);
    }

    #[test]
    fn runs_are_letters_and_digits() {
        assert_eq!(runs("iphone-15/pro%é").collect::<Vec<_>>(), ["iphone", "15", "pro", "é"]);
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing_more(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn folding_keeps_parts(before in "[a-zßéA-Z '’%_]{0,9}", part in "[a-zßéA-Z'%_]{1,9}", after in "[a-zÀ-ÿ ]{0,9}") {
            let whole = format!("{before}{part}{after}");
            prop_assert!(fold(&whole).contains(&fold(&part)));
        }
    }
}
