//! Search.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    catalog::{CategoryCount, CategoryList, CategoryRef, PAGE_MAX, ProductList, price_text},
    flat::read_flat,
    money::Money,
    text_enum::text_enum,
    validation::{Checked, Fields, FromFields, flag_text, one_of, text, whole_number_text},
};

/// Results a page when the request does not say.
pub const PAGE_LIMIT: i64 = 20;
/// Most results a page.
pub const PAGE_LIMIT_MAX: i64 = 50;
/// Suggested products when the request does not say.
pub const SUGGEST_LIMIT: i64 = 5;
/// Most suggested products.
pub const SUGGEST_LIMIT_MAX: i64 = 10;
/// Fewest characters that are worth a suggestion.
pub const SUGGEST_MIN_CHARS: usize = 2;
/// Most characters of a query.
pub const QUERY_MAX_CHARS: usize = 200;

text_enum! {
    /// What is searched.
    SearchKind {
        /// Products, and the first few categories.
        All = "all",
        /// Only products.
        Products = "products",
        /// Only categories.
        Categories = "categories",
    }
}

text_enum! {
    /// What found products are sorted by.
    SearchSort {
        /// The best match first.
        Relevance = "relevance",
        /// The cheapest first.
        PriceAsc = "price",
        /// The dearest first.
        PriceDesc = "-price",
        /// By name.
        Name = "name",
        /// The newest first.
        Newest = "newest",
    }
}

/// What to search for, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query, rename_all = "camelCase"))]
pub struct SearchQuery {
    /// Words, all of which must be found.
    #[cfg_attr(feature = "openapi", param(min_length = 1, max_length = 200, example = "iphone pro"))]
    pub q: String,
    /// What is searched.
    #[cfg_attr(feature = "openapi", param(rename = "type", inline, required = false))]
    pub kind: SearchKind,
    /// Page number, from 1.
    #[cfg_attr(
        feature = "openapi",
        param(required = false, minimum = 1, maximum = 1_000_000_000, default = 1)
    )]
    pub page: i64,
    /// Results a page.
    #[cfg_attr(feature = "openapi", param(required = false, minimum = 1, maximum = 50, default = 20))]
    pub limit: i64,
    /// Only products of exactly this category.
    #[cfg_attr(feature = "openapi", param(nullable = false, min_length = 1, max_length = 200))]
    pub category_id: Option<String>,
    /// At least this price.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, nullable = false, pattern = r"^\d{1,8}(\.\d{1,2})?$"))]
    pub min_price: Option<Money>,
    /// At most this price.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, nullable = false, pattern = r"^\d{1,8}(\.\d{1,2})?$"))]
    pub max_price: Option<Money>,
    /// In stock or sold out.
    #[cfg_attr(feature = "openapi", param(nullable = false))]
    pub in_stock: Option<bool>,
    /// What to sort products by. Categories are always sorted by relevance.
    #[cfg_attr(feature = "openapi", param(inline, required = false))]
    pub sort: SearchSort,
}

impl Default for SearchQuery {
    fn default() -> Self {
        Self {
            q: String::new(),
            kind: SearchKind::All,
            page: 1,
            limit: PAGE_LIMIT,
            category_id: None,
            min_price: None,
            max_price: None,
            in_stock: None,
            sort: SearchSort::Relevance,
        }
    }
}

impl SearchQuery {
    /// The query string's pairs, without those that have their default value.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let default = Self::default();
        let mut pairs = vec![("q", self.q.clone())];
        let mut pair = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        pair("type", (self.kind != default.kind).then(|| self.kind.to_string()));
        pair("page", (self.page != default.page).then(|| self.page.to_string()));
        pair("limit", (self.limit != default.limit).then(|| self.limit.to_string()));
        pair("categoryId", self.category_id.clone());
        pair("minPrice", self.min_price.map(|price| price.to_string()));
        pair("maxPrice", self.max_price.map(|price| price.to_string()));
        pair("inStock", self.in_stock.map(|flag| flag.to_string()));
        pair("sort", (self.sort != default.sort).then(|| self.sort.to_string()));
        pairs
    }
}

