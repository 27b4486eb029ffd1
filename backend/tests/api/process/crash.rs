//! `kill -9` in the middle of a stream of orders: what was acknowledged is there, and nothing is there twice.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
};

use backend::db::schema::orders;
use diesel::prelude::*;
use serde_json::json;
use shared_types::{orders::OrderWithItems, paths};

use crate::support::{
    Actor, Content, PASSWORD, TestDatabase, at_once, binary::ServerProcess, order_of, wait_until,
};

const CLIENTS: usize = 4;
const ROUNDS: usize = 3;
/// Orders acknowledged in a round before the server is killed.
const BEFORE_THE_END: usize = 30;

/// An order a client has sent: its key, and its number when the answer arrived.
struct Sent {
    key: String,
    number: Option<String>,
}

fn login(server: &ServerProcess) -> Actor {
    let john = json!({"email": "john@example.com", "password": PASSWORD});
    let token =
        server.anon().post(paths::auth::LOGIN, &john).value(200)["token"].as_str().unwrap().to_owned();
    server.anon().with_token(&token)
}

#[test]
fn every_acknowledged_order_survives_and_none_is_there_twice() {
    let database = TestDatabase::with(Content::Demo);
    let product = database.product_id("MENS-CLASSIC-TEE");
    database.set_stock(&product, 100_000);
    let order = order_of(&[(&product, 1)]);
    let mut sent: Vec<Sent> = Vec::new();

    for round in 0..ROUNDS {
        let mut server = ServerProcess::start(&database, &[]);
        let john = login(&server);
        let acknowledged = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            let (john, order, acknowledged) = (&john, &order, &acknowledged);
            let clients: Vec<_> = (0..CLIENTS)
                .map(|client| {
                    scope.spawn(move || {
                        stream_of_orders(john, order, &format!("{round}-{client}"), acknowledged)
                    })
                })
                .collect();
            wait_until("orders are acknowledged", || acknowledged.load(Ordering::Relaxed) >= BEFORE_THE_END);
            server.kill();
            sent.extend(clients.into_iter().flat_map(|client| client.join().unwrap()));
        });
    }

    let unacknowledged = sent.iter().filter(|sent| sent.number.is_none()).count();
    assert!(unacknowledged > 0, "the server was killed while it was busy");
    let server = ServerProcess::start(&database, &[]);
    let john = login(&server);
    // Everything is sent again: what is known is answered as before, the rest is ordered now.
    let numbers = at_once(CLIENTS, |client| {
        let mine = sent.iter().skip(client).step_by(CLIENTS);
        mine.map(|sent| {
            let reply = john.post_keyed(paths::orders::ORDERS, &sent.key, &order);
            let number = reply.data::<OrderWithItems>(201).order.order_number;
            if let Some(acknowledged) = &sent.number {
                assert_eq!((&number, reply.header("idempotent-replayed")), (acknowledged, Some("true")));
            }
            number
        })
        .collect::<Vec<_>>()
    });

    let numbers: BTreeSet<String> = numbers.into_iter().flatten().collect();
    assert_eq!(numbers.len(), sent.len(), "every key has an order of its own");
    let stored: Vec<String> = database.query(|connection| {
        orders::table
            .filter(orders::order_number.not_like("ORD-2024-%"))
            .select(orders::order_number)
            .load(connection)
    });
    assert_eq!(stored.len(), sent.len(), "no order is there twice");
    assert_eq!(stored.into_iter().collect::<BTreeSet<_>>(), numbers);
    assert_eq!(database.stock(&product), 100_000 - i32::try_from(sent.len()).unwrap());
    database.assert_ledger_explains_stock();
    println!("{} orders, {unacknowledged} of them without an answer when the server was killed", sent.len());
}

/// Sends one order after the other until the server is gone.
fn stream_of_orders(
    john: &Actor,
    order: &shared_types::orders::PlaceOrder,
    name: &str,
    acknowledged: &AtomicUsize,
) -> Vec<Sent> {
    let mut sent = Vec::new();
    for number in 0.. {
        let key = format!("{name}-{number}");
        let request =
            john.request("POST", paths::orders::ORDERS).header(paths::IDEMPOTENCY_KEY, &key).json(order);
        match request.try_send() {
            Ok(reply) => {
                let number = reply.data::<OrderWithItems>(201).order.order_number;
                sent.push(Sent { key, number: Some(number) });
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {
                sent.push(Sent { key, number: None });
                return sent;
            }
        }
    }
    sent
}
