//! What the generated catalogue promises.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::seed::demo;

const SOME: u64 = 20_000;

fn some() -> impl Iterator<Item = Product> {
    (0..SOME).map(|number| product(number).unwrap())
}

fn everything_about(product: &Product) -> String {
    let Product { id, category_id, sku, name, slug, description, price, compare_at, stock, .. } = product;
    let Product { image_url, images, status, is_featured, metadata, created_at, updated_at, .. } = product;
    let movements: Vec<_> = product
        .movements
        .iter()
        .map(|row| (&row.id, row.reason, row.delta, row.note, row.moved_at))
        .collect();
    format!(
        "{id} {category_id} {sku} {name} {slug} {description} {price} {compare_at:?} {stock} {image_url} \
         {images:?} {status:?} {is_featured} {metadata:?} {created_at} {updated_at} {movements:?}"
    )
}

#[test]
fn a_product_is_the_same_in_every_run() {
    let of = |number| everything_about(&product(number).unwrap());
    assert_eq!(of(12_345), of(12_345));
    // Catalogues made before and after a change of these can't be compared, and a run can't go on where another one stopped.
    let known = product(123_456).unwrap();
    assert_eq!(known.id, "014c5c4e-0800-76f2-a00f-50566b9fae22");
    assert_eq!(known.sku, "A0123456-ROS");
}

#[test]
fn nothing_that_must_be_unique_occurs_twice() {
    let mut seen = HashSet::new();
    for product in some() {
        assert!(seen.insert(product.id), "an id");
        assert!(seen.insert(product.sku), "a SKU");
        assert!(seen.insert(product.slug), "a slug");
        assert!(product.movements.into_iter().all(|row| seen.insert(row.id)), "the id of a movement");
    }
    let categories = categories(MOST);
    assert_eq!(categories.len(), TOPS + MIDDLES + LEAVES);
    for category in categories {
        assert!(seen.insert(category.id), "an id");
        assert!(demo::CATEGORIES.iter().all(|known| known.slug != category.slug), "{}", category.slug);
        assert!(seen.insert(category.slug), "the slug of {}", category.name);
    }
}

#[test]
fn ids_are_in_the_order_of_the_numbers_and_tell_how_many_there_are() {
    let (from, to) = id_range();
    let mut last = from;
    for number in [0, 1, 7, 8, 999, 65_536, 1_000_000, MOST - 1] {
        let id = product(number).unwrap().id;
        assert!(last < id && id < to, "{number}: {id}");
        assert_eq!(count_up_to(&id), Some(number + 1));
        last = id;
    }
    assert!(product(MOST).is_none());
    assert!(crate::db::new_id() > to, "ids of the server lie beyond");
}

#[test]
fn the_ledger_explains_the_stock() {
    for product in some() {
        let sum: i32 = product.movements.iter().map(|row| row.delta).sum();
        assert_eq!(sum, product.stock, "{}", product.sku);
        assert!(product.movements.iter().all(|row| row.delta != 0));
        assert!(product.stock == 0 || product.status == ProductStatus::Active);
    }
}

#[test]
fn prices_and_texts_are_what_the_tables_take() {
    for product in some() {
        assert!(product.price > 0 && product.compare_at.is_none_or(|former| former > product.price));
        assert!(product.name.chars().all(|letter| letter.is_alphanumeric() || " ,-&'".contains(letter)));
        assert!(product.updated_at >= product.created_at);
        assert!(!product.slug.contains("--") && product.description.len() > 60, "{}", product.slug);
    }
}

#[test]
fn the_catalogue_is_varied() {
    let share = |wanted: fn(&Product) -> bool| some().filter(wanted).count() * 1_000 / 20_000;
    assert!((40..60).contains(&share(|product| product.status == ProductStatus::Draft)));
    assert!((20..40).contains(&share(|product| product.status == ProductStatus::Archived)));
    assert!((120..170).contains(&share(|product| product.stock == 0)));
    assert!((5..15).contains(&share(|product| product.is_featured)));
    assert!((170..230).contains(&share(|product| product.compare_at.is_some())));
    let names: HashSet<String> = some().map(|product| product.name).collect();
    assert!(names.len() > 19_000, "{}", names.len());
}

#[test]
fn some_categories_are_big_and_many_are_small() {
    let mut sizes: HashMap<String, u32> = HashMap::new();
    some().for_each(|product| *sizes.entry(product.category_id).or_default() += 1);
    let mut sizes: Vec<u32> = sizes.into_values().collect();
    sizes.sort_unstable();
    let biggest = sizes.last().unwrap();
    assert!(*biggest > 2_000 && sizes[sizes.len() / 2] * 5 < *biggest, "{sizes:?}");
}

#[test]
fn categories_open_as_the_catalogue_grows_with_their_parents_first() {
    assert_eq!([1, 1_000, 100_000, 1_000_000].map(|products| categories(products).len()), [18, 42, 160, 300]);
    for products in [1, 1_000, 50_000] {
        let mut open = HashSet::new();
        for category in categories(products) {
            assert!(category.parent_id.is_none_or(|parent| open.contains(&parent)), "{}", category.name);
            open.insert(category.id);
        }
        assert!((0..products).all(|number| open.contains(&product(number).unwrap().category_id)));
    }
}

#[test]
fn every_picture_exists() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../frontend/public/images/products");
    for department in &DEPARTMENTS {
        for name in department.pictures {
            assert!(folder.join(format!("{name}.svg")).is_file(), "{name}");
        }
    }
}

#[test]
fn words_have_plurals_and_addresses() {
    assert_eq!(
        ["Lamp", "Diary", "Wine Glass", "Brush", "Day"].map(plural).join(" "),
        "Lamps Diaries Wine Glasses Brushes Days"
    );
    assert_eq!(slug_of("Chef's Knife & Block, Rosé"), "chefs-knife-block-ros");
}
