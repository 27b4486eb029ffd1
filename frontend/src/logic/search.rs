//! The words that are searched for: read from an address or a field, and told back.

use shared_types::{
    Money,
    search::{Facets, PriceRangeFacet, QUERY_MAX_CHARS},
};

use super::{listing::price_range, text::count};

/// Longer queries are told shortened, in characters.
const TOLD_MAX_CHARS: usize = 60;

/// The words of a query with one space between them, cut where the API would refuse it; `None` without words.
pub fn query_text(raw: &str) -> Option<String> {
    let words: Vec<&str> = raw
        .split(|character: char| character.is_whitespace() || character.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let clipped: String = words.join(" ").chars().take(QUERY_MAX_CHARS).collect();
    let text = clipped.trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A query in quotation marks, shortened when it is very long.
pub fn quoted(query: &str) -> String {
    if query.chars().count() <= TOLD_MAX_CHARS {
        return format!("“{query}”");
    }
    let beginning: String = query.chars().take(TOLD_MAX_CHARS - 1).collect();
    format!("“{}…”", beginning.trim_end())
}

/// How many products a search has found.
pub fn results_count(total: i64, query: &str) -> String {
    format!("{} for {}", count(total, "result", "results"), quoted(query))
}

/// Why something else than what was written has been searched: the words before, of and after the link to that search.
pub fn correction(written: &str, corrected: &str, total: i64) -> [String; 3] {
    let (before, after) = if total > 0 {
        ("Showing results for ", " instead.")
    } else {
        ("There are some for ", ", but none passes these filters.")
    };
    [format!("No results for {}. {before}", quoted(written)), quoted(corrected), after.to_owned()]
}

/// A range of prices to choose: its two ends, its words and how many products it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceChoice {
    /// At least this price.
    pub min: Option<Money>,
    /// At most this price.
    pub max: Option<Money>,
    /// In words.
    pub words: String,
    /// Found products.
    pub count: i64,
}

/// The ranges of prices to choose from, the cheapest first.
pub fn price_choices(facets: &Facets) -> Vec<PriceChoice> {
    let choice = |range: &PriceRangeFacet| {
        let min = Some(range.min).filter(|min| *min > Money::ZERO);
        let words = price_range(min, range.max)?;
        Some(PriceChoice { min, max: range.max, words, count: range.count })
    };
    facets.price_ranges.iter().filter_map(choice).collect()
}

/// A category to choose: slug, name and how many products it has. The chosen one is always among them.
pub fn category_choices(
    facets: &Facets,
    chosen: Option<&str>,
    name_of: impl Fn(&str) -> Option<String>,
) -> Vec<(String, String, i64)> {
    let mut choices: Vec<_> = facets
        .categories
        .iter()
        .map(|facet| (facet.category.slug.clone(), facet.category.name.clone(), facet.count))
        .collect();
    if let Some(slug) = chosen.filter(|chosen| !choices.iter().any(|(slug, ..)| slug == chosen)) {
        choices.push((slug.to_owned(), name_of(slug).unwrap_or_else(|| slug.to_owned()), 0));
    }
    choices
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_query_is_its_words() {
        assert_eq!(query_text("  iphone \t\n 15 ").as_deref(), Some("iphone 15"));
        assert_eq!(query_text("a\0b").as_deref(), Some("a b"), "the API refuses U+0000");
        for blank in ["", "   ", "\u{a0}\u{2003}", "\0"] {
            assert_eq!(query_text(blank), None, "{blank:?}");
        }
    }

    #[test]
    fn a_query_is_cut_by_characters_where_the_api_would_refuse_it() {
        let long = "é".repeat(QUERY_MAX_CHARS + 50);
        assert_eq!(query_text(&long).map(|text| text.chars().count()), Some(QUERY_MAX_CHARS));
        let gap = format!("{} b", "a".repeat(QUERY_MAX_CHARS - 1));
        assert_eq!(query_text(&gap).map(|text| text.len()), Some(QUERY_MAX_CHARS - 1), "no space at the end");
    }

    #[test]
    fn what_was_searched_is_told_and_long_texts_are_shortened() {
        assert_eq!(quoted("mat"), "“mat”");
        assert_eq!(quoted(&"ü".repeat(61)).chars().count(), 62);
        assert_eq!(results_count(1, "mat"), "1 result for “mat”");
        assert_eq!(results_count(0, "mat"), "0 results for “mat”");
    }

    #[test]
    fn a_correction_promises_results_only_when_there_are_some() {
        assert_eq!(
            correction("ihpone", "iphone", 2).concat(),
            "No results for “ihpone”. Showing results for “iphone” instead."
        );
        assert!(!correction("ihpone", "iphone", 0).concat().contains("Showing"));
    }

    fn facets() -> Facets {
        serde_json::from_value(json!({
            "categories": [{"id": "1", "name": "Books", "slug": "books", "count": 2}],
            "priceRanges": [
                {"min": "0.00", "max": "24.99", "count": 1},
                {"min": "25.00", "max": "49.99", "count": 3},
                {"min": "1000.00", "max": null, "count": 4},
            ],
            "availability": {"inStock": 7, "outOfStock": 1},
        }))
        .unwrap()
    }

    #[test]
    fn price_ranges_are_open_at_both_ends() {
        let choices = price_choices(&facets());
        let words: Vec<_> = choices.iter().map(|choice| (choice.words.as_str(), choice.count)).collect();
        assert_eq!(words, [("Up to $24.99", 1), ("$25.00 – $49.99", 3), ("From $1,000.00", 4)]);
        assert_eq!((choices[0].min, choices[2].max), (None, None));
    }

    #[test]
    fn the_chosen_category_stays_in_sight_when_nothing_is_found_in_it() {
        let slugs = |chosen: Option<&str>| {
            category_choices(&facets(), chosen, |slug| (slug == "lamps").then(|| "Lamps".to_owned()))
        };
        assert_eq!(slugs(None).len(), 1);
        assert_eq!(slugs(Some("books")).len(), 1);
        assert_eq!(slugs(Some("lamps"))[1], ("lamps".into(), "Lamps".into(), 0));
        assert_eq!(slugs(Some("gone"))[1].1, "gone");
    }
}
