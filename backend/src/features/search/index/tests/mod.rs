//! What the index answers.

mod model;

use shared_types::{Timestamp, catalog::Category, search::SearchKind};

use super::{Building, Index, query::Question, segment::Document, text::query_words};

const CATEGORIES: [&str; 3] = ["Phones", "Home & Garden", "Électricité"];

fn category(number: usize) -> Category {
    Category {
        id: format!("c{number}"),
        name: CATEGORIES[number].to_owned(),
        slug: format!("slug-{number}"),
        description: (number == 1).then(|| "For quiet corners.".to_owned()),
        image_url: None,
        parent_id: None,
        is_active: true,
        sort_order: 1,
        created_at: Timestamp::from_wire(String::new()),
        updated_at: Timestamp::from_wire(String::new()),
    }
}

fn categories() -> Vec<Category> {
    (0..CATEGORIES.len()).map(category).collect()
}

fn built(documents: &[Document]) -> Index {
    let mut building = Building::new(categories());
    documents.iter().for_each(|document| building.add(document));
    building.finish()
}

fn named(id: &str, name: &str) -> Document {
    Document {
        id: id.to_owned(),
        category_id: "c0".to_owned(),
        sku: format!("SKU-{id}"),
        name: name.to_owned(),
        description: None,
        price: 1_000,
        in_stock: true,
        is_featured: false,
        created_at: 0,
        edited_at: 0,
    }
}

fn asked(query: &str) -> Question {
    Question { words: query_words(query), limit: 100, ..Question::default() }
}

fn found(index: &Index, query: &str) -> Vec<String> {
    index.search(&asked(query)).ids
}

#[test]
fn every_word_must_be_found_but_not_in_one_field() {
    let mut lamp = named("1", "Table Lamp");
    lamp.description = Some("Turned oak and linen.".to_owned());
    let index = built(&[lamp, named("2", "Table")]);
    assert_eq!(found(&index, "table"), ["2", "1"]);
    assert_eq!(found(&index, "oak TABLE sku-1"), ["1"]);
    assert_eq!(found(&index, "oak chair"), Vec::<String>::new());
    assert_eq!(found(&index, "  "), Vec::<String>::new());
}

#[test]
fn names_come_before_codes_and_descriptions_and_a_whole_code_before_all() {
    let with = |id: &str, name: &str, sku: &str, description: &str| {
        let (sku, description) = (sku.to_owned(), Some(description.to_owned()));
        Document { sku, description, ..named(id, name) }
    };
    let index = built(&[
        with("description", "Case", "C1", "fits the x1"),
        with("inside", "Max1x1", "M1", ""),
        with("beginning", "My x1000", "M2", ""),
        with("word", "ThinkPad X1 Carbon", "T1", ""),
        with("first word", "X1 Pad", "P1", ""),
        with("part of code", "Pad", "PAD-X1-9", ""),
        with("code", "Another Pad", "X1", ""),
    ]);
    let expected = ["code", "first word", "word", "beginning", "inside", "part of code", "description"];
    assert_eq!(found(&index, "x1"), expected);
}

#[test]
fn equal_matches_are_ordered_by_length_stock_recommendation_and_age() {
    let like = |id: &str, name: &str, in_stock, is_featured, created_at| Document {
        in_stock,
        is_featured,
        created_at,
        ..named(id, name)
    };
    let index = built(&[
        like("longer", "Lamp on a foot", true, true, 9),
        like("sold out", "Lamp one", false, true, 9),
        like("older", "Lamp two", true, false, 1),
        like("newer b", "Lamp three", true, false, 2),
        like("newer a", "Lamp four", true, false, 2),
        like("recommended", "Lamp five", true, true, 0),
    ]);
    let expected = ["recommended", "newer a", "newer b", "older", "sold out", "longer"];
    assert_eq!(found(&index, "lamp"), expected);
}

