//! Traces: what a collector is sent.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, TcpListener},
    time::{Duration, Instant},
};

use shared_types::{paths, payments::CARD_APPROVED};

use super::sheet::Sheet;
use crate::support::{
    Content, TestApp, TestDatabase, at_once,
    binary::ServerProcess,
    collector::{Collector, Taken},
    database::{is_postgres, redis_url},
    order_of, pay_with, wait_until,
};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";
const SERVER: i32 = 2;
const CLIENT: i32 = 3;

fn traced(collector: &Collector) -> TestApp {
    TestApp::builder(Content::Demo).set("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url).start()
}

fn traceparent(sampled: &str) -> String {
    format!("00-{TRACE}-{CALLER}-{sampled}")
}

/// The spans of the caller's trace: that of the request, and the others.
fn of_caller(collector: &Collector) -> (Taken, Vec<Taken>) {
    let spans = collector.spans().into_iter().filter(|span| span.trace == TRACE);
    let (mut servers, others): (Vec<_>, Vec<_>) = spans.partition(|span| span.kind == SERVER);
    assert_eq!(servers.len(), 1, "{servers:?}");
    (servers.remove(0), others)
}

#[test]
fn a_request_continues_its_callers_trace_and_what_it_needs_are_its_steps() {
    let collector = Collector::start();
    let app = traced(&collector);
    let customer = app.customer();
    let order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    let request = customer.request("POST", paths::orders::ORDERS).header("traceparent", &traceparent("01"));
    let reply = request.json(&order).send();
    let request_id = reply.expect(201).header("x-request-id").unwrap().to_owned();
    app.stop();

    let (server, steps) = of_caller(&collector);
    assert_eq!((server.parent.as_str(), server.name.as_str()), (CALLER, "POST /api/orders"));
    assert_eq!(server.get("http.route"), Some("/api/orders"));
    assert_eq!(server.get("http.response.status_code"), Some("201"));
    assert_eq!(server.get("shop.request_id"), Some(request_id.as_str()));
    assert!(steps.iter().all(|step| step.parent == server.id && step.kind == CLIENT), "{steps:#?}");
    let write = steps.iter().find(|step| step.name == "write").unwrap();
    let engine = if is_postgres() { "postgresql" } else { "sqlite" };
    assert_eq!(write.get("db.system.name"), Some(engine));
    assert!(write.get("code.function.name").unwrap().contains("orders::service::place"), "{write:?}");
    let resource =
        |name: &str| server.resource.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(resource("service.name"), Some("shop-backend"));
    assert_eq!(resource("service.version"), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(resource("deployment.environment.name"), Some("development"));
}

#[test]
fn redis_and_the_payment_provider_are_steps_too() {
    let collector = Collector::start();
    let app = traced(&collector);
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let pay = customer.request("POST", &paths::orders::pay(&order.id)).json(&pay_with(CARD_APPROVED));
    pay.header("traceparent", &traceparent("01")).send().expect(200);
    let other = "a".repeat(32);
    let read = app.anon().request("GET", &paths::catalog::product("indoor-plant-set"));
    read.header("traceparent", &format!("00-{other}-{CALLER}-01")).send().expect(200);
    app.stop();

    let (server, steps) = of_caller(&collector);
    let charge = steps.iter().find(|step| step.name == "payment charge").unwrap();
    assert_eq!((&charge.parent, charge.kind), (&server.id, CLIENT));
    if redis_url().is_some() {
        let spans = collector.spans();
        let of_other: Vec<_> = spans.iter().filter(|span| span.trace == other).collect();
        let read = of_other.iter().find(|span| span.kind == SERVER).unwrap();
        let get = of_other.iter().find(|span| span.name == "GET").unwrap();
        assert_eq!((&get.parent, get.get("db.system.name")), (&read.id, Some("redis")));
    }
}

#[test]
fn spans_say_nothing_that_is_somebodys() {
    let collector = Collector::start();
    let app = traced(&collector);
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED)).expect(200);
    app.anon().get(&format!("{}?q=private+words", paths::search::SEARCH)).expect(200);
    app.anon().get("/api/nothing/of-the-kind").expect(404);
    app.stop();
    let allowed = BTreeSet::from([
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "shop.request_id",
        "db.system.name",
        "code.function.name",
    ]);
    let spans = collector.spans();
    assert!(spans.len() > 8, "{}", spans.len());
    for span in &spans {
        let names: BTreeSet<_> = span.attributes.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.is_subset(&allowed), "{span:?}");
        let text = format!("{} {:?}", span.name, span.attributes);
        for secret in
            [&order.id, &order.order_number, "private", "shopper-", "of-the-kind", "SELECT", "select "]
        {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn a_request_without_a_caller_begins_a_trace_and_a_caller_may_say_no() {
    let collector = Collector::start();
    let app = traced(&collector);
    app.anon().get(paths::catalog::CATEGORIES).expect(200);
    let unwanted = app.anon().request("GET", paths::catalog::PRODUCTS);
    unwanted.header("traceparent", &traceparent("00")).send().expect(200);
    let broken = app.anon().request("GET", "/health").header("traceparent", "00-not-a-trace-01");
    broken.send().expect(200);
    app.stop();
    let spans = collector.spans();
    let named = |name: &str| spans.iter().filter(|span| span.name == name).cloned().collect::<Vec<_>>();
    let begun = named("GET /api/catalog/categories");
    assert_eq!((begun.len(), begun[0].parent.as_str()), (1, ""));
    assert!(named("GET /api/catalog/products").is_empty() && spans.iter().all(|span| span.trace != TRACE));
    assert_eq!(named("GET /health")[0].parent, "");
    // Work that happens by itself is a trace of its own, and what it needs are its steps.
    let job = &named("refunds")[0];
    assert_eq!(job.parent, "");
    assert!(spans.iter().any(|span| span.parent == job.id && span.name == "read"), "{spans:#?}");
}

#[test]
fn a_process_that_is_told_to_stop_sends_what_waits_before_it_ends() {
    let collector = Collector::start();
    let database = TestDatabase::with(Content::Demo);
    let mut server = ServerProcess::start(&database, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)]);
    server.anon().get(paths::catalog::CATEGORIES).expect(200);
    server.terminate();
    assert_eq!(server.wait().code(), Some(0));
    assert!(collector.spans().iter().any(|span| span.name == "GET /api/catalog/categories"));
}

