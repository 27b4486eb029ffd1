//! The index against a model that looks at every product, and patched indexes against ones that were built anew.

use std::cmp::Reverse;

use proptest::prelude::*;
use shared_types::{
    catalog::Category,
    search::{SearchKind, SearchSort},
};

use super::{
    super::{
        Index,
        categories::Categories,
        facets::Filters,
        query::Question,
        rank::{Place, best, points},
        segment::{Document, Order},
        sorted::Listing,
        text::{fold, query_words, words},
    },
    asked, built, category, named,
};

/// What a word is worth in a product.
fn worth(document: &Document, word: &str) -> Option<u16> {
    let code = fold(&document.sku).split_whitespace().collect::<Vec<_>>().join(" ");
    worth_in(&document.name, &code, document.description.as_deref(), word)
}

/// What a word is worth in a product or a category, looked up field by field.
fn worth_in(name: &str, code: &str, description: Option<&str>, word: &str) -> Option<u16> {
    let in_field = |text: &str, places: [Place; 2]| -> Option<u8> {
        let folded = fold(text);
        let found = words(&folded).enumerate().filter_map(|(position, term)| {
            Some(points(places[usize::from(position > 0)], best(term, word)?))
        });
        found.max()
    };
    let description = description.unwrap_or_default();
    let found = [
        in_field(name, [Place::NameStart, Place::Name]),
        best(code, word).map(|quality| points(Place::Code, quality)),
        in_field(description, [Place::Description; 2]),
    ];
    // Being found is simpler than being ranked: the word is a part of one of the texts.
    let fields = [name, code, description];
    assert_eq!(found.iter().any(Option::is_some), fields.iter().any(|text| fold(text).contains(word)));
    found.into_iter().flatten().max().map(u16::from)
}

/// The ids that a question is answered with, and all that fit its words.
fn model(documents: &[Document], question: &Question) -> (Vec<String>, usize) {
    let filters = &question.filters;
    let mut fitting: Vec<(u16, &Document)> = documents
        .iter()
        .filter(|_| !question.words.is_empty())
        .filter_map(|document| {
            let worth = question.words.iter().map(|word| worth(document, word)).sum::<Option<u16>>()?;
            Some((worth, document))
        })
        .collect();
    let count = fitting.len();
    fitting.retain(|(_, document)| {
        filters.category.is_none_or(|category| document.category_id == format!("c{category}"))
            && filters.min_price.is_none_or(|price| document.price >= price)
            && filters.max_price.is_none_or(|price| document.price <= price)
            && filters.in_stock.is_none_or(|in_stock| document.in_stock == in_stock)
    });
    fitting.sort_by(|(points, a), (other, b)| match question.sort.unwrap_or(SearchSort::Relevance) {
        SearchSort::Relevance => {
            let length = |document: &Document| words(&fold(&document.name)).count();
            (other, length(a), !a.in_stock, !a.is_featured, b.created_at, &a.id).cmp(&(
                points,
                length(b),
                !b.in_stock,
                !b.is_featured,
                a.created_at,
                &b.id,
            ))
        }
        SearchSort::PriceAsc => (a.price, &a.id).cmp(&(b.price, &b.id)),
        SearchSort::PriceDesc => (b.price, &b.id).cmp(&(a.price, &a.id)),
        SearchSort::Name => (&a.name, &a.id).cmp(&(&b.name, &b.id)),
        SearchSort::Newest => (b.created_at, &b.id).cmp(&(a.created_at, &a.id)),
    });
    let page = fitting.into_iter().skip(question.offset).take(question.limit);
    (page.map(|(_, document)| document.id.clone()).collect(), count)
}

fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "Pro",
        "Phone",
        "iPhone",
        "Smartphone",
        "e-bike",
        "100%",
        "Café",
        "cafe",
        "Men's",
        "a_b",
        "X1-Carbon",
        "pro-pro",
        "Straße",
        "(new)",
        "\"quoted\"",
        "日本語",
        "…",
        "a",
        "aa",
        "aaa",
    ]);
    prop::collection::vec(word, 0..6).prop_map(|words| words.join(" "))
}