#[test]
fn nothing_is_copied_when_nothing_that_is_searched_has_changed() {
    let documents = [named("1", "Lamp"), named("2", "Lamp")];
    let mut index = built(&documents);
    let before = std::sync::Arc::as_ptr(&index.parts[0].segment);
    index.patch(&["1".to_owned(), "gone".to_owned()], &documents[..1]);
    assert!(index.parts[0].dead.is_empty() && index.parts.len() == 1);
    assert_eq!(before, std::sync::Arc::as_ptr(&index.parts[0].segment));
}

#[test]
fn segments_stay_few_however_many_patches_there_are() {
    let all: Vec<Document> = (0..2_000).map(|number| named(&format!("{number:05}"), "Lamp")).collect();
    let mut index = built(&all[..1_000]);
    for new in all[1_000..].chunks(7) {
        let ids: Vec<String> = new.iter().map(|document| document.id.clone()).collect();
        index.patch(&ids, new);
        assert!(index.parts.len() <= 12, "{}", index.parts.len());
    }
    assert_eq!((index.count(), index.search(&asked("lamp")).total), (2_000, 2_000));
    let ids: Vec<String> = all.iter().map(|document| document.id.clone()).collect();
    index.patch(&ids, &[]);
    assert_eq!((index.count(), index.parts.len()), (0, 0));
}

fn corrected(index: &Index, query: &str, kind: SearchKind) -> Option<String> {
    index.correct(&query_words(query), kind).map(|words| words.join(" "))
}

#[test]
fn words_that_are_found_nowhere_become_similar_words_that_are_found_together() {
    let index = built(&[
        named("1", "Samsung Galaxy"),
        named("2", "Table Lamp"),
        named("3", "Lap Desk"),
        named("4", "Lap"),
    ]);
    let any = |query| corrected(&index, query, SearchKind::All);
    assert_eq!(any("samsnug").as_deref(), Some("samsung"));
    assert_eq!(any("SAMSUNG galxay").as_deref(), Some("samsung galaxy"));
    // `lap` is as near and more frequent, but there is no table in a lap.
    assert_eq!(any("lamt").as_deref(), Some("lamp"));
    assert_eq!(any("lapm").as_deref(), Some("lap"));
    assert_eq!(any("lapm table").as_deref(), Some("lamp table"));
    assert_eq!(any("refrigerator"), None);
    assert_eq!(any("samsung lamp"), None, "each is there, only not together");
}

#[test]
fn words_are_taken_apart_before_they_are_respelled() {
    let index = built(&[named("1", "iPhone 15 Pro"), named("2", "T Shirt")]);
    assert_eq!(corrected(&index, "iphone15", SearchKind::All).as_deref(), Some("iphone 15"));
    assert_eq!(corrected(&index, "iphone/pro", SearchKind::All).as_deref(), Some("iphone pro"));
    assert_eq!(corrected(&index, "t-shirt", SearchKind::All).as_deref(), Some("t shirt"));
    assert_eq!(corrected(&index, "ihpone/pro", SearchKind::All).as_deref(), Some("iphone pro"));
}

#[test]
fn only_what_is_searched_is_respelled() {
    let index = built(&[named("1", "Lamp")]);
    assert_eq!(corrected(&index, "gardne", SearchKind::Categories).as_deref(), Some("garden"));
    assert_eq!(corrected(&index, "gardne", SearchKind::All).as_deref(), Some("garden"));
    assert_eq!(corrected(&index, "gardne", SearchKind::Products), None);
    assert_eq!(corrected(&index, "lmap", SearchKind::Categories), None);
}

#[test]
fn a_category_that_is_renamed_or_closed_is_known_by_its_new_self() {
    let mut index = built(&[named("1", "Lamp")]);
    let search = |index: &Index, word: &str| index.categories().search(&query_words(word), |_| 0).len();
    assert_eq!(search(&index, "electricite"), 1);
    let mut changed = categories();
    changed[2].name = "Power".to_owned();
    changed[0].is_active = false;
    index.set_categories(changed);
    assert_eq!((search(&index, "electricite"), search(&index, "power"), search(&index, "phones")), (0, 1, 0));
    assert_eq!(index.top_categories(9).len(), 2);
    // Its products can still be found, and say where they are.
    assert_eq!(index.search(&asked("lamp")).facets.categories[0].category.name, "Phones");
}
