//! What an answer is kept under: the question as it was understood, not as it was spelled. Parameters in another order, and
//! defaults that are written out, are the same question.

use shared_types::{
    Money,
    catalog::ProductQuery,
    search::{SearchQuery, SuggestQuery},
};

/// Longest key from an address that is looked up here, in bytes. Longer ones name nothing that exists, and would fill the
/// memory.
const LONGEST: usize = 200;

/// Public reads that go stale, and can be flushed, together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Namespace {
    /// Lists of products, and single ones.
    Products,
    /// The list of categories, and single ones.
    Categories,
    /// Search, suggestions and what is popular.
    Search,
}

impl Namespace {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Products, Self::Categories, Self::Search];

    /// Its name at the command line and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Categories => "categories",
            Self::Search => "search",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|namespace| namespace.as_str() == text)
    }
}

/// A question that anybody may ask, with the same answer for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// The active categories.
    Categories,
    /// A category by id or slug.
    Category(String),
    /// A page of active products.
    Products(ProductQuery),
    /// An active product by id, slug or SKU.
    Product(String),
    /// What is found.
    Search(SearchQuery),
    /// What may be about to be typed.
    Suggest(SuggestQuery),
    /// What is shown before anything is typed.
    Popular,
}

impl Key {
    /// The key of a page of products as shoppers see it, whatever status they have asked for.
    pub fn products(query: &ProductQuery) -> Self {
        let (min_price, max_price) = (above_zero(query.min_price), query.max_price);
        Self::Products(ProductQuery { status: None, min_price, max_price, ..query.clone() })
    }

    /// The key of a product; `None` when there can be no such product.
    pub fn product(key: &str) -> Option<Self> {
        (key.len() <= LONGEST).then(|| Self::Product(key.to_owned()))
    }

    /// The key of a category; `None` when there can be no such category.
    pub fn category(key: &str) -> Option<Self> {
        (key.len() <= LONGEST).then(|| Self::Category(key.to_owned()))
    }

    /// The key of a search.
    pub fn search(query: &SearchQuery) -> Self {
        Self::Search(SearchQuery { min_price: above_zero(query.min_price), ..query.clone() })
    }

    /// What it goes stale with.
    pub const fn namespace(&self) -> Namespace {
        match self {
            Self::Categories | Self::Category(_) => Namespace::Categories,
            Self::Products(_) | Self::Product(_) => Namespace::Products,
            Self::Search(_) | Self::Suggest(_) | Self::Popular => Namespace::Search,
        }
    }

    /// Bytes it takes in memory, roughly.
    pub fn weight(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let more = match self {
            Self::Categories | Self::Popular => 0,
            Self::Category(key) | Self::Product(key) => key.len(),
            Self::Products(query) => text(&query.category) + text(&query.category_id),
            Self::Search(query) => query.q.len() + text(&query.category_id),
            Self::Suggest(query) => query.q.len(),
        };
        size_of::<Self>() + more
    }
}

/// No price is below zero, so that at least zero is no condition.
fn above_zero(price: Option<Money>) -> Option<Money> {
    price.filter(|price| *price > Money::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_is_the_same_key_and_what_does_not_is_not() {
        let plain = ProductQuery::default();
        let spelled = ProductQuery { min_price: Some(Money::ZERO), ..plain.clone() };
        assert_eq!(Key::products(&plain), Key::products(&spelled));
        let dear = ProductQuery { min_price: Some(Money::from_minor(1)), ..plain.clone() };
        assert_ne!(Key::products(&plain), Key::products(&dear));
        assert_ne!(Key::product("books"), Key::category("books"));
        assert_eq!(Key::product(&"x".repeat(LONGEST + 1)), None);
    }
}
