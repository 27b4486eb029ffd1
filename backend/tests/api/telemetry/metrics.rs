//! `/metrics` on the administrators' port.

use std::collections::BTreeSet;

use serde_json::json;
use shared_types::{
    ErrorCode, paths,
    payments::{CARD_APPROVED, CARD_DECLINED},
};

use super::sheet::Sheet;
use crate::support::{
    Content, TestApp, at_once,
    database::{is_postgres, redis_url},
    http, order_of, pay_with, visitor, wait_until,
};

const REQUESTS: &str = "shop_http_requests_total";

/// The demo shop, which serves metrics.
pub fn told() -> TestApp {
    TestApp::builder(Content::Demo).set("ADMIN_PORT", 0).start()
}

/// Waits until answers are kept, which they are when the catalogue's changes are being followed.
fn until_answers_are_kept(app: &TestApp) {
    wait_until("an answer is kept", || {
        app.anon().get(paths::search::POPULAR).expect(200);
        Sheet::of(app).value("shop_cache_hits_total", &[]) > 0.0
    });
}

#[test]
fn metrics_are_served_where_the_public_cannot_ask_and_nothing_else_is_served_there() {
    let app = told();
    let admin = app.admin_port.unwrap();
    assert_ne!(admin, app.port);
    app.anon().get("/metrics").refused(404, ErrorCode::NotFound, "Not found");
    for path in ["/", "/health", paths::catalog::PRODUCTS, "/metrics/cache"] {
        assert_eq!(http::exchange(admin, "GET", path, &[], None).unwrap().status, 404, "{path}");
    }
    let changed = http::exchange(admin, "POST", "/metrics", &[], Some(b"x")).unwrap().status;
    assert!(changed == 404 || changed == 405, "{changed}");
    let reply = http::exchange(admin, "GET", "/metrics", &[], None).unwrap();
    assert!(String::from_utf8(reply.body).unwrap().contains("shop_build_info{version="));
    assert!(reply.headers.contains(&("cache-control".to_owned(), "no-store".to_owned())));
}

#[test]
fn without_an_administrators_port_metrics_are_served_nowhere() {
    let app = TestApp::start();
    assert_eq!(app.admin_port, None);
    app.anon().get("/metrics").refused(404, ErrorCode::NotFound, "Not found");
}

#[test]
fn every_request_is_counted_by_method_route_and_status() {
    let app = told();
    until_answers_are_kept(&app);
    let visitor = app.anon();
    // The first one makes the answer, and the others are sent it again without being routed.
    for _ in 0..5 {
        visitor.get(paths::catalog::PRODUCTS).expect(200);
    }
    visitor.request("HEAD", paths::catalog::PRODUCTS).send().expect(200);
    visitor.get(&paths::catalog::product("iphone-15-pro")).expect(200);
    visitor.get(&paths::catalog::product("nothing-of-the-kind")).expect(404);
    visitor.post(paths::auth::LOGIN, &json!({})).expect(422);
    let sheet = Sheet::of(&app);
    let count = |method, route, status| {
        sheet.value(REQUESTS, &[("method", method), ("route", route), ("status", status)])
    };
    assert_eq!(count("GET", paths::catalog::PRODUCTS, "2xx"), 5.0);
    assert_eq!(count("HEAD", paths::catalog::PRODUCTS, "2xx"), 1.0);
    assert_eq!(count("GET", "/api/catalog/products/{key}", "2xx"), 1.0);
    assert_eq!(count("GET", "/api/catalog/products/{key}", "4xx"), 1.0);
    assert_eq!(count("POST", paths::auth::LOGIN, "4xx"), 1.0);
    let of_list = [("method", "GET"), ("route", paths::catalog::PRODUCTS)];
    let duration = |ending: &str, labels: &[(&str, &str)]| {
        sheet.value(&format!("shop_http_request_duration_seconds{ending}"), labels)
    };
    assert_eq!(duration("_count", &of_list), 5.0);
    assert!(duration("_sum", &of_list) > 0.0);
    let most = [&of_list[..], &[("le", "+Inf")]].concat();
    assert_eq!(duration("_bucket", &most), 5.0);
    // What is promised or alerted about is a bound: anything else would be guessed between two of them.
    let bounds = sheet.label_values("shop_http_request_duration_seconds_bucket", "le");
    assert!(bounds.is_superset(&BTreeSet::from(["0.1", "0.5", "1.0"])), "{bounds:?}");
}

