//! Looking for text inside of columns, alike on both engines.

use diesel::{
    define_sql_function,
    sql_types::{Nullable, Text},
};

define_sql_function! {
    /// Lower case of ASCII letters, on both engines.
    fn lower(text: Nullable<Text>) -> Nullable<Text>;
}

/// The character that makes the next one of a pattern a plain one.
pub const ESCAPE: char = '\\';

/// The pattern of what contains this text, in any case, for `LIKE` with [`ESCAPE`]: `%` and `_` are plain characters.
pub fn containing(text: &str) -> String {
    let plain = text.to_ascii_lowercase().replace(ESCAPE, "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{plain}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_a_wildcard() {
        assert_eq!(containing("Ab"), "%ab%");
        assert_eq!(containing(r"5%_\"), r"%5\%\_\\%");
    }
}
