//! Whatever shoppers, administrators, the provider and the clock do: the ledger explains the stock, and money is kept for
//! exactly the orders that it paid and that were not given back.

use backend::{
    features::{orders::service::expiry, payments::service::recovery},
    state::State,
};
use proptest::{prelude::*, test_runner::Config as Settings};
use shared_types::{
    orders::{OrderStatus, OrderWithItems},
    paths,
    payments::{EventKind, Payment, PaymentStatus, TEST_CARDS},
};

use crate::support::{Actor, TestApp, event, order_of, pay_with, run};

/// What happens next. Numbers choose among what there is.
#[derive(Debug, Clone)]
enum Step {
    Order(Vec<(usize, u32)>),
    Adjust { product: usize, units: i32 },
    Pay { order: usize, card: usize },
    Confirm { order: usize, approve: bool },
    Event { order: usize, kind: EventKind },
    Cancel { order: usize },
    Move { order: usize, status: OrderStatus },
    Expire { order: usize, minutes: i64 },
    LookUp { order: usize },
    Settle,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let lines = prop::collection::vec((0..3_usize, 1..4_u32), 1..3);
    let kind = prop::sample::select(EventKind::ALL);
    let status = prop::sample::select(OrderStatus::ALL);
    let order = || any::<usize>();
    let step = prop_oneof![
        3 => lines.prop_map(Step::Order),
        1 => (0..3_usize, 0..12_i32).prop_map(|(product, units)| Step::Adjust { product, units }),
        5 => (order(), 0..TEST_CARDS.len()).prop_map(|(order, card)| Step::Pay { order, card }),
        2 => (order(), any::<bool>()).prop_map(|(order, approve)| Step::Confirm { order, approve }),
        2 => (order(), kind).prop_map(|(order, kind)| Step::Event { order, kind }),
        1 => order().prop_map(|order| Step::Cancel { order }),
        2 => (order(), status).prop_map(|(order, status)| Step::Move { order, status }),
        1 => (order(), 0..120_i64).prop_map(|(order, minutes)| Step::Expire { order, minutes }),
        1 => order().prop_map(|order| Step::LookUp { order }),
        1 => Just(Step::Settle),
    ];
    prop::collection::vec(step, 1..25)
}

struct World {
    app: TestApp,
    replica: State,
    customer: Actor,
    admin: Actor,
    products: [String; 3],
}

/// An order, and whether a card has paid it.
struct Known {
    id: String,
    status: OrderStatus,
    paid_by_card: bool,
}

#[test]
fn money_is_kept_for_exactly_the_orders_it_paid_and_every_unit_is_explained() {
    let app = TestApp::start();
    let world = World {
        replica: app.replica_state(),
        customer: app.customer(),
        admin: app.admin(),
        products: ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE", "BOOK-CLEAN-CODE"].map(|sku| app.product_id(sku)),
        app,
    };
    let settings =
        Settings { cases: 24, max_shrink_iters: 200, failure_persistence: None, ..Settings::default() };
    proptest!(settings, |(steps in steps())| {
        for product in &world.products {
            world.app.database.set_stock(product, 6);
        }
        let mut orders: Vec<Known> = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            world.follow(step, number, &mut orders);
            for order in &mut orders {
                world.check(step, order)?;
            }
        }
        world.app.database.assert_ledger_explains_stock();
        world.app.database.assert_money_is_right();
    });
}

impl World {
    fn follow(&self, step: &Step, number: usize, orders: &mut Vec<Known>) {
        let chosen = |choice: &usize| orders.get(choice % orders.len().max(1)).map(|order| order.id.as_str());
        match step {
            Step::Order(lines) => {
                let wanted: Vec<_> =
                    lines.iter().map(|(product, units)| (self.products[*product].as_str(), *units)).collect();
                let reply = self.customer.post(paths::orders::ORDERS, &order_of(&wanted));
                if reply.status == 201 {
                    let id = reply.data::<OrderWithItems>(201).order.id;
                    orders.push(Known { id, status: OrderStatus::Pending, paid_by_card: false });
                }
            }
            Step::Adjust { product, units } => self.app.database.set_stock(&self.products[*product], *units),
            Step::Pay { order, card } => {
                if let Some(id) = chosen(order) {
                    self.customer.post(&paths::orders::pay(id), &pay_with(TEST_CARDS[*card]));
                }
            }
            Step::Confirm { order, approve } => {
                if let Some(payment) = chosen(order).and_then(|id| self.newest_payment(id)) {
                    self.customer.confirm(&payment.id, *approve);
                }
            }
            Step::Event { order, kind } => {
                if let Some(payment) = chosen(order).and_then(|id| self.newest_payment(id)) {
                    let id = format!("{}-{number}", payment.id);
                    self.app.provider_says(&event(&id, *kind, &payment)).expect(200);
                }
            }
            Step::Cancel { order } => {
                if let Some(id) = chosen(order) {
                    self.customer.post_nothing(&paths::orders::cancel(id));
                }
            }
            Step::Move { order, status } => {
                if let Some(id) = chosen(order) {
                    self.admin.move_order(id, *status);
                }
            }
            Step::Expire { order, minutes } => {
                if let Some(id) = chosen(order) {
                    self.app.database.expire_order(id, *minutes);
                    run(expiry::cancel_expired(&self.replica));
                }
            }
            Step::LookUp { order } => {
                if let Some(id) = chosen(order) {
                    self.app.database.age_payments(id, 16 * 60);
                    run(recovery::look_up_overdue(&self.replica));
                }
            }
            Step::Settle => {
                run(recovery::settle_due_refunds(&self.replica));
            }
        }
    }

    fn newest_payment(&self, order_id: &str) -> Option<Payment> {
        let payments: Vec<Payment> = self.customer.get(&paths::orders::payments(order_id)).data(200);
        payments.into_iter().next()
    }

    /// An order that goes from PENDING to CONFIRMED was paid by card, unless an administrator moved it.
    fn check(&self, step: &Step, order: &mut Known) -> Result<(), TestCaseError> {
        let status = self.app.database.order_status(&order.id);
        if (order.status, status) == (OrderStatus::Pending, OrderStatus::Confirmed) {
            order.paid_by_card = !matches!(step, Step::Move { .. });
        }
        order.status = status;
        let payments = self.app.database.payment_statuses(&order.id);
        let count = |status: PaymentStatus| payments.iter().filter(|found| *found == status.as_str()).count();
        let expected = usize::from(order.paid_by_card && status.is_sold());
        prop_assert_eq!(
            count(PaymentStatus::Succeeded),
            expected,
            "{} {:?} after {:?}",
            status,
            payments,
            step
        );
        prop_assert_eq!(count(PaymentStatus::RefundDue), 0, "{:?} after {:?}", payments, step);
        let running = payments.iter().filter(|found| PaymentStatus::parse(found).unwrap().is_open()).count();
        prop_assert!(running + expected <= 1, "{:?} after {:?}", payments, step);
        Ok(())
    }
}