impl FromFields for SearchQuery {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let q = fields.required("q", text(QUERY_MAX_CHARS, "Search query is required"));
        let kind = fields.optional("type", one_of(SearchKind::ALL, SearchKind::as_str));
        let page = fields.optional("page", whole_number_text(1..=PAGE_MAX));
        let limit = fields.optional("limit", whole_number_text(1..=PAGE_LIMIT_MAX));
        let category_id = fields.optional("categoryId", text(200, "Must not be empty"));
        let min_price = fields.optional("minPrice", price_text);
        let max_price = fields.optional("maxPrice", price_text);
        let in_stock = fields.optional("inStock", flag_text);
        let sort = fields.optional("sort", one_of(SearchSort::ALL, SearchSort::as_str));
        let default = Self::default();
        Some(Self {
            q: q?,
            kind: kind?.unwrap_or(default.kind),
            page: page?.unwrap_or(default.page),
            limit: limit?.unwrap_or(default.limit),
            category_id: category_id?,
            min_price: min_price?,
            max_price: max_price?,
            in_stock: in_stock?,
            sort: sort?.unwrap_or(default.sort),
        })
    }
}

/// What somebody has typed so far.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query, rename_all = "camelCase"))]
pub struct SuggestQuery {
    /// The beginning of a query.
    #[cfg_attr(feature = "openapi", param(min_length = 2, max_length = 200, example = "iph"))]
    pub q: String,
    /// Most products.
    #[cfg_attr(feature = "openapi", param(required = false, minimum = 1, maximum = 10, default = 5))]
    pub limit: i64,
}

impl SuggestQuery {
    /// The query string's pairs, without those that have their default value.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("q", self.q.clone())];
        pairs.extend((self.limit != SUGGEST_LIMIT).then(|| ("limit", self.limit.to_string())));
        pairs
    }
}

impl FromFields for SuggestQuery {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let q = fields.required("q", long_enough);
        let limit = fields.optional("limit", whole_number_text(1..=SUGGEST_LIMIT_MAX));
        Some(Self { q: q?, limit: limit?.unwrap_or(SUGGEST_LIMIT) })
    }
}

fn long_enough(value: &Value) -> Checked<String> {
    const TOO_SHORT: &str = "Query must be at least 2 characters";
    let query = text(QUERY_MAX_CHARS, TOO_SHORT)(value)?;
    if query.chars().count() < SUGGEST_MIN_CHARS { Err(TOO_SHORT.into()) } else { Ok(query) }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SearchAnswer {
    /// Always `true`.
    pub success: bool,
    /// One page of products; missing when only categories were searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub products: Option<Vec<ProductList>>,
    /// One page of categories, or the first five beside products; missing when only products were searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub categories: Option<Vec<CategoryList>>,
    /// How the found products could be narrowed down; missing when only categories were searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub facets: Option<Facets>,
    /// What was asked, and how much there is.
    pub meta: SearchMeta,
}

/// What was asked, and how much there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SearchMeta {
    /// The query, without white space around it.
    pub query: String,
    /// This page's number, from 1.
    pub page: i64,
    /// Results a page.
    pub limit: i64,
    /// Products in all; missing when only categories were searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub total_products: Option<i64>,
    /// Categories in all; missing when only products were searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub total_categories: Option<i64>,
    /// What was searched instead, because the query as it was written finds nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub corrected: Option<String>,
}

/// How the found products could be narrowed down. Each kind counts what its own filter leaves out, so that it shows what
/// choosing another value would find; all other filters apply.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Facets {
    /// The categories with most products first, at most 50.
    pub categories: Vec<CategoryFacet>,
    /// Ranges of prices with products in them, the cheapest first.
    pub price_ranges: Vec<PriceRangeFacet>,
    /// In stock and sold out.
    pub availability: AvailabilityFacet,
}

