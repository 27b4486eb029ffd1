//! Whatever shoppers do, the ledger explains the stock.

use proptest::{prelude::*, test_runner::Config as Settings};
use shared_types::{
    orders::{OrderStatus, OrderWithItems},
    paths,
    payments::{CARD_APPROVED, CARD_DECLINED},
};

use crate::support::{Actor, TestApp, order_of, pay_with};

/// What a shopper does next. Numbers choose among what there is.
#[derive(Debug, Clone)]
enum Step {
    Order(Vec<(usize, u32)>),
    Pay { order: usize, approved: bool },
    Cancel { order: usize },
}

/// An order and what it should look like.
struct Known {
    id: String,
    status: OrderStatus,
    lines: Vec<(usize, i32)>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let lines = prop::collection::vec((0..3_usize, 1..5_u32), 1..4);
    let step = prop_oneof![
        3 => lines.prop_map(Step::Order),
        2 => (any::<usize>(), prop::bool::weighted(0.7)).prop_map(|(order, approved)| Step::Pay { order, approved }),
        2 => any::<usize>().prop_map(|order| Step::Cancel { order }),
    ];
    prop::collection::vec(step, 1..20)
}

const INITIAL: [i32; 3] = [0, 6, 12];

#[test]
fn whatever_is_ordered_paid_and_cancelled_stock_is_what_the_model_says() {
    let app = TestApp::start();
    let customer = app.customer();
    let products = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE", "BOOK-CLEAN-CODE"].map(|sku| app.product_id(sku));
    let settings =
        Settings { cases: 16, max_shrink_iters: 200, failure_persistence: None, ..Settings::default() };
    proptest!(settings, |(steps in steps())| {
        for (id, units) in products.iter().zip(INITIAL) {
            app.database.set_stock(id, units);
        }
        let mut stock = INITIAL;
        let mut orders: Vec<Known> = Vec::new();
        for step in &steps {
            follow(&customer, &products, step, &mut stock, &mut orders)?;
            let found = products.each_ref().map(|id| app.database.stock(id));
            prop_assert_eq!(found, stock, "after {:?}", step);
        }
        app.database.assert_ledger_explains_stock();
    });
}

/// Takes one step in the shop and in the model, which must agree on whether it succeeds.
fn follow(
    customer: &Actor,
    products: &[String; 3],
    step: &Step,
    stock: &mut [i32; 3],
    orders: &mut Vec<Known>,
) -> Result<(), TestCaseError> {
    match step {
        Step::Order(lines) => {
            let wanted: Vec<_> =
                lines.iter().map(|(index, units)| (products[*index].as_str(), *units)).collect();
            let reply = customer.post(paths::orders::ORDERS, &order_of(&wanted));
            let mut left = *stock;
            for (index, units) in lines {
                left[*index] -= i32::try_from(*units).unwrap();
            }
            let enough = left.iter().all(|units| *units >= 0);
            prop_assert_eq!(reply.status, if enough { 201 } else { 400 }, "{}", reply);
            if enough {
                *stock = left;
                let lines =
                    lines.iter().map(|(index, units)| (*index, i32::try_from(*units).unwrap())).collect();
                let id = reply.data::<OrderWithItems>(201).order.id;
                orders.push(Known { id, status: OrderStatus::Pending, lines });
            }
        }
        Step::Pay { order, approved } => {
            let count = orders.len().max(1);
            let Some(order) = orders.get_mut(order % count) else { return Ok(()) };
            let card = if *approved { CARD_APPROVED } else { CARD_DECLINED };
            let reply = customer.post(&paths::orders::pay(&order.id), &pay_with(card));
            let expected = match (order.status, approved) {
                (OrderStatus::Pending, true) => 200,
                (OrderStatus::Pending, false) => 402,
                _ => 400,
            };
            prop_assert_eq!(reply.status, expected, "{}", reply);
            if expected == 200 {
                order.status = OrderStatus::Confirmed;
            }
        }
        Step::Cancel { order } => {
            let count = orders.len().max(1);
            let Some(order) = orders.get_mut(order % count) else { return Ok(()) };
            let reply = customer.post_nothing(&paths::orders::cancel(&order.id));
            let can = order.status != OrderStatus::Cancelled;
            prop_assert_eq!(reply.status, if can { 200 } else { 400 }, "{}", reply);
            if can {
                order.status = OrderStatus::Cancelled;
                for (index, units) in &order.lines {
                    stock[*index] += units;
                }
            }
        }
    }
    Ok(())
}
