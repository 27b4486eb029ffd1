//! Which words find which products, and which come first.

use shared_types::search::SearchQuery;

use super::{NewProduct, category_names, names, new, products_of, search, shop_of, skus};
use crate::support::{Content, TestApp};

#[test]
fn a_word_is_found_whole_at_its_beginning_and_inside() {
    let app = TestApp::start();
    for q in ["pixel", "pix", "ixe", "xel", "PIXEL", "pIxEl"] {
        assert_eq!(names(&app.anon(), q), ["Google Pixel 8 Pro"], "{q}");
    }
    assert_eq!(names(&app.anon(), "pixels"), ["Google Pixel 8 Pro"], "only because nothing has that word");
}

#[test]
fn every_word_must_be_found_in_any_order_and_any_field() {
    let app = TestApp::start();
    assert_eq!(names(&app.anon(), "pro google"), ["Google Pixel 8 Pro"]);
    assert_eq!(names(&app.anon(), "pixel clever CAMERA"), ["Google Pixel 8 Pro"]);
    assert_eq!(names(&app.anon(), "iphone samsung"), Vec::<String>::new());
}

#[test]
fn the_example_of_the_contract_finds_electric_and_electrical() {
    let app = TestApp::builder(Content::Tables).start_with(|database| {
        for name in ["Electronics", "Electrical Items", "Electric Guitars"] {
            database.query(|connection| super::add_category(connection, name));
        }
    });
    assert_eq!(category_names(&app.anon(), "electric"), ["Electric Guitars", "Electrical Items"]);
}

#[test]
fn accents_do_not_matter_on_either_side() {
    let app = shop_of(&[
        new("A", "Café Crème"),
        new("B", "Cafe\u{301} Filter"),
        new("C", "Cafeteria Tray"),
        new("D", "Straßenkarte"),
        new("E", "Smørrebrød Board"),
        new("F", "Ｔａｂｌｅ"),
        new("G", "Łódź Poster"),
    ]);
    for q in ["cafe", "CAFÉ", "cafe\u{301}", "ｃａｆé"] {
        let mut found = names(&app.anon(), q);
        found.sort();
        assert_eq!(found, ["Cafeteria Tray", "Cafe\u{301} Filter", "Café Crème"], "{q}");
    }
    for (q, name) in [
        ("strasse", "Straßenkarte"),
        ("STRAßE", "Straßenkarte"),
        ("smorrebrod", "Smørrebrød Board"),
        ("table", "Ｔａｂｌｅ"),
        ("lodz", "Łódź Poster"),
    ] {
        assert_eq!(names(&app.anon(), q), [name], "{q}");
    }
}

#[test]
fn other_scripts_are_found_by_their_parts() {
    let app = shop_of(&[new("A", "日本語の本"), new("B", "Красная лампа"), new("C", "Emoji 🦀 Mug")]);
    assert_eq!(names(&app.anon(), "語の"), ["日本語の本"]);
    assert_eq!(names(&app.anon(), "КРАСН"), ["Красная лампа"]);
    assert_eq!(names(&app.anon(), "🦀"), ["Emoji 🦀 Mug"]);
}

#[test]
fn a_sku_is_found_whole_and_in_parts() {
    let app = TestApp::start();
    let found = |q: &str| skus(&app.anon(), &products_of(q));
    assert_eq!(found("THINKPAD-X1-CARBON"), ["THINKPAD-X1-CARBON"]);
    assert_eq!(found("thinkpad-x1-carbon"), ["THINKPAD-X1-CARBON"]);
    assert_eq!(found("x1-carb"), ["THINKPAD-X1-CARBON"]);
    assert_eq!(found("-X1-"), ["THINKPAD-X1-CARBON"]);
    assert_eq!(found("pad-x"), ["THINKPAD-X1-CARBON"]);
    assert_eq!(found("book-"), ["BOOK-CLEAN-CODE", "BOOK-SYSTEM-DESIGN", "MACBOOK-PRO-16"]);
}

#[test]
fn a_whole_sku_comes_before_everything_else() {
    let app = shop_of(&[new("NAMED", "X9"), new("X9", "Something Else"), new("X9-B", "X9 X9 X9")]);
    assert_eq!(skus(&app.anon(), &products_of("x9")), ["X9", "NAMED", "X9-B"]);
}

#[test]
fn percent_and_underscore_are_plain_characters() {
    let app = shop_of(&[
        new("A", "100% Cotton"),
        new("B", "100 Sheets"),
        new("C_D", "Snake"),
        new("CXD", "Snake Two"),
        new("E", "back\\slash"),
    ]);
    assert_eq!(names(&app.anon(), "100%"), ["100% Cotton"]);
    assert_eq!(names(&app.anon(), "%"), ["100% Cotton"]);
    assert_eq!(names(&app.anon(), "_"), ["Snake"]);
    assert_eq!(names(&app.anon(), "c_d"), ["Snake"]);
    assert_eq!(names(&app.anon(), "k\\s"), ["back\\slash"]);
    assert_eq!(names(&app.anon(), "%%"), Vec::<String>::new());
}

#[test]
fn apostrophes_and_the_punctuation_of_sentences_do_not_matter() {
    let app = TestApp::start();
    for q in ["men's jeans", "mens jeans", "men’s jeans", "\"men's\", (jeans)!"] {
        assert_eq!(names(&app.anon(), q), ["Men's Slim Jeans"], "{q}");
    }
    // The description ends with "wash."
    assert_eq!(names(&app.anon(), "wash"), ["Men's Slim Jeans"]);
    assert_eq!(names(&app.anon(), "16\""), ["MacBook Pro 16\""]);
}

#[test]
fn names_come_before_descriptions_and_whole_words_before_parts() {
    let with = |description| NewProduct { description: Some(description), ..new("D", "Case") };
    let app = shop_of(&[
        with("For any lamp."),
        new("E", "Lampshade"),
        new("F", "Table Lamp"),
        new("G", "Lamp"),
        new("H", "Headlamps"),
        new("LAMP-9", "Bulb"),
        new("I", "Two Lampshades"),
    ]);
    let expected = ["Lamp", "Table Lamp", "Lampshade", "Two Lampshades", "Headlamps", "Bulb", "Case"];
    assert_eq!(names(&app.anon(), "lamp"), expected);
}

#[test]
fn only_active_products_are_found() {
    let app = TestApp::start();
    assert_eq!(names(&app.anon(), "unreleased"), Vec::<String>::new());
    assert_eq!(names(&app.admin(), "OLD-PHONE-MODEL"), Vec::<String>::new());
}

#[test]
fn words_after_the_twelfth_are_not_looked_at() {
    let app = TestApp::start();
    let words = "google pixel 8 pro the phone with calm software and clever camera";
    assert_eq!(names(&app.anon(), &format!("{words} refrigerator")), ["Google Pixel 8 Pro"]);
    assert_eq!(names(&app.anon(), &format!("refrigerator {words}")), Vec::<String>::new());
}

#[test]
fn the_order_is_the_same_every_time_and_on_every_page() {
    let app = TestApp::start();
    let all = skus(&app.anon(), &products_of("e"));
    assert!(all.len() >= 14, "{all:?}");
    let mut pages = Vec::new();
    for page in 1..=all.len() {
        let query = SearchQuery { page: i64::try_from(page).unwrap(), limit: 1, ..products_of("e") };
        pages.extend(skus(&app.anon(), &query));
    }
    assert_eq!(pages, all);
    assert_eq!(search(&app.anon(), &products_of("e")).meta.total_products, i64::try_from(all.len()).ok());
}
