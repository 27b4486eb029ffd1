//! What the tables refuse although no request asks for it: underneath the code's guards, unique indexes make a mistake in
//! it an error instead of units that move twice, or a second charge.

use backend::{
    db::{DbConnection, DbError, QueryResult, new_id, schema::payments, time::now},
    features::{
        catalog::stock::repo::{self as stock, Movement},
        payments::repo::{self as payments_repo, NewPayment},
    },
};
use diesel::prelude::*;
use shared_types::{Money, catalog::stock::StockReason, payments::PaymentStatus};

use crate::support::{Content, TestDatabase};

/// Whether the tables took a row, which a unique index may have refused.
fn is_taken_in(outcome: QueryResult<()>) -> bool {
    match outcome.map_err(DbError::from) {
        Ok(()) => true,
        Err(DbError::Taken(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

/// An order of the demo shop and a product that it has nothing to do with.
fn order_and_product(database: &TestDatabase) -> (String, String) {
    use backend::db::schema::orders;
    let pending = orders::order_number.eq("ORD-2024-0003");
    let order =
        database.query(|connection| orders::table.filter(pending).select(orders::id).first(connection));
    (order, database.product_id("YOGA-MAT-PRO"))
}

#[test]
fn an_order_moves_a_product_for_a_reason_once() {
    let database = TestDatabase::with(Content::Demo);
    let (order, product) = order_and_product(&database);
    let mut connection = database.connect();
    let mut is_recorded =
        |movement: Movement<'_>| is_taken_in(stock::record(&mut connection, &movement, now()));
    for (reason, delta) in [(StockReason::Order, -2), (StockReason::Return, 2)] {
        let mut of_order = |delta| is_recorded(Movement::of_order(&product, delta, reason, &order));
        // Whatever the units: it is the second time.
        assert_eq!(
            [of_order(delta), of_order(delta), of_order(2 * delta)],
            [true, false, false],
            "{reason:?}"
        );
    }
    // By hand, stock may be corrected any number of times.
    let mut by_hand = || {
        let (reason, order_id, actor_id, note) = (StockReason::Adjustment, None, None, None);
        is_recorded(Movement { product_id: &product, delta: 1, reason, order_id, actor_id, note })
    };
    assert_eq!([by_hand(), by_hand()], [true, true]);
}

#[test]
fn an_order_has_one_payment_that_runs_or_has_succeeded() {
    let database = TestDatabase::with(Content::Demo);
    let (order, _) = order_and_product(&database);
    let mut connection = database.connect();
    let start = |connection: &mut DbConnection| {
        let amount = Money::from_minor(1);
        let (card_last4, card_kind) = ("4242", "approved");
        let payment = NewPayment { id: &new_id(), order_id: &order, amount, card_last4, card_kind };
        is_taken_in(payments_repo::start(connection, &payment, now()))
    };
    assert!(start(&mut connection));
    for (status, is_over) in [
        (PaymentStatus::Started, false),
        (PaymentStatus::NeedsConfirmation, false),
        (PaymentStatus::Processing, false),
        (PaymentStatus::Succeeded, false),
        (PaymentStatus::Declined, true),
        (PaymentStatus::RefundDue, true),
        (PaymentStatus::Refunded, true),
    ] {
        diesel::delete(payments::table.filter(payments::order_id.eq(&order)))
            .execute(&mut connection)
            .unwrap();
        assert!(start(&mut connection));
        diesel::update(payments::table.filter(payments::order_id.eq(&order)))
            .set(payments::status.eq(status.as_str()))
            .execute(&mut connection)
            .unwrap();
        assert_eq!(start(&mut connection), is_over, "{status:?}");
    }
}
