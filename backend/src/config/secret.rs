//! Secrets that are none.

/// Fewer different characters than any random secret of 32 bytes has, hexadecimal ones included.
const DISTINCT_MIN: usize = 10;
/// What people write where a secret belongs.
const PLACEHOLDERS: [&str; 8] = [
    "changeme",
    "change-me",
    "change_me",
    "change me",
    "password",
    "placeholder",
    "your-secret",
    "your_secret",
];

/// Why a text is no secret, if it can be guessed. Length is checked elsewhere.
pub(super) fn weakness(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let distinct = text.bytes().collect::<std::collections::BTreeSet<_>>().len();
    if distinct < DISTINCT_MIN {
        Some("must be random, not the same few characters again and again")
    } else if PLACEHOLDERS.iter().any(|placeholder| lower.contains(placeholder)) {
        Some("must be a secret of your own, not a placeholder")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::weakness;

    #[test]
    fn random_secrets_are_good_in_any_spelling() {
        for text in [
            "hS0kJw3yQb7mQ6G1VJ0m0e4c7kq1H4tZyG8m2cB3o9U=",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ] {
            assert_eq!(weakness(text), None);
        }
    }

    #[test]
    fn repetitions_and_placeholders_are_not() {
        for text in [
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabcabcabcabcabcabc",
            "please-CHANGE-ME-0123456789abcdefg",
        ] {
            assert!(weakness(text).is_some(), "{text}");
        }
    }
}
