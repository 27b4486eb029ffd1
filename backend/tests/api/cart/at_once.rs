//! Many requests for one cart at the same time, on whichever database the tests run.

use shared_types::{cart::MergedCart, paths};

use super::{items, units};
use crate::support::{Actor, Content, TestApp, at_once};

fn app() -> TestApp {
    TestApp::builder(Content::Demo).set("DATABASE_POOL_SIZE", 10).alone().start()
}

fn total(actor: &Actor) -> u32 {
    actor.cart().quote.lines.iter().map(|line| line.quantity).sum()
}

#[test]
fn of_twenty_merges_at_the_same_time_none_is_lost() {
    let app = app();
    let customer = app.customer();
    let [mat, tee] = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE"].map(|sku| app.product_id(sku));
    let replies = at_once(20, |index| {
        let guest =
            if index % 2 == 0 { [(tee.as_str(), 1), (&mat, 2)] } else { [(mat.as_str(), 2), (&tee, 1)] };
        customer.post(paths::cart::MERGE, &items(&guest))
    });
    for reply in &replies {
        reply.expect(200);
    }
    let cart = customer.cart();
    let mut found = units(&cart);
    found.sort_unstable_by_key(|(_, units)| *units);
    assert_eq!(found, [(tee.as_str(), 20), (mat.as_str(), 40)]);
    // Each saw what the ones before it had done.
    let mut seen: Vec<u32> = replies
        .iter()
        .flat_map(|reply| reply.data::<MergedCart>(200).changes)
        .filter(|change| change.product_id == tee)
        .map(|change| change.to)
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, (1..=20).collect::<Vec<_>>());
}

#[test]
fn twenty_merges_with_one_key_are_one_merge_and_twenty_equal_answers() {
    let app = app();
    let customer = app.customer();
    let mat = app.product_id("YOGA-MAT-PRO");
    let replies = at_once(20, |_| customer.post_keyed(paths::cart::MERGE, "key", &items(&[(&mat, 3)])));
    for reply in &replies {
        reply.expect(200);
        assert_eq!(reply.bytes(), replies[0].bytes());
    }
    let replayed = replies.iter().filter(|reply| reply.header("idempotent-replayed") == Some("true")).count();
    assert_eq!((replayed, total(&customer)), (19, 3));
}

#[test]
fn products_put_in_at_the_same_time_are_all_there() {
    let app = app();
    let customer = app.customer();
    let ids = app.database.more_products(24);
    at_once(24, |index| customer.put_item(&ids[index], 1).expect(200).status);
    let cart = customer.cart();
    let mut found = units(&cart);
    found.sort_unstable();
    assert_eq!(found, ids.iter().map(|id| (id.as_str(), 1)).collect::<Vec<_>>());
}

#[test]
fn the_hundredth_place_goes_to_one_of_those_who_want_it() {
    let app = app();
    let customer = app.customer();
    let ids = app.database.more_products(110);
    let full: Vec<_> = ids.iter().take(99).map(|id| (id.as_str(), 1)).collect();
    customer.put_cart(&full).expect(200);
    let replies = at_once(11, |index| customer.put_item(&ids[99 + index], 1));
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 400)));
    assert_eq!(app.database.cart_item_count(), 100);
}

#[test]
fn a_cart_filled_emptied_and_merged_at_the_same_time_is_never_half_of_anything() {
    let app = app();
    let customer = app.customer();
    let [mat, tee] = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE"].map(|sku| app.product_id(sku));
    let both = [(mat.as_str(), 1), (tee.as_str(), 1)];
    let replies = at_once(30, |index| match index % 3 {
        0 => customer.put_cart(&both),
        1 => customer.request("DELETE", paths::cart::CART).send(),
        _ => customer.get(paths::cart::CART),
    });
    for reply in &replies {
        let lines = reply.value(200)["lines"].as_array().unwrap().len();
        assert!(lines == 0 || lines == 2, "{reply}");
    }
}

#[test]
fn a_product_that_is_deleted_while_it_is_put_in_is_not_found_or_gone() {
    let app = app();
    let customers: Vec<_> = (0..5).map(|_| app.customer()).collect();
    for id in app.database.more_products(8) {
        let replies = at_once(6, |index| match customers.get(index) {
            Some(customer) if index % 2 == 0 => Some(customer.put_item(&id, 1)),
            Some(customer) => Some(customer.post(paths::cart::MERGE, &items(&[(&id, 1)]))),
            None => {
                app.database.delete_product(&id);
                None
            }
        });
        assert!(replies.iter().flatten().all(|reply| matches!(reply.status, 200 | 404)), "{replies:?}");
        assert_eq!(app.database.cart_item_count(), 0);
    }
}