#[test]
fn a_process_that_cannot_send_what_waits_says_so_before_it_ends() {
    // Takes connections, and answers nothing.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let database = TestDatabase::with(Content::Demo);
    let server = ServerProcess::start(&database, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &url)]);
    server.anon().get(paths::catalog::CATEGORIES).expect(200);
    let log = server.log_after_stopping();
    let place = |words: &str| log.find(words).unwrap_or_else(|| panic!("{words}: {log}"));
    assert!(place("not all spans could be sent") < place("\"stopped\""), "{log}");
}

#[test]
fn a_failure_is_marked_as_one() {
    let collector = Collector::start();
    // Nobody listens on port 1.
    let app = TestApp::builder(Content::Nothing)
        .set("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)
        .set("DATABASE_URL", "postgres://shop@127.0.0.1:1/shop")
        .start();
    app.anon().get(paths::catalog::PRODUCTS).expect(503);
    app.anon().get("/api/nothing").expect(404);
    app.stop();
    let spans = collector.spans();
    let failed = |name: &str| spans.iter().find(|span| span.name == name).unwrap().is_error;
    assert!(failed("GET /api/catalog/products") && !failed("GET (none)"));
}

#[test]
fn a_collector_that_is_away_fails_and_delays_nobody() {
    let app = TestApp::builder(Content::Demo)
        .set("ADMIN_PORT", 0)
        .set("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
        .start();
    let product = app.product_id("YOGA-MAT-PRO");
    app.customer().order(&[(&product, 1)]);
    let spans = |outcome| Sheet::of(&app).value("shop_trace_spans_total", &[("outcome", outcome)]);
    wait_until("spans are lost", || spans("lost") > 0.0);
    assert_eq!(spans("sent"), 0.0);
    app.customer().order(&[(&product, 1)]);
}

#[test]
fn a_collector_that_never_answers_fails_and_delays_nobody() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let app = TestApp::builder(Content::Demo)
        .alone()
        .set("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{}", silent.local_addr().unwrap()))
        .start();
    app.anon().get(paths::catalog::PRODUCTS).expect(200);
    let held = silent.accept().unwrap();
    // More spans than may wait.
    at_once(8, |_| {
        for _ in 0..400 {
            app.anon().get("/health").expect(200);
        }
    });
    let stopping = Instant::now();
    app.stop();
    assert!(stopping.elapsed() < Duration::from_secs(15), "{:?}", stopping.elapsed());
    drop(held);
}