fn query() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "pro", "PHONE", "phon", "one", "e", "é", "%", "_", "0%", "a", "aa", "bike", "e-b", "x1", "ro-pr",
        "ss", "mens", "new)", "本", ".", "pr", "sku-1", "SKU",
    ]);
    prop::collection::vec(word, 0..4).prop_map(|words| words.join(" "))
}

prop_compose! {
    fn document(most: u16)(
        id in 0..most,
        category in 0..3_u8,
        name in text(),
        description in prop::option::of(text()),
        sku in prop::sample::select(vec!["", "-PRO", " X 1", "_%"]),
        price in 1..120_i64,
        in_stock: bool,
        is_featured: bool,
        created_at in 0..5_i64,
    ) -> Document {
        Document {
            id: format!("p{id:03}"),
            category_id: format!("c{category}"),
            sku: format!("SKU-{id}{sku}"),
            name,
            description,
            price: price * 1_000,
            in_stock,
            is_featured,
            created_at,
            edited_at: created_at,
        }
    }
}

prop_compose! {
    /// Categories, and how many products each has.
    fn shelves()(
        all in prop::collection::vec((text(), prop::option::of(text()), any::<bool>(), 0..4_i64), 0..12),
    ) -> Vec<(Category, i64)> {
        let shelves = (0_usize..).zip(all).map(|(number, (name, description, is_active, products))| {
            let (id, slug) = (format!("shelf {number}"), format!("pro-{number}"));
            (Category { id, slug, name, description, is_active, ..category(0) }, products)
        });
        shelves.collect()
    }
}

prop_compose! {
    fn question()(
        query in query(),
        category in prop::option::weighted(0.2, 0..3_u32),
        min_price in prop::option::weighted(0.2, 0..80_000_i64),
        max_price in prop::option::weighted(0.2, 20_000..120_000_i64),
        in_stock in prop::option::weighted(0.2, any::<bool>()),
        sort in prop::sample::select(SearchSort::ALL),
        offset in 0..12_usize,
        limit in 1..20_usize,
    ) -> Question {
        let filters = Filters { category, min_price, max_price, in_stock };
        Question { words: query_words(&query), filters, sort: Some(sort), offset, limit, is_brief: false }
    }
}

/// Compares the same page of what each word finds by itself, as it is suggested.
fn suggests_like_the_model(
    index: &Index,
    documents: &[Document],
    question: &Question,
) -> Result<(), TestCaseError> {
    let Question { words, offset, limit, .. } = question.clone();
    for word in words {
        let brief = Question { words: vec![word], offset, limit, is_brief: true, ..Question::default() };
        let (found, (ids, fitting)) = (index.search(&brief), model(documents, &brief));
        prop_assert_eq!((found.ids, found.fits_any), (ids, fitting > 0), "{:?}", brief);
        prop_assert!(found.total <= index.parts.len() * (offset + limit), "others are not kept");
    }
    Ok(())
}

/// The last document of each id.
fn distinct(documents: Vec<Document>) -> Vec<Document> {
    let by_id: std::collections::BTreeMap<_, _> =
        documents.into_iter().map(|document| (document.id.clone(), document)).collect();
    by_id.into_values().collect()
}

