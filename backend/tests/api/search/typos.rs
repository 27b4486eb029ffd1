//! Typos are forgiven when nothing else is found, and only then.

use shared_types::search::{SearchKind, SearchQuery};

use super::{asking, new, search, shop_of};
use crate::support::{Actor, TestApp};

/// What was searched instead, and the names of the products that were found.
fn corrected(actor: &Actor, q: &str) -> (Option<String>, Vec<String>) {
    let answer = search(actor, &asking(q));
    assert_eq!(answer.meta.query, q);
    let names = answer.products.unwrap().into_iter().map(|row| row.product.name).collect();
    (answer.meta.corrected, names)
}

#[test]
fn a_misspelled_word_finds_what_was_meant_and_says_so() {
    let app = TestApp::start();
    for (q, meant, name) in [
        ("ihpone", "iphone", "iPhone 15 Pro"),
        ("iphoone", "iphone", "iPhone 15 Pro"),
        ("samsumg", "samsung", "Samsung Galaxy S24 Ultra"),
        ("Galxay SAMSUNG", "galaxy samsung", "Samsung Galaxy S24 Ultra"),
        ("thinkpda carbin", "thinkpad carbon", "ThinkPad X1 Carbon"),
        ("jeens", "jeans", "Men's Slim Jeans"),
    ] {
        assert_eq!(corrected(&app.anon(), q), (Some(meant.to_owned()), vec![name.to_owned()]), "{q}");
    }
}

#[test]
fn nothing_is_corrected_when_something_is_found() {
    let app = shop_of(&[new("A", "Lamp"), new("B", "Lamb Roast"), new("C", "Clamp")]);
    let (meant, names) = corrected(&app.anon(), "lamb");
    assert_eq!((meant, names), (None, vec!["Lamb Roast".to_owned()]));
    let (meant, names) = corrected(&app.anon(), "clam");
    assert_eq!((meant, names), (None, vec!["Clamp".to_owned()]));
}

#[test]
fn nothing_is_corrected_when_only_the_filters_are_too_narrow() {
    let app = shop_of(&[new("A", "Lamp"), new("B", "Lamb Roast")]);
    let query = SearchQuery { in_stock: Some(false), ..asking("lamp") };
    let answer = search(&app.anon(), &query);
    assert_eq!((answer.meta.corrected, answer.meta.total_products), (None, Some(0)));
    let query = SearchQuery { page: 2, ..asking("lamp") };
    assert_eq!(search(&app.anon(), &query).meta.corrected, None);
}

#[test]
fn nothing_similar_finds_nothing_and_claims_nothing() {
    let app = TestApp::start();
    for q in ["refrigerator", "zz", "14", "qwertyuiop asdfghjkl"] {
        assert_eq!(corrected(&app.anon(), q), (None, Vec::new()), "{q}");
    }
}

#[test]
fn words_that_were_written_together_are_taken_apart() {
    let app = TestApp::start();
    assert_eq!(corrected(&app.anon(), "iphone15").0.as_deref(), Some("iphone 15"));
    assert_eq!(corrected(&app.anon(), "yoga/mat").0.as_deref(), Some("yoga mat"));
}

#[test]
fn a_corrected_answer_is_the_answer_to_the_correction() {
    let app = TestApp::start();
    let (typo, right) = (search(&app.anon(), &asking("lapotp")), search(&app.anon(), &asking("laptop")));
    assert_eq!(typo.meta.corrected.as_deref(), Some("laptops"));
    assert_eq!(right.meta.corrected, None);
    let meant = search(&app.anon(), &asking("laptops"));
    assert_eq!(
        (typo.products, typo.categories, typo.facets),
        (meant.products, meant.categories, meant.facets)
    );
}

#[test]
fn only_what_is_searched_counts_as_found() {
    let app = TestApp::start();
    let kind = |kind, q| search(&app.anon(), &SearchQuery { kind, ..asking(q) }).meta.corrected;
    // A product has this word, no category has it or one like it.
    assert_eq!(kind(SearchKind::Categories, "yoga"), None);
    assert_eq!(kind(SearchKind::Categories, "bokos").as_deref(), Some("books"));
    assert_eq!(kind(SearchKind::Products, "bokos"), None);
}
