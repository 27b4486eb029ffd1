//! `POST /api/cart/merge`

use serde_json::json;
use shared_types::{
    cart::{ChangeKind, MergedCart},
    paths,
};

use super::{items, units};
use crate::support::{TestApp, shapes::assert_fields};

fn told(merged: &MergedCart) -> Vec<(ChangeKind, u32, u32, u32)> {
    merged.changes.iter().map(|change| (change.kind, change.from, change.wanted, change.to)).collect()
}

#[test]
fn a_guests_lines_are_added_and_every_change_is_told() {
    let app = TestApp::start();
    let john = app.john();
    let [mat, tee, mac, draft] = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE", "MACBOOK-PRO-16", "UNRELEASED-GADGET"]
        .map(|sku| app.product_id(sku));
    john.put_cart(&[(&mat, 2), (&mac, 15)]).expect(200);
    let guest = [(tee.as_str(), 1), (&mat, 3), (&mac, 10), (&draft, 1), ("nothing", 4)];
    let reply = john.post(paths::cart::MERGE, &items(&guest));
    let data = reply.value(200);
    assert_fields(&data, &["cart", "changes"]);
    assert_fields(&data["changes"][0], &["productId", "name", "kind", "from", "wanted", "to"]);
    assert_eq!(
        (&data["changes"][0]["name"], &data["changes"][3]["name"]),
        (&json!("Men's Classic Tee"), &json!(null))
    );
    let merged: MergedCart = reply.data(200);
    let expected = [
        (ChangeKind::Added, 0, 1, 1),
        (ChangeKind::Summed, 2, 5, 5),
        (ChangeKind::Clamped, 15, 25, 20),
        (ChangeKind::Dropped, 0, 1, 0),
        (ChangeKind::Dropped, 0, 4, 0),
    ];
    assert_eq!(told(&merged), expected);
    assert_eq!(units(&merged.cart), [(mat.as_str(), 5), (mac.as_str(), 20), (tee.as_str(), 1)]);
    assert_eq!(john.cart(), merged.cart);
}

#[test]
fn lines_of_one_product_are_one_change_of_at_most_999() {
    let app = TestApp::start();
    let tee = app.product_id("MENS-CLASSIC-TEE");
    app.database.set_stock(&tee, 5_000);
    let merged = app.customer().merge(&[(&tee, 600), (&tee, 600)]);
    assert_eq!(told(&merged), [(ChangeKind::Clamped, 0, 1_200, 999)]);
}

#[test]
fn what_is_sold_out_is_dropped_and_what_was_in_the_cart_stays() {
    let app = TestApp::start();
    let customer = app.customer();
    let [mat, tee] = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE"].map(|sku| app.product_id(sku));
    customer.put_item(&mat, 2).expect(200);
    app.database.set_stock(&mat, 0);
    app.database.set_stock(&tee, 0);
    let merged = customer.merge(&[(&mat, 1), (&tee, 1)]);
    assert_eq!(told(&merged), [(ChangeKind::Dropped, 2, 3, 2), (ChangeKind::Dropped, 0, 1, 0)]);
    assert_eq!(units(&merged.cart), [(mat.as_str(), 2)]);
}

#[test]
fn an_empty_guest_cart_changes_nothing() {
    let app = TestApp::start();
    let customer = app.customer();
    let mat = app.product_id("YOGA-MAT-PRO");
    customer.put_item(&mat, 2).expect(200);
    let before = customer.cart();
    let merged = customer.merge(&[]);
    assert_eq!((merged.changes.len(), merged.cart), (0, before));
}

#[test]
fn a_full_cart_has_no_room_for_another_product() {
    let app = TestApp::start();
    let customer = app.customer();
    let ids = app.database.more_products(101);
    let hundred: Vec<_> = ids.iter().take(100).map(|id| (id.as_str(), 1)).collect();
    customer.put_cart(&hundred).expect(200);
    let merged = customer.merge(&[(&ids[100], 1), (&ids[0], 1)]);
    assert_eq!(told(&merged), [(ChangeKind::Dropped, 0, 1, 0), (ChangeKind::Summed, 1, 2, 2)]);
    assert_eq!(merged.cart.quote.lines.len(), 100);
}

#[test]
fn a_merge_that_is_repeated_under_its_key_adds_nothing_and_is_answered_alike() {
    let app = TestApp::start();
    let customer = app.customer();
    let mat = app.product_id("YOGA-MAT-PRO");
    let guest = items(&[(&mat, 3)]);
    let first = customer.post_keyed(paths::cart::MERGE, "sign-in-1", &guest);
    assert_eq!(first.expect(200).header("idempotent-replayed"), None);
    // Meanwhile the shopper goes on.
    customer.put_item(&mat, 1).expect(200);
    let again = customer.post_keyed(paths::cart::MERGE, "sign-in-1", &guest);
    assert_eq!(again.expect(200).header("idempotent-replayed"), Some("true"));
    assert_eq!(again.bytes(), first.bytes());
    assert_eq!(units(&customer.cart()), [(mat.as_str(), 1)]);

    let other = customer.post_keyed(paths::cart::MERGE, "sign-in-1", &items(&[(&mat, 4)]));
    other.invalid_at(paths::IDEMPOTENCY_KEY, "Was used for a different request");
    customer.post_keyed(paths::cart::MERGE, "sign-in-2", &guest).expect(200);
    assert_eq!(units(&customer.cart()), [(mat.as_str(), 4)]);
}

#[test]
fn without_a_key_a_merge_that_is_repeated_adds_again() {
    let app = TestApp::start();
    let customer = app.customer();
    let mat = app.product_id("YOGA-MAT-PRO");
    customer.merge(&[(&mat, 3)]);
    assert_eq!(told(&customer.merge(&[(&mat, 3)])), [(ChangeKind::Summed, 3, 6, 6)]);
}

#[test]
fn a_merge_that_is_refused_leaves_the_key_and_the_cart_as_they_were() {
    let app = TestApp::start();
    let customer = app.customer();
    let mat = app.product_id("YOGA-MAT-PRO");
    app.database.set_price(&mat, i64::MAX / 2);
    let guest = items(&[(&mat, 2)]);
    customer.post_keyed(paths::cart::MERGE, "key", &guest).expect(400);
    app.database.set_price(&mat, 100);
    assert_eq!(app.database.cart_item_count(), 0);
    customer.post_keyed(paths::cart::MERGE, "key", &guest).expect(200);
    assert_eq!(units(&customer.cart()), [(mat.as_str(), 2)]);
}