#[test]
fn an_answer_that_is_kept_counts_for_whoever_asks_and_not_for_whoever_asked_first() {
    let app = told();
    until_answers_are_kept(&app);
    let (visitor, path) = (app.anon(), paths::catalog::CATEGORIES);
    // Each worker keeps answers for itself: so many that every one of them was asked both ways.
    for method in ["HEAD", "GET"] {
        for _ in 0..20 {
            visitor.request(method, path).send().expect(200);
        }
    }
    let sheet = Sheet::of(&app);
    let count = |method| sheet.value(REQUESTS, &[("method", method), ("route", path), ("status", "2xx")]);
    assert_eq!((count("HEAD"), count("GET")), (20.0, 20.0));
}

#[test]
fn addresses_and_methods_that_clients_make_up_make_no_rows() {
    let app = told();
    let visitor = app.anon();
    for number in 0..50 {
        visitor.get(&format!("/api/nothing/{number}")).expect(404);
        visitor.get(&format!("/secret-{number}.php")).expect(404);
    }
    for method in ["BREW", "PROPFIND", "TRACE", "WHATEVER"] {
        visitor.request(method, paths::catalog::PRODUCTS).send();
    }
    let sheet = Sheet::of(&app);
    assert_eq!(sheet.value(REQUESTS, &[("method", "GET"), ("route", "(none)"), ("status", "4xx")]), 100.0);
    assert_eq!(sheet.value(REQUESTS, &[("method", "other")]), 4.0);
    let methods = sheet.label_values(REQUESTS, "method");
    assert_eq!(methods, BTreeSet::from(["GET", "other"]));
    assert!(sheet.label_values(REQUESTS, "route").len() <= 2);
}

#[test]
fn what_is_sold_and_paid_is_counted_once() {
    let app = told();
    let customer = app.customer();
    let order = order_of(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);
    for _ in 0..3 {
        customer.post_keyed(paths::orders::ORDERS, "one", &order).expect(201);
    }
    let placed = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    customer.post(paths::orders::ORDERS, &order_of(&[(&app.product_id("YOGA-MAT-PRO"), 999)])).expect(400);
    customer.post(&paths::orders::pay(&placed.id), &pay_with(CARD_DECLINED)).expect(402);
    customer.post(&paths::orders::pay(&placed.id), &pay_with(CARD_APPROVED)).expect(200);
    customer.post(&paths::orders::pay(&placed.id), &pay_with(CARD_APPROVED)).expect(400);
    let sheet = Sheet::of(&app);
    assert_eq!(sheet.value("shop_orders_placed_total", &[]), 2.0);
    let payments = |status| sheet.value("shop_payments_total", &[("status", status)]);
    assert_eq!([payments("DECLINED"), payments("SUCCEEDED"), payments("REFUNDED")], [1.0, 1.0, 0.0]);
    // Whoever cancels gets the money back.
    customer.post_nothing(&paths::orders::cancel(&placed.id)).expect(200);
    assert_eq!(Sheet::of(&app).value("shop_payments_total", &[("status", "REFUNDED")]), 1.0);
}

#[test]
fn the_cache_the_search_index_and_the_jobs_tell_how_they_are() {
    let app = told();
    wait_until("the index is there and the jobs have run", || {
        let sheet = Sheet::of(&app);
        let job = |job| sheet.value("shop_job_runs_total", &[("job", job)]);
        sheet.value("shop_search_ready", &[]) == 1.0 && job("old_rows") == 1.0
    });
    let before = Sheet::of(&app);
    for _ in 0..4 {
        app.anon().get(&paths::catalog::product("indoor-plant-set")).expect(200);
    }
    let after = Sheet::of(&app);
    let more = |name| after.value(name, &[]) - before.value(name, &[]);
    assert_eq!((more("shop_cache_misses_total"), more("shop_cache_hits_total")), (1.0, 3.0));
    assert_eq!(more("shop_cache_entries"), 1.0);
    assert!(more("shop_cache_bytes") > 100.0);
    assert_eq!(after.value("shop_cache_bytes_max", &[]), 33_554_432.0);
    // Drafts and what is archived are not found.
    assert_eq!(after.value("shop_search_products", &[]), 16.0);
    for job in ["refunds", "payments", "orders", "old_rows"] {
        let of = |name: &str| after.value(name, &[("job", job)]);
        assert_eq!((of("shop_job_failures_total"), of("shop_job_left")), (0.0, 0.0), "{job}");
        assert!(of("shop_job_last_success_timestamp_seconds") > 1.7e9, "{job}");
    }
}

