//! The state of the product list: all of it lives in the address, so that back, reload and sharing work.

use shared_types::{
    Money,
    catalog::{ProductQuery, ProductSort, SortOrder},
    money::MAX_AMOUNT,
    paths::with_query,
    search::{SearchKind, SearchQuery, SearchSort},
};

use super::search::query_text;

/// Products a page.
pub const PER_PAGE: i64 = 12;

/// The orders a shopper can choose from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best match first; only a search has one.
    Relevance,
    /// Newest first.
    #[default]
    Newest,
    /// Cheapest first.
    PriceUp,
    /// Dearest first.
    PriceDown,
    /// By name.
    Name,
}

impl Sort {
    const ALL: [Self; 5] = [Self::Relevance, Self::Newest, Self::PriceUp, Self::PriceDown, Self::Name];

    /// Those that the menu lists.
    pub fn choices(is_search: bool) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |sort| is_search || *sort != Self::Relevance)
    }

    /// The one that needs no mention in the address.
    fn usual(is_search: bool) -> Self {
        if is_search { Self::Relevance } else { Self::Newest }
    }

    /// The spelling in the address.
    pub fn key(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Newest => "newest",
            Self::PriceUp => "price",
            Self::PriceDown => "-price",
            Self::Name => "name",
        }
    }

    /// The words in the menu.
    pub fn label(self) -> &'static str {
        match self {
            Self::Relevance => "Best match",
            Self::Newest => "Newest",
            Self::PriceUp => "Price: low to high",
            Self::PriceDown => "Price: high to low",
            Self::Name => "Name: A to Z",
        }
    }

    /// Reads the spelling in the address.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.key() == key)
    }

    fn request(self) -> (ProductSort, SortOrder) {
        match self {
            Self::Relevance | Self::Newest => (ProductSort::CreatedAt, SortOrder::Desc),
            Self::PriceUp => (ProductSort::Price, SortOrder::Asc),
            Self::PriceDown => (ProductSort::Price, SortOrder::Desc),
            Self::Name => (ProductSort::Name, SortOrder::Asc),
        }
    }

    fn search(self) -> SearchSort {
        match self {
            Self::Relevance => SearchSort::Relevance,
            Self::Newest => SearchSort::Newest,
            Self::PriceUp => SearchSort::PriceAsc,
            Self::PriceDown => SearchSort::PriceDesc,
            Self::Name => SearchSort::Name,
        }
    }
}

/// What the shopper asked to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Words to search for.
    pub q: Option<String>,
    /// Slug of a category; includes what is below it, but not in a search.
    pub category: Option<String>,
    /// At least this price.
    pub min_price: Option<Money>,
    /// At most this price.
    pub max_price: Option<Money>,
    /// Only what is in stock.
    pub in_stock: bool,
    /// Only what the shop recommends; a search does not know it.
    pub featured: bool,
    /// Order.
    pub sort: Sort,
    /// Page after the first, from 0.
    pub skipped_pages: i64,
}

/// One active filter and the list without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// What the filter is.
    pub kind: ChipKind,
    /// The list when the chip is taken away.
    pub without: Listing,
}

/// The filters that make chips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChipKind {
    /// The words that are searched for.
    Query(String),
    /// A category, by slug.
    Category(String),
    /// A price range, in words.
    Price(String),
    /// In stock.
    InStock,
    /// Featured.
    Featured,
}

impl Listing {
    /// Reads an address's query. Values that make no sense are ignored: an address typed by hand never breaks the page.
    pub fn from_query(get: impl Fn(&str) -> Option<String>) -> Self {
        let amount = |name: &str| {
            get(name)
                .and_then(|text| Money::parse(text.trim()))
                .filter(|amount| (Money::ZERO..=MAX_AMOUNT).contains(amount))
        };
        let flag = |name: &str| get(name).as_deref() == Some("true");
        let page: i64 = get("page").and_then(|text| text.parse().ok()).unwrap_or(1);
        let q = get("q").as_deref().and_then(query_text);
        let sort = get("sort").as_deref().and_then(Sort::parse).unwrap_or(Sort::usual(q.is_some()));
        let listing = Self {
            q,
            category: get("category").filter(|slug| !slug.is_empty()),
            min_price: amount("minPrice"),
            max_price: amount("maxPrice"),
            in_stock: flag("inStock"),
            featured: flag("featured"),
            sort,
            skipped_pages: page.clamp(1, 1_000_000) - 1,
        };
        listing.settled()
    }

    /// A new search: filters of another list do not belong to it.
    pub fn search_for(q: &str) -> Self {
        let q = query_text(q);
        Self { sort: Sort::usual(q.is_some()), q, ..Self::default() }
    }

    /// The list of a category's own page, which is no search.
    pub fn within(self, category: &str) -> Self {
        Self { q: None, category: Some(category.to_owned()), ..self }.settled()
    }

    /// Without what only makes sense with a search, or only without one.
    fn settled(mut self) -> Self {
        if self.q.is_some() {
            self.featured = false;
        } else if self.sort == Sort::Relevance {
            self.sort = Sort::default();
        }
        self
    }

