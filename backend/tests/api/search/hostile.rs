//! Queries that no honest shopper sends.

use shared_types::search::SearchKind;

use super::{asking, search};
use crate::support::{TestApp, at_once};

#[test]
fn odd_queries_find_nothing_and_break_nothing() {
    let app = TestApp::start();
    for q in [
        "%27%20OR%201%3D1--",
        ".*",
        "%5B%5E%5D%2B%28%3F%3A%29%7B9%7D%24",
        "%F0%9F%A6%80%F0%9F%91%A9%E2%80%8D%F0%9F%91%A9",
        "%CC%81%CC%81%CC%81",
        "%E2%80%AE",
        "%EF%BB%BF",
        "%EF%BF%BF",
        "%25%00%25",
        "%01%02",
        "-",
        "%22%22",
        "%3Cscript%3E",
        "..%2F..%2Fetc%2Fpasswd",
        "%",
        "%zz",
        "%ff%fe",
        "*",
        "NOT%20a%20OR%20b",
        "q%3Aname",
    ] {
        for address in ["/api/search?q=", "/api/search/suggest?q=", "/api/search?type=categories&q="] {
            let reply = app.anon().get(&format!("{address}{q}"));
            assert!(matches!(reply.status, 200 | 422), "{reply}");
        }
    }
}

#[test]
fn a_query_of_ten_thousand_characters_is_refused() {
    let app = TestApp::start();
    for text in ["a".repeat(10_000), "a%20".repeat(2_500), "%CC%81".repeat(1_600)] {
        app.anon().get(&format!("/api/search?q={text}")).invalid_at("q", "Must be at most 200 characters");
        app.anon()
            .get(&format!("/api/search/suggest?q={text}"))
            .invalid_at("q", "Must be at most 200 characters");
    }
}

#[test]
fn a_nul_is_refused() {
    let app = TestApp::start();
    app.anon().get("/api/search?q=a%00b").invalid_at("q", "Must not contain the character U+0000");
    app.anon().get("/api/search/suggest?q=a%00b").invalid_at("q", "Must not contain the character U+0000");
    app.anon()
        .get("/api/search?q=a&categoryId=%00")
        .invalid_at("categoryId", "Must not contain the character U+0000");
}

#[test]
fn a_query_without_a_word_in_it_finds_nothing() {
    let app = TestApp::start();
    for q in ["?!", "...", "' '", "\u{301}\u{301}", "\"\" ()", "\u{200b}"] {
        let answer = search(&app.anon(), &asking(q));
        assert_eq!((answer.meta.total_products, answer.meta.total_categories), (Some(0), Some(0)), "{q:?}");
        assert_eq!(answer.meta.corrected, None);
        assert_eq!(answer.facets, Some(shared_types::search::Facets::default()));
    }
}

#[test]
fn combining_marks_in_excess_change_nothing() {
    let app = TestApp::start();
    let q = format!("m{}at", "\u{301}".repeat(100));
    assert_eq!(
        search(&app.anon(), &asking(&q)).meta.total_products,
        search(&app.anon(), &asking("mat")).meta.total_products
    );
}

#[test]
fn many_words_and_many_searches_at_once_are_answered() {
    let app = TestApp::start();
    let words: Vec<String> = ('a'..='z').chain('0'..='9').map(String::from).collect();
    let query = super::SearchQuery { kind: SearchKind::All, ..asking(&words.join(" ")) };
    let answers = at_once(8, |_| (0..5).map(|_| search(&app.anon(), &query)).collect::<Vec<_>>());
    let first = &answers[0][0];
    assert!(answers.iter().flatten().all(|answer| answer == first));
}