#[test]
fn the_pools_tell_how_they_are_used() {
    let app = told();
    at_once(8, |_| app.anon().get(&format!("{}?q=pro", paths::search::SEARCH)).expect(200).status);
    app.customer();
    let sheet = Sheet::of(&app);
    let pools: &[(&str, f64)] =
        if is_postgres() { &[("shared", 4.0)] } else { &[("read", 3.0), ("write", 1.0)] };
    for (pool, most) in pools {
        let of = |name: &str| sheet.value(name, &[("pool", pool)]);
        assert_eq!(of("shop_database_connections_max"), *most);
        assert!((1.0..=*most).contains(&of("shop_database_connections_open")), "{pool}");
        assert!(of("shop_database_connections_in_use") <= *most);
        assert_eq!((of("shop_database_waiting"), of("shop_database_refusals_total")), (0.0, 0.0));
        let (waits, work) = (of("shop_database_wait_seconds_count"), of("shop_database_work_seconds_count"));
        assert!(waits >= work && work >= 1.0, "{pool}: {waits} {work}");
        assert!(of("shop_database_work_seconds_sum") > 0.0);
    }
}

#[test]
fn refusals_are_counted_by_their_rule() {
    let app = visitor::limited().set("ADMIN_PORT", 0).set("RATE_LIMIT_MAX", 3).start();
    let visitor = visitor::Visitor::new(&app);
    for expected in [200, 200, 200, 429, 429] {
        visitor.get(paths::catalog::CATEGORIES).expect(expected);
    }
    for _ in 0..5 {
        visitor.login("nobody@example.com", "wrong").expect(401);
    }
    visitor.login("nobody@example.com", "wrong").expect(429);
    let sheet = Sheet::of(&app);
    let refused = |rule| sheet.value("shop_rate_limit_refusals_total", &[("rule", rule)]);
    assert_eq!([refused("all"), refused("login"), refused("register")], [2.0, 1.0, 0.0]);
    assert_eq!(sheet.value("shop_passwords_refused_total", &[]), 0.0);
    assert_eq!(sheet.value("shop_passwords_working", &[]), 0.0);
}

#[test]
fn the_program_and_its_process_are_described() {
    let app = told();
    let sheet = Sheet::of(&app);
    let engine = if is_postgres() { "postgres" } else { "sqlite" };
    let build = [("version", env!("CARGO_PKG_VERSION")), ("database", engine)];
    assert_eq!(sheet.value("shop_build_info", &build), 1.0);
    assert!(sheet.value("process_resident_memory_bytes", &[]) > 1e6);
    assert!(sheet.value("process_open_fds", &[]) < sheet.value("process_max_fds", &[]));
    let cpu = sheet.value("process_cpu_seconds_total", &[]);
    let started = sheet.value("process_start_time_seconds", &[]);
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
    assert!(cpu > 0.0 && (now - 600.0..=now).contains(&started), "{cpu} {started}");
}

#[test]
fn redis_is_told_of_where_there_is_one() {
    let sheet = Sheet::of(&told());
    let rows = sheet.labels("shop_redis_resting").len();
    assert_eq!(rows, usize::from(redis_url().is_some()));
    assert_eq!(sheet.value("shop_redis_resting", &[]), 0.0);
    // Nobody listens on port 1. Redis comes with PostgreSQL only.
    if is_postgres() {
        let app = TestApp::builder(Content::Demo)
            .set("ADMIN_PORT", 0)
            .set("REDIS_URL", "redis://127.0.0.1:1")
            .start();
        // Until the catalogue is followed, answers come from the database, and nobody asks Redis.
        wait_until("Redis was asked in vain", || {
            app.anon().get(paths::catalog::PRODUCTS).expect(200);
            Sheet::of(&app).value("shop_redis_resting", &[]) > 0.0
        });
        let sheet = Sheet::of(&app);
        assert!(sheet.value("shop_redis_failures_total", &[]) >= 1.0);
    }
}