/// Compares everything that the index answers with what looking at every product finds.
fn answers_like_the_model(documents: &[Document], questions: Vec<Question>) -> Result<(), TestCaseError> {
    let index = built(documents);
    for question in questions {
        let found = index.search(&question);
        let (ids, fitting) = model(documents, &question);
        prop_assert_eq!(&found.ids, &ids, "{:?}", &question);
        let brief = index.search(&Question { is_brief: true, ..question.clone() });
        prop_assert_eq!((&brief.ids, brief.fits_any), (&ids, fitting > 0), "{:?}", &question);
        suggests_like_the_model(&index, documents, &question)?;
        prop_assert_eq!(found.fits_any, fitting > 0);
        let everything = Question { offset: 0, limit: documents.len() + 1, ..question.clone() };
        prop_assert_eq!(found.total, model(documents, &everything).0.len());
        let narrowed = |filters| model(documents, &Question { filters, ..everything.clone() }).0.len();
        let facets = &found.facets;
        for category in 0..3_u32 {
            let filters = Filters { category: Some(category), ..question.filters };
            let counted = facets.categories.iter().find(|facet| facet.category.id == format!("c{category}"));
            prop_assert_eq!(
                counted.map_or(0, |facet| facet.count),
                i64::try_from(narrowed(filters)).unwrap()
            );
        }
        for range in &facets.price_ranges {
            let (min_price, max_price) = (Some(range.min.minor()), range.max.map(|price| price.minor()));
            let filters = Filters { min_price, max_price, ..question.filters };
            prop_assert_eq!(range.count, i64::try_from(narrowed(filters)).unwrap());
        }
        let without_price = Filters { min_price: None, max_price: None, ..question.filters };
        let counted: i64 = facets.price_ranges.iter().map(|range| range.count).sum();
        prop_assert_eq!(counted, i64::try_from(narrowed(without_price)).unwrap());
        for in_stock in [true, false] {
            let filters = Filters { in_stock: Some(in_stock), ..question.filters };
            let counted =
                if in_stock { facets.availability.in_stock } else { facets.availability.out_of_stock };
            prop_assert_eq!(counted, i64::try_from(narrowed(filters)).unwrap());
        }
    }
    Ok(())
}

prop_compose! {
    fn listing()(
        categories in prop::option::weighted(0.4, prop::collection::vec(0..4_u32, 0..3)),
        min_price in prop::option::weighted(0.3, 0..80_000_i64),
        max_price in prop::option::weighted(0.3, 20_000..120_000_i64),
        is_featured in prop::option::weighted(0.3, any::<bool>()),
        in_stock in prop::option::weighted(0.3, any::<bool>()),
        order in prop::sample::select(vec![Order::Name, Order::Price, Order::Age]),
        is_backwards: bool,
        offset in 0..40_usize,
        limit in 1..20_usize,
    ) -> Listing {
        Listing { categories, min_price, max_price, is_featured, in_stock, order, is_backwards, offset, limit }
    }
}

