//! Rules of search.

use std::sync::Arc;

use shared_types::{
    Data,
    catalog::{CategoryCount, CategoryList, ProductList},
    search::{
        Popular, SearchAnswer, SearchKind, SearchMeta, SearchQuery, SuggestQuery, Suggestions, TopCategory,
    },
};

use super::{
    index::{
        Index,
        facets::Filters,
        query::{Found, Question},
        text::query_words,
    },
    provisional,
};
use crate::{
    cache::{
        entry::{Entry, Fresh},
        key::Key,
    },
    db::DbConnection,
    error::AppError,
    features::catalog,
    state::State,
};

/// Categories beside products.
const CATEGORIES_BESIDE: usize = 5;
/// Suggested categories.
const CATEGORIES_SUGGESTED: usize = 3;
/// Popular products, and popular categories.
const POPULAR: usize = 6;

/// Finds products and categories.
pub async fn search(state: &State, query: SearchQuery) -> Result<Arc<Entry>, AppError> {
    let make = async || {
        let asked = query.clone();
        let index = index_for(state, &asked).await?;
        let outcome = state.search.ask(index.clone(), move |index| Outcome::of(index, &asked, false)).await?;
        let query = query.clone();
        let read = move |connection: &mut DbConnection| {
            let products = catalog::repo::active_products(connection, &outcome.products.ids)?;
            let shown = products.iter().map(|row| row.product.id.clone()).collect();
            Fresh::of(&answer(&index, query, outcome, products), shown)
        };
        state.db.read(read).await
    };
    state.reads.answer(&state.db, Key::search(&query), make).await
}

/// What somebody may be about to type.
pub async fn suggest(state: &State, query: SuggestQuery) -> Result<Arc<Entry>, AppError> {
    let make = async || {
        let SuggestQuery { q, limit } = query.clone();
        let asked = SearchQuery { q, limit, ..SearchQuery::default() };
        let index = index_for(state, &asked).await?;
        let outcome = state.search.ask(index.clone(), move |index| Outcome::of(index, &asked, true)).await?;
        let read = move |connection: &mut DbConnection| {
            let categories = outcome.categories.iter().take(CATEGORIES_SUGGESTED);
            let suggestions = Suggestions {
                products: catalog::repo::active_hits(connection, &outcome.products.ids)?,
                categories: categories.filter_map(|number| index.categories().reference(*number)).collect(),
            };
            Fresh::of(&Data::new(suggestions), Vec::new())
        };
        state.db.read(read).await
    };
    state.reads.answer(&state.db, Key::Suggest(query.clone()), make).await
}

/// What to show before anything is typed.
pub async fn popular(state: &State) -> Result<Arc<Entry>, AppError> {
    let make = async || {
        let index = state.search.index(&state.db, provisional::of_featured).await?;
        let (featured, top_categories) = state.search.ask(index, most_popular).await?;
        let read = move |connection: &mut DbConnection| {
            let featured_products = catalog::repo::active_hits(connection, &featured)?;
            Fresh::of(&Data::new(Popular { featured_products, top_categories }), Vec::new())
        };
        state.db.read(read).await
    };
    state.reads.answer(&state.db, Key::Popular, make).await
}

/// An index in which everything that this query finds can be found.
async fn index_for(state: &State, query: &SearchQuery) -> Result<Arc<Index>, AppError> {
    let query = query.clone();
    let provisional = move |connection: &mut DbConnection| {
        provisional::for_words(connection, &query_words(&query.q), &query)
    };
    state.search.index(&state.db, provisional).await
}

/// The ids of recommended products, and the largest categories.
fn most_popular(index: &Index) -> (Vec<String>, Vec<TopCategory>) {
    let top = index.top_categories(POPULAR).into_iter().filter_map(|number| {
        let count = CategoryCount { products: index.products_in(number) };
        Some(TopCategory { category: index.categories().reference(number)?, count })
    });
    (index.featured(POPULAR), top.collect())
}

/// What the index finds.
struct Outcome {
    products: Found,
    /// All of them, in order.
    categories: Vec<u32>,
    corrected: Option<String>,
}

impl Outcome {
    /// A brief outcome has no facets and no total.
    fn of(index: &Index, query: &SearchQuery, is_brief: bool) -> Self {
        let words = query_words(&query.q);
        let with = |words: &[String], corrected| Self {
            corrected,
            ..Self::with(index, query, Question { is_brief, ..question(index, query, words) })
        };
        let as_written = with(&words, None);
        if words.is_empty() || as_written.products.fits_any || !as_written.categories.is_empty() {
            return as_written;
        }
        match index.correct(&words, query.kind) {
            Some(words) => with(&words, Some(words.join(" "))),
            None => as_written,
        }
    }

    fn with(index: &Index, query: &SearchQuery, question: Question) -> Self {
        let products =
            if query.kind == SearchKind::Categories { Found::default() } else { index.search(&question) };
        let categories = if query.kind == SearchKind::Products {
            Vec::new()
        } else {
            index.categories().search(&question.words, |number| index.products_in(number))
        };
        Self { products, categories, corrected: None }
    }
}

fn question(index: &Index, query: &SearchQuery, words: &[String]) -> Question {
    let filters = Filters {
        category: query.category_id.as_deref().map(|id| index.categories().number_of(id)),
        min_price: query.min_price.map(|price| price.minor()),
        max_price: query.max_price.map(|price| price.minor()),
        in_stock: query.in_stock,
    };
    Question {
        words: words.to_vec(),
        filters,
        sort: Some(query.sort),
        offset: offset(query),
        limit: count(query.limit),
        is_brief: false,
    }
}

fn offset(query: &SearchQuery) -> usize {
    count((query.page - 1).saturating_mul(query.limit))
}

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

fn total(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn answer(index: &Index, query: SearchQuery, outcome: Outcome, products: Vec<ProductList>) -> SearchAnswer {
    let Outcome { products: found, categories, corrected } = outcome;
    let has_products = query.kind != SearchKind::Categories;
    let has_categories = query.kind != SearchKind::Products;
    let (skipped, shown) =
        if has_products { (0, CATEGORIES_BESIDE) } else { (offset(&query), count(query.limit)) };
    let total_categories = categories.len();
    let page = categories.into_iter().skip(skipped).take(shown);
    let listed = page.filter_map(|number| {
        let category = index.categories().get(number)?.clone();
        Some(CategoryList { category, count: CategoryCount { products: index.products_in(number) } })
    });
    SearchAnswer {
        success: true,
        categories: has_categories.then(|| listed.collect()),
        // A product that was changed a moment ago is not shown where it no longer belongs.
        products: has_products.then(|| products.into_iter().filter(|row| belongs(row, &query)).collect()),
        facets: has_products.then_some(found.facets),
        meta: SearchMeta {
            page: query.page,
            limit: query.limit,
            total_products: has_products.then(|| total(found.total)),
            total_categories: has_categories.then(|| total(total_categories)),
            corrected,
            query: query.q,
        },
    }
}

fn belongs(row: &ProductList, query: &SearchQuery) -> bool {
    let product = &row.product;
    query.category_id.as_ref().is_none_or(|id| *id == product.category_id)
        && query.min_price.is_none_or(|price| product.price >= price)
        && query.max_price.is_none_or(|price| product.price <= price)
        && query.in_stock.is_none_or(|in_stock| in_stock == (product.stock > 0))
}
