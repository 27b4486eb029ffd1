//! The log: one line a request, and nothing that is somebody's.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use serde_json::{Value, json};
use shared_types::{
    auth::Registered,
    orders::OrderWithItems,
    paths,
    payments::{CARD_APPROVED, CARD_DECLINED},
};

use crate::support::{
    Content, TestDatabase,
    app::settings,
    binary::{ServerProcess, program},
    order_of, pay_with,
};

#[test]
fn a_request_is_one_line_with_what_an_operator_needs() {
    let database = TestDatabase::with(Content::Demo);
    let server = ServerProcess::start(&database, &[]);
    let john = json!({"email": "john@example.com", "password": "password123"});
    let token =
        server.anon().post(paths::auth::LOGIN, &john).value(200)["token"].as_str().unwrap().to_owned();
    let john = server.anon().with_token(&token);
    let reply = john.get(&paths::orders::order("ORD-2024-0001"));
    let request_id = reply.header("x-request-id").unwrap().to_owned();
    let user_id = reply.value(200)["userId"].clone();

    let log = server.log_after_stopping();
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {log}"));
    let lines: Vec<Value> = log.lines().map(read).collect();
    let of_request: Vec<_> = lines.iter().filter(|line| line["request_id"] == request_id.as_str()).collect();
    assert_eq!(of_request.len(), 1, "{log}");
    let line = of_request[0];
    assert_eq!((&line["method"], &line["route"]), (&json!("GET"), &json!("/api/orders/{key}")));
    assert_eq!((&line["status"], &line["user"], &line["level"]), (&json!(200), &user_id, &json!("INFO")));
    assert!(line["duration_ms"].is_number() && line["timestamp"].is_string(), "{line}");
}

#[test]
fn a_failure_of_ours_is_an_error_with_its_cause_and_a_refusal_is_neither() {
    let database = TestDatabase::with(Content::Tables);
    // Nobody listens on port 1. The engine of the run does not matter here.
    let away = ("DATABASE_URL", "postgres://shop:hunter2@127.0.0.1:1/shop");
    let server = ServerProcess::start(&database, &[away]);
    server.anon().get(paths::catalog::PRODUCTS).expect(503);
    server.anon().get(paths::auth::ME).expect(401);
    let log = server.log_after_stopping();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |route: &str| lines.iter().find(|line| line["route"] == route).unwrap();
    let failed = of(paths::catalog::PRODUCTS);
    assert_eq!((&failed["level"], &failed["status"]), (&json!("ERROR"), &json!(503)), "{failed}");
    let cause = failed["cause"].as_str().unwrap();
    assert!(cause.contains("the database is out of reach"), "{failed}");
    let refused = of(paths::auth::ME);
    assert_eq!((&refused["level"], refused.get("cause")), (&json!("INFO"), None), "{refused}");
    // Lines that wait for others are written at the end.
    assert_eq!(lines.last().unwrap()["message"], "stopped", "{log}");
}

#[test]
fn the_line_of_a_request_names_the_trace_that_it_is_part_of() {
    let database = TestDatabase::with(Content::Demo);
    let server = ServerProcess::start(&database, &[]);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let ask = |path: &str, header: &str| {
        server.anon().request("GET", path).header("traceparent", header).send().expect(200);
    };
    ask(paths::catalog::CATEGORIES, &format!("00-{trace}-00f067aa0ba902b7-01"));
    ask(paths::system::HEALTH, "00-not-a-trace-01");
    server.anon().get(paths::system::READY).expect(200);
    let log = server.log_after_stopping();
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {log}"));
    let lines: Vec<Value> = log.lines().map(read).collect();
    let of = |route: &str| lines.iter().find(|line| line["route"] == route).unwrap().get("trace_id").cloned();
    assert_eq!(of(paths::catalog::CATEGORIES), Some(json!(trace)));
    assert_eq!([of(paths::system::HEALTH), of(paths::system::READY)], [None, None]);
}

#[test]
fn a_log_that_is_not_read_at_a_terminal_has_no_colours() {
    let database = TestDatabase::with(Content::Demo);
    let mut settings = settings(&database.url);
    settings.push(("LOG_FORMAT".to_owned(), "human".to_owned()));
    let mut server = program(&["serve"], &settings).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(server.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut last = String::new();
    for line in lines {
        assert!(!line.contains('\u{1b}'), "{line:?}");
        last = line;
        if last.contains("listening") {
            break;
        }
    }
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(last.contains("INFO listening"), "{last}");
}

#[test]
fn nothing_that_is_somebodys_is_logged_at_any_level() {
    let database = TestDatabase::with(Content::Demo);
    let product_id = database.product_id("YOGA-MAT-PRO");
    let server = ServerProcess::start(&database, &[("LOG_LEVEL", "trace")]);
    let password = "correct horse battery";
    let register = json!({"email": "private@example.com", "password": password, "firstName": "Peregrine"});
    let reply = server.anon().post(paths::auth::REGISTER, &register);
    let (refresh_token, _) = reply.refresh_cookie().unwrap();
    let Registered { token, .. } = reply.data(201);
    let customer = server.anon().with_token(&token);
    server
        .anon()
        .post(paths::auth::LOGIN, &json!({"email": "private@example.com", "password": "wrong guess"}))
        .expect(401);
    let refresh = server.anon().request("POST", paths::auth::REFRESH);
    refresh.header("cookie", &format!("refresh_token={refresh_token}")).send().expect(200);
    let reply = customer.post(paths::orders::ORDERS, &order_of(&[(&product_id, 1)]));
    let order = reply.data::<OrderWithItems>(201).order;
    for (card, status) in [(CARD_DECLINED, 402), (CARD_APPROVED, 200)] {
        customer.post(&paths::orders::pay(&order.id), &pay_with(card)).expect(status);
    }
    let mut mistyped = pay_with(CARD_APPROVED);
    mistyped["card"]["number"] = json!("4242424242424241");
    customer.post(&paths::orders::pay(&order.id), &mistyped).expect(422);

    let log = server.log_after_stopping();
    assert!(log.contains("/api/orders/{key}/pay"), "the search finds what is there");
    for secret in [
        "private@example.com",
        password,
        "wrong guess",
        "Peregrine",
        &token,
        &refresh_token,
        CARD_APPROVED.number,
        CARD_DECLINED.number,
        "4242424242424241",
        "Analytical Way",
        "$2b$",
    ] {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} is logged: {line:?}");
    }
}