/// A category, and how many of the found products are in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryFacet {
    /// The category.
    #[serde(flatten)]
    pub category: CategoryRef,
    /// Found products in exactly this category.
    pub count: i64,
}
read_flat!(CategoryFacet { category, count: "count" });

/// A range of prices, as `minPrice` and `maxPrice` take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceRangeFacet {
    /// At least this price.
    pub min: Money,
    /// At most this price; `null` for the last range.
    pub max: Option<Money>,
    /// Found products with such a price.
    pub count: i64,
}

/// How many of the found products can be bought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityFacet {
    /// In stock.
    pub in_stock: i64,
    /// Sold out.
    pub out_of_stock: i64,
}

/// A product as a suggestion shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProductHit {
    /// Opaque id.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// Name in addresses.
    pub slug: String,
    /// The main picture.
    pub image_url: Option<String>,
    /// Price of one.
    pub price: Money,
}

/// What somebody may be about to type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suggestions {
    /// Products, the best match first.
    pub products: Vec<ProductHit>,
    /// Categories, the best match first, at most 3.
    pub categories: Vec<CategoryRef>,
}

/// What to show before anything is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Popular {
    /// Recommended products, the newest first, at most 6.
    pub featured_products: Vec<ProductHit>,
    /// The categories with most products first, at most 6.
    pub top_categories: Vec<TopCategory>,
}

/// A category with the number of its products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopCategory {
    /// The category.
    #[serde(flatten)]
    pub category: CategoryRef,
    /// Its counts.
    #[serde(rename = "_count")]
    pub count: CategoryCount,
}
read_flat!(TopCategory { category, count: "_count" });

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::validation::validate;

    fn object(pairs: Vec<(&'static str, String)>) -> Value {
        let object: Map<_, _> =
            pairs.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
        object.into()
    }

    #[test]
    fn a_query_survives_its_own_query_string() {
        let query = SearchQuery {
            q: "mat 100%".into(),
            kind: SearchKind::Products,
            page: 2,
            limit: 7,
            category_id: Some("some".into()),
            min_price: Some(Money::from_minor(1)),
            max_price: Some(Money::from_minor(1_050)),
            in_stock: Some(false),
            sort: SearchSort::PriceDesc,
        };
        assert_eq!(validate::<SearchQuery>(Some(&object(query.pairs()))).unwrap(), query);
        let short = SearchQuery { q: "mat".into(), ..SearchQuery::default() };
        assert_eq!(short.pairs().len(), 1);
        assert_eq!(validate::<SearchQuery>(Some(&object(short.pairs()))).unwrap(), short);
        let suggest = SuggestQuery { q: "ma".into(), limit: 9 };
        assert_eq!(validate::<SuggestQuery>(Some(&object(suggest.pairs()))).unwrap(), suggest);
    }

    #[test]
    fn a_query_without_words_or_out_of_range_is_refused_field_by_field() {
        let input = json!({"q": "  ", "type": "users", "limit": "51", "page": "0", "sort": "stock", "inStock": "1", "minPrice": "-1"});
        let errors = validate::<SearchQuery>(Some(&input)).err().unwrap();
        assert_eq!(errors.iter().count(), 7);
        assert_eq!(errors.first("q"), Some("Search query is required"));
        assert_eq!(errors.first("type"), Some("Expected one of all, products, categories"));
        assert_eq!(errors.first("sort"), Some("Expected one of relevance, price, -price, name, newest"));
    }

    #[test]
    fn a_suggestion_needs_two_characters_not_two_bytes() {
        for (q, is_enough) in [("", false), ("é", false), (" a ", false), ("éa", true), ("ab", true)] {
            let checked = validate::<SuggestQuery>(Some(&json!({"q": q})));
            assert_eq!(checked.is_ok(), is_enough, "{q}");
        }
        let errors = validate::<SuggestQuery>(Some(&json!({}))).err().unwrap();
        assert_eq!(errors.first("q"), Some("Query must be at least 2 characters"));
    }
}
