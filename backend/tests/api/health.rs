//! `/health`, `/ready`

use diesel::connection::SimpleConnection;
use shared_types::{
    ErrorCode,
    catalog::ProductList,
    paths,
    search::SearchAnswer,
    system::{CheckStatus, Health, Readiness, ReadyStatus},
};

use crate::support::{
    Content, TestApp, TestDatabase, binary,
    database::{is_postgres, redis_url},
    proxy::Proxy,
    shapes::{assert_fields, assert_moment},
    wait_until,
};

fn readiness(app: &TestApp, status: u16) -> Readiness {
    app.anon().get(paths::system::READY).expect(status).read()
}

/// A server answers before its search index is there, and lacks nothing a moment later.
fn soon_ready(app: &TestApp) -> Readiness {
    let ask = || app.anon().get(paths::system::READY);
    wait_until("the server lacks nothing", || {
        let reply = ask();
        reply.status == 200 && reply.read::<Readiness>().status == ReadyStatus::Ready
    });
    readiness(app, 200)
}

#[test]
fn health_says_that_the_process_answers() {
    let app = TestApp::start();
    let reply = app.anon().get(paths::system::HEALTH);
    let body = reply.expect(200).json();
    assert_fields(&body, &["status", "timestamp"]);
    assert_moment(&body["timestamp"]);
    assert_eq!(reply.read::<Health>().status, "ok");
}

#[test]
fn ready_names_every_dependency() {
    let app = TestApp::start();
    let readiness = soon_ready(&app);
    let body = app.anon().get(paths::system::READY).expect(200).json();
    assert_fields(&body, &["status", "checks", "timestamp"]);
    assert_moment(&body["timestamp"]);
    assert_eq!(readiness.status, ReadyStatus::Ready);
    assert_eq!((readiness.checks.database, readiness.checks.search), (CheckStatus::Up, CheckStatus::Up));
    assert_eq!(readiness.checks.redis, redis_url().map(|_| CheckStatus::Up));
}

#[test]
fn the_first_answer_of_a_small_shops_server_is_that_it_lacks_nothing() {
    for _ in 0..5 {
        assert_eq!(readiness(&TestApp::start(), 200).status, ReadyStatus::Ready);
    }
}

#[test]
fn the_embedded_database_is_migrated_at_start_and_a_server_is_ready_once_it_is_migrated() {
    let app = TestApp::builder(Content::Nothing).start();
    if is_postgres() {
        let not_yet = readiness(&app, 503);
        assert_eq!(not_yet.status, ReadyStatus::Unavailable);
        assert_eq!(not_yet.checks.database, CheckStatus::Down);
        app.anon().get(paths::system::HEALTH).expect(200);
        assert!(binary::run(&["migrate"], &[("DATABASE_URL", &app.database.url)]).status.success());
    }
    assert_eq!(soon_ready(&app).status, ReadyStatus::Ready);
}

#[test]
fn an_outage_of_the_database_server_is_a_503_that_ends_by_itself() {
    // There is no wire between the process and the embedded database that could be cut.
    if !is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let (proxy, url) = Proxy::in_front_of(&database.url);
    let app = TestApp::builder(Content::Nothing).set("DATABASE_URL", url).start();
    assert_eq!(soon_ready(&app).status, ReadyStatus::Ready);

    proxy.cut();
    assert_eq!(readiness(&app, 503).status, ReadyStatus::Unavailable);
    app.anon().get(paths::system::HEALTH).expect(200);
    let refused = app.anon().get(paths::catalog::PRODUCTS);
    let message = "The service is temporarily unavailable, please try again";
    refused.refused(503, ErrorCode::Unavailable, message);
    assert!(refused.header("retry-after").is_some(), "{refused}");

    proxy.restore();
    wait_until("the database is back", || app.anon().get(paths::system::READY).status == 200);
    app.anon().get(paths::catalog::PRODUCTS).expect(200);
}

#[test]
fn a_server_that_starts_before_its_database_waits_for_it() {
    // Nobody listens on port 1. The engine of the run does not matter here.
    let away = "postgres://shop@127.0.0.1:1/shop";
    let app = TestApp::builder(Content::Nothing).set("DATABASE_URL", away).start();
    assert_eq!(readiness(&app, 503).checks.database, CheckStatus::Down);
    app.anon().get(paths::system::HEALTH).expect(200);
    let message = "The service is temporarily unavailable, please try again";
    app.anon().get(paths::catalog::PRODUCTS).refused(503, ErrorCode::Unavailable, message);
}

#[test]
fn without_redis_the_shop_is_degraded_and_serves_until_redis_is_back() {
    let Some(redis) = redis_url() else {
        return;
    };
    let (proxy, url) = Proxy::in_front_of(&redis);
    let app = TestApp::builder(Content::Demo).set("REDIS_URL", url).start();
    assert_eq!(soon_ready(&app).status, ReadyStatus::Ready);

    proxy.cut();
    let degraded = readiness(&app, 200);
    assert_eq!(degraded.status, ReadyStatus::Degraded);
    assert_eq!((degraded.checks.database, degraded.checks.redis), (CheckStatus::Up, Some(CheckStatus::Down)));
    app.customer().order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]);

    proxy.restore();
    wait_until("Redis is back", || readiness(&app, 200).status == ReadyStatus::Ready);
}

#[test]
fn a_server_without_its_search_index_finds_by_the_database_until_it_is_there() {
    let rename = |database: &TestDatabase, from: &str, to: &str| {
        database.connect().batch_execute(&format!("ALTER TABLE {from} RENAME TO {to}")).unwrap();
    };
    // The index is built by whoever follows the changes, so without these there is none.
    let app =
        TestApp::builder(Content::Demo).start_with(|database| rename(database, "catalog_changes", "away"));
    let visitor = app.anon();
    let not_yet = readiness(&app, 200);
    assert_eq!(not_yet.status, ReadyStatus::Degraded);
    assert_eq!((not_yet.checks.database, not_yet.checks.search), (CheckStatus::Up, CheckStatus::Down));
    assert_eq!(visitor.get(paths::catalog::PRODUCTS).page::<ProductList>().meta.total, 16);
    let asked = [
        "q=IPHONE+pro",
        "q=iphone-15-PRO",
        "q=pro&inStock=true",
        "q=pro&maxPrice=5.00",
        "q=pro&minPrice=500.00",
        "q=100%25",
        "q=qqqqqqqqqq",
    ];
    let found = |words: &&str| -> SearchAnswer {
        visitor.get(&format!("{}?{words}", paths::search::SEARCH)).expect(200).read()
    };
    let ask = || asked.each_ref().map(|words| found(words).meta.total_products.unwrap());
    let provisional = ask();
    assert!(provisional[..2].iter().all(|total| *total > 0) && provisional[5..] == [0, 0], "{provisional:?}");
    let suggest =
        || visitor.get(&format!("{}?q=ipho", paths::search::SUGGEST)).expect(200).json()["data"].clone();
    let popular = || visitor.get(paths::search::POPULAR).expect(200).json()["data"].clone();
    let (suggested, liked) = (suggest(), popular());
    rename(&app.database, "away", "catalog_changes");
    soon_ready(&app);
    assert_eq!(provisional, ask(), "the index finds the same");
    assert_eq!((suggested, liked), (suggest(), popular()));
    assert_eq!(visitor.get(paths::catalog::PRODUCTS).page::<ProductList>().meta.total, 16);
}
