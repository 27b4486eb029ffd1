//! What tests read in the database behind the application's back, and the requests a shopper sends.

use std::{collections::BTreeMap, sync::PoisonError};

use backend::db::{
    DbConnection,
    schema::{order_items, orders, payments, products, stock_movements, users},
    time::now,
};
use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use shared_types::{
    catalog::{ProductFull, ProductStatus},
    orders::{Address, ItemRequest, OrderStatus, OrderWithItems, PlaceOrder, Quantity},
    paths,
    payments::{EventKind, Payment, PaymentPending, TestCard},
};

use super::{
    actor::Actor,
    app::{TestApp, WEBHOOK_SECRET},
    database::TestDatabase,
    reply::Reply,
};

/// An address nobody lives at.
pub fn address() -> Address {
    Address {
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        address1: "12 Analytical Way".to_owned(),
        city: "London".to_owned(),
        state: "Greater London".to_owned(),
        postal_code: "W1U 6TQ".to_owned(),
        country: "United Kingdom".to_owned(),
        ..Address::default()
    }
}

/// An order of these products, by id.
pub fn order_of(lines: &[(&str, u32)]) -> PlaceOrder {
    let line = |(id, units): &(&str, u32)| ItemRequest {
        product_id: (*id).to_owned(),
        quantity: Quantity::new(*units).unwrap(),
    };
    PlaceOrder {
        items: lines.iter().map(line).collect(),
        shipping_address: address(),
        billing_address: None,
        notes: None,
        expected_total: None,
    }
}

/// A payment with a test card that has not expired.
pub fn pay_with(card: TestCard) -> Value {
    json!({"method": "card", "card": {"number": card.number, "expMonth": 12, "expYear": 2099, "cvc": "123"}})
}

impl Actor {
    /// Pays an order with a card that does not settle it at once; answers what comes next.
    pub fn pay_pending(&self, order_id: &str, card: TestCard) -> PaymentPending {
        self.post(&paths::orders::pay(order_id), &pay_with(card)).data(202)
    }

    /// One of one's own payments.
    pub fn payment(&self, id: &str) -> Payment {
        self.get(&paths::payments::payment(id)).data(200)
    }

    /// Answers for the card's owner.
    pub fn confirm(&self, payment_id: &str, approve: bool) -> Reply {
        self.post(&paths::payments::confirm(payment_id), &json!({"approve": approve}))
    }

    /// Moves an order on, as an administrator.
    pub fn move_order(&self, key: &str, status: OrderStatus) -> Reply {
        self.patch(&paths::orders::status(key), &json!({"status": status}))
    }

    /// Places an order that must succeed.
    pub fn order(&self, lines: &[(&str, u32)]) -> OrderWithItems {
        self.post(paths::orders::ORDERS, &order_of(lines)).data(201)
    }

    /// The product as shoppers see it.
    pub fn product(&self, key: &str) -> ProductFull {
        self.get(&paths::catalog::product(key)).data(200)
    }
}

/// What the payment provider tells about a payment.
pub fn event(id: &str, kind: EventKind, payment: &Payment) -> Value {
    let data = json!({"paymentId": payment.id, "amount": payment.amount, "currency": payment.currency});
    json!({"id": id, "type": kind, "data": data})
}