    /// The page, from 1.
    pub fn page(&self) -> i64 {
        self.skipped_pages + 1
    }

    /// The address of this list under `path`; defaults are left out. `path` of a category's own page already names the
    /// category.
    pub fn href(&self, path: &str) -> String {
        let mut pairs = Vec::new();
        let mut pair = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        if path == crate::routes::PRODUCTS {
            pair("q", self.q.clone());
            pair("category", self.category.clone());
        }
        pair("minPrice", self.min_price.map(|price| price.to_string()));
        pair("maxPrice", self.max_price.map(|price| price.to_string()));
        pair("inStock", self.in_stock.then(|| "true".into()));
        pair("featured", self.featured.then(|| "true".into()));
        let is_usual = self.sort == Sort::usual(self.q.is_some());
        pair("sort", (!is_usual).then(|| self.sort.key().into()));
        pair("page", (self.skipped_pages > 0).then(|| self.page().to_string()));
        with_query(path, &pairs)
    }

    /// The question for the API's search, when something is searched for. It knows categories by their ids.
    pub fn search(&self, category_id: Option<String>) -> Option<SearchQuery> {
        Some(SearchQuery {
            q: self.q.clone()?,
            kind: SearchKind::Products,
            page: self.page(),
            limit: PER_PAGE,
            category_id,
            min_price: self.min_price,
            max_price: self.max_price,
            in_stock: self.in_stock.then_some(true),
            sort: self.sort.search(),
        })
    }

    /// The question for the API's catalogue, when nothing is searched for.
    pub fn request(&self) -> ProductQuery {
        let (sort_by, sort_order) = self.sort.request();
        ProductQuery {
            page: self.page(),
            limit: PER_PAGE,
            category: self.category.clone(),
            min_price: self.min_price,
            max_price: self.max_price,
            in_stock: self.in_stock.then_some(true),
            featured: self.featured.then_some(true),
            sort_by,
            sort_order,
            ..ProductQuery::default()
        }
    }

    /// The same list on another page.
    pub fn at_page(&self, page: i64) -> Self {
        Self { skipped_pages: (page - 1).max(0), ..self.clone() }
    }

    /// The list after a change, on its first page: the old page number means nothing for another list.
    pub fn changed(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut next = self.at_page(1);
        change(&mut next);
        next.settled()
    }

    /// Only the search and the order are kept.
    pub fn without_filters(&self) -> Self {
        Self { q: self.q.clone(), sort: self.sort, ..Self::default() }
    }

    /// How many filters are active. Words to search for are none: they are what is filtered.
    pub fn filters(&self) -> usize {
        self.chips().len() - usize::from(self.q.is_some())
    }

    /// The search and the active filters, each with the list without it.
    pub fn chips(&self) -> Vec<Chip> {
        let mut chips = Vec::new();
        let mut chip = |kind, change: fn(&mut Self)| chips.push(Chip { kind, without: self.changed(change) });
        if let Some(q) = &self.q {
            chip(ChipKind::Query(q.clone()), |list| list.q = None);
        }
        if let Some(slug) = &self.category {
            chip(ChipKind::Category(slug.clone()), |list| list.category = None);
        }
        if let Some(range) = price_range(self.min_price, self.max_price) {
            chip(ChipKind::Price(range), |list| {
                list.min_price = None;
                list.max_price = None;
            });
        }
        if self.in_stock {
            chip(ChipKind::InStock, |list| list.in_stock = false);
        }
        if self.featured {
            chip(ChipKind::Featured, |list| list.featured = false);
        }
        chips
    }
}

/// A range of prices in words, if it has an end.
pub fn price_range(min: Option<Money>, max: Option<Money>) -> Option<String> {
    let usd = super::text::usd;
    match (min, max) {
        (None, None) => None,
        (Some(min), None) => Some(format!("From {}", usd(min))),
        (None, Some(max)) => Some(format!("Up to {}", usd(max))),
        (Some(min), Some(max)) => Some(format!("{} – {}", usd(min), usd(max))),
    }
}

