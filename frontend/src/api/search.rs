//! Search.

use serde::Deserialize;
use serde_json::Value;
use shared_types::{
    Page, PageMeta,
    catalog::{ProductList, ProductQuery},
    paths,
    search::{Facets, Popular, SearchAnswer, SearchQuery, SuggestQuery, Suggestions},
};

use super::endpoint::{Endpoint, data};

/// A page of products, whether they were listed or searched for.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The products.
    pub page: Page<ProductList>,
    /// What only a search tells.
    pub search: Option<Searched>,
}

/// What only a search tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    /// How the found products could be narrowed down.
    pub facets: Facets,
    /// What was searched instead, because the query as it was written finds nothing.
    pub corrected: Option<String>,
}

/// A page of the catalogue.
pub fn listed(query: &ProductQuery) -> Endpoint<Found> {
    Endpoint::get(paths::catalog::PRODUCTS, query.pairs(), found)
}

/// A page of what a search finds.
pub fn searched(query: &SearchQuery) -> Endpoint<Found> {
    Endpoint::get(paths::search::SEARCH, query.pairs(), found)
}

/// What somebody may be about to type.
pub fn suggest(query: &SuggestQuery) -> Endpoint<Suggestions> {
    Endpoint::get(paths::search::SUGGEST, query.pairs(), data)
}

/// What to show before anything is typed.
pub fn popular() -> Endpoint<Popular> {
    Endpoint::get(paths::search::POPULAR, Vec::new(), data)
}

/// Reads either answer, so that one list may ask one question after the other.
fn found(text: &str) -> serde_json::Result<Found> {
    let value: Value = serde_json::from_str(text)?;
    if value.get("products").is_none() {
        return Ok(Found { page: Page::deserialize(value)?, search: None });
    }
    let answer = SearchAnswer::deserialize(value)?;
    let meta = answer.meta;
    let page = Page {
        success: answer.success,
        data: answer.products.unwrap_or_default(),
        meta: PageMeta::new(meta.page, meta.limit, meta.total_products.unwrap_or_default()),
    };
    let search = Searched { facets: answer.facets.unwrap_or_default(), corrected: meta.corrected };
    Ok(Found { page, search: Some(search) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_answers_are_read_as_what_they_are() {
        let listed = r#"{"success":true,"data":[],"meta":{"page":1,"limit":12,"total":30,"totalPages":3}}"#;
        let read = found(listed).unwrap();
        assert_eq!((read.page.meta.total_pages, read.search), (3, None));

        let searched = r#"{"success":true,"products":[],
            "facets":{"categories":[{"id":"1","name":"Books","slug":"books","count":2}],"priceRanges":[],
                      "availability":{"inStock":2,"outOfStock":0}},
            "meta":{"query":"bok","page":2,"limit":12,"totalProducts":25,"corrected":"book"}}"#;
        let read = found(searched).unwrap();
        assert_eq!((read.page.meta.page, read.page.meta.total, read.page.meta.total_pages), (2, 25, 3));
        let search = read.search.unwrap();
        assert_eq!(search.corrected.as_deref(), Some("book"));
        assert_eq!(search.facets.categories[0].category.slug, "books");
        assert!(found("<html>").is_err());
    }
}