/// The signature of a body that is sent so many seconds from now.
pub fn sign(secret: &str, seconds: i64, body: &[u8]) -> String {
    let moment = Utc::now().timestamp() + seconds;
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let code = mac.chain_update(format!("{moment}.")).chain_update(body).finalize().into_bytes();
    format!("t={moment},v1={}", code.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

impl TestApp {
    /// Sends an event as the payment provider does.
    pub fn provider_says(&self, event: &Value) -> Reply {
        let body = serde_json::to_vec(event).unwrap();
        let request = self.anon().request("POST", paths::payments::WEBHOOK);
        let signature = sign(WEBHOOK_SECRET, 0, &body);
        request.header(paths::PAYMENT_SIGNATURE, &signature).body("application/json", body).send()
    }

    /// The id of a demo product.
    pub fn product_id(&self, sku: &str) -> String {
        self.database.product_id(sku)
    }
}

impl TestDatabase {
    /// Runs queries behind the application's back.
    pub fn query<T>(&self, work: impl FnOnce(&mut DbConnection) -> QueryResult<T>) -> T {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(connection.get_or_insert_with(|| self.connect())).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The id of a product.
    pub fn product_id(&self, sku: &str) -> String {
        self.query(|connection| {
            products::table.filter(products::sku.eq(sku)).select(products::id).first(connection)
        })
    }

    /// Changes a product's stock, with the movement that explains it.
    pub fn set_stock(&self, product_id: &str, units: i32) {
        self.query(|connection| {
            let before: i32 = products::table.find(product_id).select(products::stock).first(connection)?;
            if before == units {
                return Ok(0);
            }
            diesel::update(products::table.find(product_id))
                .set(products::stock.eq(units))
                .execute(connection)?;
            diesel::insert_into(stock_movements::table)
                .values((
                    stock_movements::id.eq(backend::db::new_id()),
                    stock_movements::product_id.eq(product_id),
                    stock_movements::reason.eq("ADJUSTMENT"),
                    stock_movements::delta.eq(units - before),
                    stock_movements::created_at.eq(now()),
                ))
                .execute(connection)
        });
    }

    /// Changes a product's price, in minor units.
    pub fn set_price(&self, product_id: &str, minor: i64) {
        self.query(|connection| {
            diesel::update(products::table.find(product_id))
                .set(products::price.eq(minor))
                .execute(connection)
        });
    }

    /// Changes a product's status.
    pub fn set_product_status(&self, product_id: &str, status: ProductStatus) {
        self.query(|connection| {
            diesel::update(products::table.find(product_id))
                .set(products::status.eq(status.as_str()))
                .execute(connection)
        });
    }

    pub fn stock(&self, product_id: &str) -> i32 {
        self.query(|connection| products::table.find(product_id).select(products::stock).first(connection))
    }

    pub fn set_order_status(&self, order_id: &str, status: OrderStatus) {
        self.query(|connection| {
            diesel::update(orders::table.find(order_id))
                .set(orders::status.eq(status.as_str()))
                .execute(connection)
        });
    }

    pub fn set_active(&self, user_id: &str, is_active: bool) {
        self.query(|connection| {
            diesel::update(users::table.find(user_id)).set(users::is_active.eq(is_active)).execute(connection)
        });
    }

    pub fn password_hash(&self, user_id: &str) -> String {
        self.query(|connection| users::table.find(user_id).select(users::password_hash).first(connection))
    }

    pub fn order_count(&self) -> i64 {
        self.query(|connection| orders::table.count().get_result(connection))
    }

    /// The statuses of an order's payments, in the order they were made.
    pub fn payment_statuses(&self, order_id: &str) -> Vec<String> {
        self.query(|connection| {
            payments::table
                .filter(payments::order_id.eq(order_id))
                .order(payments::id)
                .select(payments::status)
                .load(connection)
        })
    }

    /// The amounts and statuses of an order's payments, in the order they were made.
    pub fn charges(&self, order_id: &str) -> Vec<(i64, String)> {
        self.query(|connection| {
            payments::table
                .filter(payments::order_id.eq(order_id))
                .order(payments::id)
                .select((payments::amount, payments::status))
                .load(connection)
        })
    }

    /// Leaves a payment of an order as a server does that stopped while the provider was asked, so many seconds ago, for a
    /// card of this kind. Answers its id.
    pub fn leave_payment_started(&self, order_id: &str, card_kind: &str, seconds_ago: i64) -> String {
        let moment = now() - TimeDelta::seconds(seconds_ago);
        let id = backend::db::new_id();
        self.query(|connection| {
            let amount: i64 = orders::table.find(order_id).select(orders::total_amount).first(connection)?;
            diesel::insert_into(payments::table)
                .values((
                    payments::id.eq(&id),
                    payments::order_id.eq(order_id),
                    payments::amount.eq(amount),
                    payments::currency.eq("USD"),
                    payments::status.eq("STARTED"),
                    payments::card_last4.eq("4242"),
                    payments::card_kind.eq(card_kind),
                    payments::created_at.eq(moment),
                    payments::updated_at.eq(moment),
                ))
                .execute(connection)
        });
        id
    }

    /// Moves the last change of an order's payments into the past.
    pub fn age_payments(&self, order_id: &str, seconds: i64) {
        let moment = now() - TimeDelta::seconds(seconds);
        self.query(|connection| {
            diesel::update(payments::table.filter(payments::order_id.eq(order_id)))
                .set(payments::updated_at.eq(moment))
                .execute(connection)
        });
    }

    /// Lets an order's time to be paid end so many minutes ago.
    pub fn expire_order(&self, order_id: &str, minutes_ago: i64) {
        let moment = now() - TimeDelta::minutes(minutes_ago);
        self.query(|connection| {
            diesel::update(orders::table.find(order_id))
                .set(orders::expires_at.eq(moment))
                .execute(connection)
        });
    }

    pub fn order_status(&self, order_id: &str) -> OrderStatus {
        let status: String =
            self.query(|connection| orders::table.find(order_id).select(orders::status).first(connection));
        OrderStatus::parse(&status).unwrap()
    }

    /// Fails the test unless every order's money is where it belongs: at most one charge was made and kept, a charge is
    /// kept only for an order that is sold, and an order that was given back keeps none.
    pub fn assert_money_is_right(&self) {
        let rows: Vec<(String, String, i64, String, i64)> = self.query(|connection| {
            payments::table
                .inner_join(orders::table)
                .select((
                    payments::order_id,
                    orders::status,
                    orders::total_amount,
                    payments::status,
                    payments::amount,
                ))
                .load(connection)
        });
        let mut kept: BTreeMap<&str, i64> = BTreeMap::new();
        for (order, order_status, total, status, amount) in &rows {
            assert_eq!(amount, total, "amount of a payment for {order}");
            let order_status = OrderStatus::parse(order_status).unwrap();
            if status == "SUCCEEDED" {
                assert!(order_status.is_sold(), "{order} is {order_status}, and its money is kept");
                *kept.entry(order).or_default() += amount;
                assert_eq!(kept[order.as_str()], *total, "{order} was paid twice");
            }
            assert!(status != "NEEDS_CONFIRMATION" || order_status == OrderStatus::Pending, "{order}");
        }
    }

    /// Fails the test unless the ledger explains every unit of every product, and every order moved exactly its items.
    pub fn assert_ledger_explains_stock(&self) {
        type Stock = (String, i32);
        type Movement = (String, Option<String>, String, i32);
        type Item = (String, String, i32, String);
        let (stocks, movements, items): (Vec<Stock>, Vec<Movement>, Vec<Item>) = self.query(|connection| {
            let stocks = products::table.select((products::id, products::stock)).load(connection)?;
            let movements = stock_movements::table
                .select((
                    stock_movements::product_id,
                    stock_movements::order_id,
                    stock_movements::reason,
                    stock_movements::delta,
                ))
                .load(connection)?;
            let items = order_items::table
                .inner_join(orders::table)
                .select((
                    order_items::order_id,
                    order_items::product_id,
                    order_items::quantity,
                    orders::status,
                ))
                .load(connection)?;
            Ok((stocks, movements, items))
        });

        let mut sums: BTreeMap<&str, i32> = BTreeMap::new();
        let mut found: Vec<(&str, &str, &str, i32)> = Vec::new();
        for (product, order, reason, delta) in &movements {
            *sums.entry(product).or_default() += delta;
            found.extend(order.as_deref().map(|order| (order, product.as_str(), reason.as_str(), *delta)));
        }
        for (product, stock) in &stocks {
            assert!(*stock >= 0, "stock of {product} is {stock}");
            assert_eq!(sums.get(product.as_str()).copied().unwrap_or(0), *stock, "ledger of {product}");
        }

        let mut expected: Vec<(&str, &str, &str, i32)> = Vec::new();
        for (order, product, units, status) in &items {
            expected.push((order, product, "ORDER", -units));
            if OrderStatus::parse(status).unwrap().returns_stock() {
                expected.push((order, product, "RETURN", *units));
            }
        }
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "movements of the orders");
    }
}