/// The page numbers to offer: first, last, and those around the present one; `None` stands for a gap.
pub fn page_numbers(page: i64, pages: i64) -> Vec<Option<i64>> {
    let mut numbers = Vec::new();
    let mut last = 0;
    for number in (1..=pages.min(2)).chain(page - 1..=page + 1).chain(pages - 1..=pages) {
        if number <= last || number > pages {
            continue;
        }
        if number == last + 2 {
            numbers.push(Some(last + 1));
        } else if number > last + 2 {
            numbers.push(None);
        }
        numbers.push(Some(number));
        last = number;
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::PRODUCTS;

    fn read(query: &str) -> Listing {
        let pairs: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        Listing::from_query(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_state_survives_its_own_address() {
        let listing = Listing {
            q: None,
            category: Some("books".into()),
            min_price: Some(Money::from_minor(1_050)),
            max_price: Some(Money::from_minor(9_900)),
            in_stock: true,
            featured: true,
            sort: Sort::PriceDown,
            skipped_pages: 2,
        };
        let href = listing.href(PRODUCTS);
        assert_eq!(
            href,
            "/products?category=books&minPrice=10.50&maxPrice=99.00&inStock=true&featured=true&sort=-price&page=3"
        );
        assert_eq!(read(href.split_once('?').unwrap().1), listing);
    }

    #[test]
    fn the_plain_list_has_a_plain_address_and_a_categorys_page_does_not_repeat_it() {
        assert_eq!(Listing::default().href(PRODUCTS), "/products");
        let listing = Listing { category: Some("books".into()), ..Listing::default() };
        assert_eq!(listing.href("/categories/books"), "/categories/books");
    }

    #[test]
    fn nonsense_in_the_address_is_ignored() {
        assert_eq!(
            read("page=-3&minPrice=abc&maxPrice=-1&inStock=yes&sort=random&category="),
            Listing::default()
        );
        assert_eq!(read("page=99999999999999999999").page(), 1);
        assert_eq!(read("page=-9223372036854775808").page(), 1);
    }

    #[test]
    fn a_search_survives_its_own_address_and_asks_the_api_for_what_it_says() {
        let listing = Listing {
            q: Some("50% off & more".into()),
            category: Some("books".into()),
            min_price: Some(Money::from_minor(1_050)),
            max_price: None,
            in_stock: true,
            featured: false,
            sort: Sort::PriceUp,
            skipped_pages: 1,
        };
        let href = listing.href(PRODUCTS);
        assert_eq!(
            href,
            "/products?q=50%25%20off%20%26%20more&category=books&minPrice=10.50&inStock=true&sort=price&page=2"
        );
        let query = listing.search(Some("id".into())).unwrap();
        assert_eq!((query.q.as_str(), query.kind, query.page), ("50% off & more", SearchKind::Products, 2));
        assert_eq!((query.limit, query.sort), (PER_PAGE, SearchSort::PriceAsc));
        assert_eq!((query.category_id.as_deref(), query.in_stock), (Some("id"), Some(true)));
        assert_eq!(Listing::default().search(None), None);
    }

    #[test]
    fn the_best_match_is_the_usual_order_of_a_search_and_the_newest_of_everything_else() {
        assert_eq!(Listing::search_for("mat").href(PRODUCTS), "/products?q=mat");
        assert_eq!(read("q=mat").sort, Sort::Relevance);
        assert_eq!(read("q=mat&sort=newest").href(PRODUCTS), "/products?q=mat&sort=newest");
        assert_eq!(read("sort=relevance"), Listing::default());
        assert!(Sort::choices(true).any(|sort| sort == Sort::Relevance));
        assert!(Sort::choices(false).all(|sort| sort != Sort::Relevance));
    }

    #[test]
    fn a_search_knows_no_featured_products_and_leaving_it_leaves_its_order() {
        assert_eq!(read("q=mat&featured=true"), read("q=mat"));
        let chips = read("q=mat&inStock=true").chips();
        assert_eq!(chips[0].kind, ChipKind::Query("mat".into()));
        assert_eq!(chips[0].without, read("inStock=true"));
        assert_eq!(read("q=mat&sort=price").chips()[0].without, read("sort=price"));
    }

    #[test]
    fn clearing_the_filters_keeps_the_search() {
        let listing = read("q=mat&inStock=true&minPrice=5&sort=name");
        assert_eq!(listing.filters(), 2);
        assert_eq!(listing.without_filters(), read("q=mat&sort=name"));
        assert_eq!(read("q=mat").filters(), 0);
    }

    #[test]
    fn a_search_without_words_is_none_and_a_new_one_starts_afresh() {
        assert_eq!(read("q=   "), Listing::default());
        assert_eq!(Listing::search_for(" \t "), Listing::default());
        assert_eq!(
            read("q=mat&page=3").within("books"),
            Listing { skipped_pages: 2, ..read("category=books") }
        );
    }

    #[test]
    fn a_changed_filter_starts_at_the_first_page() {
        let listing = Listing { skipped_pages: 4, ..Listing::default() };
        assert_eq!(listing.changed(|list| list.in_stock = true).page(), 1);
    }

    #[test]
    fn each_chip_takes_away_exactly_its_filter() {
        let listing = read("category=books&minPrice=10&inStock=true&sort=name");
        let chips = listing.chips();
        assert_eq!(chips.len(), 3);
        assert_eq!(chips[1].kind, ChipKind::Price("From $10.00".into()));
        assert_eq!(chips[1].without, read("category=books&inStock=true&sort=name"));
        assert_eq!(listing.without_filters(), read("sort=name"));
    }

    #[test]
    fn long_lists_of_pages_have_gaps_and_no_gap_hides_a_single_page() {
        assert_eq!(page_numbers(1, 2), [Some(1), Some(2)]);
        assert_eq!(page_numbers(1, 0), []);
        assert_eq!(
            page_numbers(6, 12),
            [Some(1), Some(2), None, Some(5), Some(6), Some(7), None, Some(11), Some(12)]
        );
        assert_eq!(page_numbers(4, 5), [1, 2, 3, 4, 5].map(Some));
    }
}
