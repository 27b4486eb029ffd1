//! Redis keeps answers for others, and nobody depends on it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use shared_types::{
    paths,
    system::{CheckStatus, Readiness, ReadyStatus},
};

use super::{all, counted, warm_up};
use crate::support::{
    Actor, Content, TestApp, TestDatabase,
    binary::ServerProcess,
    database::{is_postgres, redis_url},
    redis::RedisServer,
    wait_until,
};

/// Longer than Redis is waited for, on a busy machine.
const BOUND: Duration = Duration::from_secs(5);

#[test]
fn a_server_that_starts_finds_what_others_have_made() {
    if redis_url().is_none() {
        return;
    }
    let app = TestApp::builder(Content::Demo).alone().start();
    warm_up(&app.anon());
    let texts =
        |actor: &Actor| all().iter().map(|path| actor.get(path).expect(200).text()).collect::<Vec<_>>();
    let made = texts(&app.anon());
    // Nobody is told, so whoever asks the database gets something else than what is kept.
    app.database.set_price(&app.product_id("YOGA-MAT-PRO"), 1);
    let replica = app.replica();
    warm_up(&replica.anon());
    let mut found = Vec::new();
    assert_eq!(counted(&replica.anon(), || found = texts(&replica.anon())), (7, 0));
    assert_eq!(found, made);
}

#[test]
fn what_was_left_in_redis_before_a_change_is_not_taken_after_it() {
    if redis_url().is_none() {
        return;
    }
    let app = TestApp::start();
    warm_up(&app.anon());
    let (customer, mat) = (app.customer(), app.product_id("YOGA-MAT-PRO"));
    for left in (95..100).rev() {
        all().iter().for_each(|path| drop(app.anon().get(path).expect(200).text()));
        customer.order(&[(&mat, 1)]);
        // It knows nothing but what it finds in the database and in Redis.
        let fresh = app.replica();
        for path in [paths::catalog::PRODUCTS, "/api/catalog/products/yoga-mat-pro", "/api/search?q=yoga"] {
            let text = fresh.anon().get(path).expect(200).text();
            assert!(text.contains(&format!("\"stock\":{left},")), "{path}: {text}");
        }
    }
}

#[test]
fn nobody_is_failed_or_held_up_when_redis_is_killed_or_held_up_and_comes_back() {
    if !is_postgres() {
        return;
    }
    let Some(mut redis) = RedisServer::start() else { return };
    let app = TestApp::builder(Content::Demo).alone().set("REDIS_URL", redis.url()).start();
    warm_up(&app.anon());
    let is = |status: ReadyStatus| {
        let ready = app.anon().get(paths::system::READY).read::<Readiness>();
        ready.status == status
    };
    let (customer, mat) = (app.customer(), app.product_id("YOGA-MAT-PRO"));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let load = |worker: usize| {
            let (app, is_over) = (&app, &is_over);
            move || {
                let (mut asked, mut slowest) = (0_u32, Duration::ZERO);
                while !is_over.load(Ordering::Relaxed) {
                    for path in all() {
                        // Ever new questions, so that Redis is asked, and the same ones again.
                        let fresh = format!("/api/catalog/products?maxPrice={worker}.{:02}", asked % 100);
                        let started = Instant::now();
                        app.anon().get(&path).expect(200);
                        app.anon().get(&fresh).expect(200);
                        slowest = slowest.max(started.elapsed());
                        asked += 2;
                    }
                }
                (asked, slowest)
            }
        };
        let workers = [1, 2, 3].map(|worker| scope.spawn(load(worker)));
        let sells = |left: i32| {
            customer.order(&[(&mat, 1)]);
            let shown = app.anon().get("/api/catalog/products/yoga-mat-pro").text();
            assert!(shown.contains(&format!("\"stock\":{left},")), "{shown}");
        };
        sells(99);
        redis.kill();
        wait_until("Redis is missed", || is(ReadyStatus::Degraded));
        sells(98);
        redis.restart();
        wait_until("Redis is back", || is(ReadyStatus::Ready));
        sells(97);
        redis.hold();
        wait_until("Redis is missed", || is(ReadyStatus::Degraded));
        sells(96);
        redis.resume();
        wait_until("Redis is back", || is(ReadyStatus::Ready));
        sells(95);
        is_over.store(true, Ordering::Relaxed);
        for worker in workers {
            let (asked, slowest) = worker.join().unwrap();
            assert!(asked > 20 && slowest < BOUND, "{asked} requests, the slowest took {slowest:?}");
        }
    });
    // The last sale may have been after the last question.
    app.anon().get(paths::catalog::PRODUCTS).expect(200);
    assert_eq!(counted(&app.anon(), || drop(app.anon().get(paths::catalog::PRODUCTS).text())), (1, 0));
}

#[test]
fn redis_is_reached_by_tls_if_its_certificate_is_trusted() {
    if !is_postgres() {
        return;
    }
    let Some(redis) = RedisServer::start_encrypted() else { return };
    let (url, certificate) = (redis.url(), redis.certificate().unwrap());
    let database = TestDatabase::with(Content::Demo);
    let is_up = |trusted: &[(&str, &str)]| {
        let settings = [&[("REDIS_URL", url.as_str())], trusted].concat();
        let server = ServerProcess::start(&database, &settings);
        server.anon().get(paths::system::READY).read::<Readiness>().checks.redis == Some(CheckStatus::Up)
    };
    assert!(is_up(&[("SSL_CERT_FILE", &certificate)]));
    assert!(!is_up(&[]), "a certificate that nobody knows");
}
