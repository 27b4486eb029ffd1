//! The trail of the catalogue's changes.

use backend::db::{
    catalog_changes::{self, Change, Entity},
    schema::catalog_changes as changes,
    time::now,
};
use chrono::TimeDelta;
use diesel::prelude::*;
use shared_types::paths;

use crate::support::{Content, TestApp, TestDatabase, order_of};

fn after(database: &TestDatabase, seq: i64) -> Vec<Change> {
    database.query(|connection| catalog_changes::after(connection, seq, 100))
}

fn last(database: &TestDatabase) -> i64 {
    database.query(catalog_changes::last)
}

#[test]
fn changes_are_numbered_in_the_order_they_were_made() {
    let database = TestDatabase::with(Content::Tables);
    assert_eq!(last(&database), 0);
    database.query(|connection| {
        catalog_changes::record(connection, Entity::Product, &["a", "b"])?;
        catalog_changes::record(connection, Entity::Category, &[])?;
        catalog_changes::record(connection, Entity::Category, &["c"])
    });
    let trail: Vec<_> =
        after(&database, 0).into_iter().map(|change| (change.entity, change.entity_id)).collect();
    let expected = [(Entity::Product, "a"), (Entity::Product, "b"), (Entity::Category, "c")];
    assert_eq!(trail, expected.map(|(entity, id)| (entity, id.to_owned())));
    let first = after(&database, 0)[0].seq;
    assert_eq!(after(&database, first).len(), 2);
    assert_eq!(after(&database, last(&database)), []);
}

#[test]
fn old_changes_are_forgotten_but_never_the_last_one() {
    let database = TestDatabase::with(Content::Tables);
    database.query(|connection| catalog_changes::record(connection, Entity::Product, &["a", "b", "c"]));
    let numbers: Vec<i64> = after(&database, 0).iter().map(|change| change.seq).collect();
    let age = |seqs: &[i64], hours: i64| {
        let moment = now() - TimeDelta::hours(hours);
        database.query(|connection| {
            diesel::update(changes::table.filter(changes::seq.eq_any(seqs)))
                .set(changes::created_at.eq(moment))
                .execute(connection)
        });
    };
    age(&numbers, 23);
    assert_eq!(database.query(|connection| catalog_changes::sweep(connection, now())), 0);
    age(&numbers[..1], 25);
    assert_eq!(database.query(|connection| catalog_changes::sweep(connection, now())), 1);
    age(&numbers, 25);
    assert_eq!(database.query(|connection| catalog_changes::sweep(connection, now())), 1);
    assert_eq!(last(&database), numbers[2]);
}

#[test]
fn stock_that_moves_is_a_change_and_an_order_that_fails_is_none() {
    let app = TestApp::start();
    let customer = app.customer();
    let (mat, tee) = (app.product_id("YOGA-MAT-PRO"), app.product_id("MENS-CLASSIC-TEE"));
    let start = last(&app.database);
    let moved = || -> Vec<String> {
        after(&app.database, start).into_iter().map(|change| change.entity_id).collect()
    };
    customer.post(paths::orders::ORDERS, &order_of(&[(&mat, 1), (&tee, 999)])).expect(400);
    assert!(moved().is_empty());
    let order = customer.order(&[(&mat, 1), (&tee, 2)]).order;
    let mut once = [mat, tee];
    once.sort();
    assert_eq!(moved(), once);
    customer.post_nothing(&paths::orders::cancel(&order.id)).expect(200);
    assert_eq!(moved(), [once.as_slice(), once.as_slice()].concat());
}