/// The ids of one page of a list, and how many products it has.
fn listed(documents: &[Document], listing: &Listing) -> (Vec<String>, usize) {
    let is_in = |document: &Document, category: &u32| document.category_id == format!("c{category}");
    let mut all: Vec<&Document> = documents
        .iter()
        .filter(|document| {
            listing.categories.as_ref().is_none_or(|all| all.iter().any(|number| is_in(document, number)))
                && listing.min_price.is_none_or(|price| document.price >= price)
                && listing.max_price.is_none_or(|price| document.price <= price)
                && listing.is_featured.is_none_or(|flag| document.is_featured == flag)
                && listing.in_stock.is_none_or(|flag| document.in_stock == flag)
        })
        .collect();
    all.sort_by(|a, b| match listing.order {
        Order::Name => (&a.name, &a.id).cmp(&(&b.name, &b.id)),
        Order::Price => (a.price, &a.id).cmp(&(b.price, &b.id)),
        Order::Age => (a.created_at, &a.id).cmp(&(b.created_at, &b.id)),
    });
    if listing.is_backwards {
        all.reverse();
    }
    let page = all.iter().skip(listing.offset).take(listing.limit);
    (page.map(|document| document.id.clone()).collect(), all.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn sets_of_many_products_answer_like_lists_of_few(
        documents in prop::collection::vec(document(400), 60..200),
        questions in prop::collection::vec(question(), 1..3),
        listings in prop::collection::vec(listing(), 12),
    ) {
        let documents = distinct(documents);
        let index = built(&documents);
        for listing in listings {
            prop_assert_eq!(index.list(&listing), listed(&documents, &listing), "{:?}", listing);
        }
        answers_like_the_model(&documents, questions)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn the_index_answers_like_looking_at_every_product(
        documents in prop::collection::vec(document(40), 0..40),
        questions in prop::collection::vec(question(), 1..6),
    ) {
        answers_like_the_model(&distinct(documents), questions)?;
    }

    #[test]
    fn a_patched_index_equals_one_that_was_built_anew(
        first in prop::collection::vec(document(40), 0..30),
        patches in prop::collection::vec((prop::collection::vec(document(40), 0..9), prop::collection::vec(0..40_u16, 0..9)), 0..12),
        questions in prop::collection::vec(question(), 1..6),
        listings in prop::collection::vec(listing(), 6),
    ) {
        let mut present = distinct(first);
        let mut index = built(&present);
        for (changed, removed) in patches {
            let removed: Vec<String> = removed.iter().map(|id| format!("p{id:03}")).collect();
            let changed: Vec<_> = distinct(changed).into_iter().filter(|new| !removed.contains(&new.id)).collect();
            let ids: Vec<String> = changed.iter().map(|new| new.id.clone()).chain(removed).collect();
            index.patch(&ids, &changed);
            present.retain(|document| !ids.contains(&document.id));
            present.extend(changed);
        }
        let anew = built(&present);
        prop_assert_eq!(index.count(), present.len());
        for question in questions {
            prop_assert_eq!(index.search(&question), anew.search(&question));
            suggests_like_the_model(&index, &present, &question)?;
        }
        for listing in listings {
            prop_assert_eq!(index.list(&listing), listed(&present, &listing), "{:?}", listing);
        }
        prop_assert_eq!(index.featured(6), anew.featured(6));
        for number in 0..3 {
            prop_assert_eq!(index.products_in(number), anew.products_in(number));
        }
        let typo = ["smartphnoe".to_owned()];
        prop_assert_eq!(index.correct(&typo, SearchKind::All), anew.correct(&typo, SearchKind::All));
    }

    #[test]
    fn categories_are_found_like_by_looking_at_every_one(all in shelves(), query in query()) {
        let words = query_words(&query);
        let mut expected: Vec<_> = all
            .iter()
            .filter(|(shelf, _)| shelf.is_active && !words.is_empty())
            .filter_map(|(shelf, products)| {
                let description = shelf.description.as_deref();
                let worth = words.iter().map(|word| worth_in(&shelf.name, &shelf.slug, description, word));
                let points = worth.sum::<Option<u16>>()?;
                Some((Reverse(points), Reverse(*products), shelf.name.clone(), shelf.id.clone()))
            })
            .collect();
        expected.sort_unstable();
        let mut categories = Categories::default();
        // Others that were known before, some of them under other names.
        categories.replace(vec![category(0), Category { id: "shelf 3".to_owned(), ..category(1) }]);
        categories.replace(all.iter().map(|(shelf, _)| shelf.clone()).collect());
        let products = |number| {
            let shelf = categories.get(number).unwrap();
            all.iter().find(|(other, _)| other.id == shelf.id).unwrap().1
        };
        let found = categories.search(&words, products).into_iter().map(|number| categories.get(number).unwrap().id.clone());
        let expected: Vec<String> = expected.into_iter().map(|(.., id)| id).collect();
        prop_assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn no_query_is_too_odd(query in "\\PC{0,60}") {
        let index = built(&[named("1", "iPhone 15 Pro"), named("2", &query)]);
        let words = query_words(&query);
        let found = index.search(&asked(&query));
        prop_assert_eq!(found.ids.iter().any(|id| id == "2"), !words.is_empty());
        index.correct(&words, SearchKind::All);
    }
}
