//! SIGTERM: no new requests, an answer for every running one, exit code 0.

use std::io::Write;

use serde_json::json;
use shared_types::paths;

use crate::support::{
    Content, PASSWORD, Reply, TestDatabase, binary::ServerProcess, http, order_of, wait_until,
};

#[test]
fn requests_that_are_running_are_answered_before_the_server_ends() {
    let database = TestDatabase::with(Content::Demo);
    let admin_port = http::free_port();
    let mut server = ServerProcess::start(&database, &[("ADMIN_PORT", &admin_port.to_string())]);
    let login = json!({"email": "john@example.com", "password": PASSWORD});
    let token =
        server.anon().post(paths::auth::LOGIN, &login).value(200)["token"].as_str().unwrap().to_owned();
    let order = serde_json::to_vec(&order_of(&[(&database.product_id("YOGA-MAT-PRO"), 1)])).unwrap();

    // Requests that have arrived but for the last byte of their bodies.
    let headers = [
        ("authorization", format!("Bearer {token}")),
        ("content-type", "application/json".to_owned()),
        ("content-length", order.len().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let head = http::head("POST", paths::orders::ORDERS, &headers);
    let (last, rest) = order.split_last().unwrap();
    let mut running: Vec<_> = (0..5)
        .map(|_| {
            let mut stream = http::connect(server.port).unwrap();
            stream.write_all(&[head.as_bytes(), rest].concat()).unwrap();
            stream
        })
        .collect();
    wait_until("all of them have been taken up", || {
        let metrics = http::exchange(admin_port, "GET", "/metrics", &[], None).unwrap().body;
        String::from_utf8(metrics).unwrap().lines().any(|line| line == "shop_http_requests_in_flight 5")
    });

    server.terminate();
    wait_until("the server takes no new requests", || http::connect(server.port).is_err());
    for mut stream in running.drain(..) {
        stream.write_all(&[*last]).unwrap();
        Reply::checked(http::read_reply(stream).unwrap(), "a running POST".to_owned()).expect(201);
    }
    assert_eq!(server.wait().code(), Some(0));
    assert_eq!((database.stock(&database.product_id("YOGA-MAT-PRO")), database.order_count()), (95, 8));
    database.assert_ledger_explains_stock();
}

#[test]
fn from_the_moment_it_listens_a_server_ends_in_order_and_at_once_when_it_is_idle() {
    let database = TestDatabase::with(Content::Tables);
    // Several times, since the moment is short.
    for _ in 0..5 {
        let mut server = ServerProcess::start(&database, &[]);
        let started = std::time::Instant::now();
        server.terminate();
        assert_eq!(server.wait().code(), Some(0));
        assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
        assert!(http::connect(server.port).is_err());
    }
}
