//! The same question is kept once, however it is spelled and however many ask.

use diesel::connection::SimpleConnection;
use shared_types::paths;

use super::{counted, metrics, warm_up};
use crate::support::{
    Content, TestApp, at_once,
    database::is_postgres,
    shapes::{assert_fields, assert_moment},
};

fn app() -> TestApp {
    let app = TestApp::builder(Content::Demo).alone().start();
    warm_up(&app.anon());
    app
}

#[test]
fn the_metrics_say_how_many_answers_were_found() {
    let app = TestApp::start();
    let reply = app.anon().get(paths::system::CACHE_METRICS);
    let body = reply.expect(200).json();
    assert_fields(&body, &["hits", "misses", "hitRate", "total", "timestamp"]);
    assert_moment(&body["timestamp"]);
    warm_up(&app.anon());
    let metrics = metrics(&app.anon());
    assert_eq!(metrics.total, metrics.hits + metrics.misses);
    let rate = metrics.hit_rate.strip_suffix('%').unwrap().split_once('.').unwrap();
    assert!(rate.0.parse::<u8>().unwrap() <= 100 && rate.1.len() == 2);
}

#[test]
fn other_spellings_of_a_question_find_the_same_answer() {
    let app = app();
    for spellings in [
        [
            "/api/catalog/products",
            "/api/catalog/products?page=1&limit=20&sortBy=createdAt&sortOrder=desc",
            "/api/catalog/products?sortOrder=desc&limit=20",
            "/api/catalog/products?minPrice=0.00&utm_source=mail&status=DRAFT",
        ],
        [
            "/api/catalog/products?category=books&maxPrice=50",
            "/api/catalog/products?maxPrice=50.00&category=books",
            "/api/catalog/products?maxPrice=50.0&%63ategory=books&page=1",
            "/api/catalog/products/?category=books&maxPrice=50",
        ],
        [
            "/api/search?q=yoga+mat",
            "/api/search?q=yoga%20mat&type=all",
            "/api/search/?sort=relevance&q=%20yoga+mat%20",
            "/api/search?limit=20&q=yoga+mat&page=1",
        ],
        [
            "/api/search/suggest?q=iph",
            "/api/search/suggest?limit=5&q=iph",
            "/api/search/suggest?q=iph&x=1",
            "/api/search/suggest?q=+iph",
        ],
        [
            "/api/catalog/categories",
            "/api/catalog/categories?includeInactive=true",
            "/api/catalog/categories/",
            "/api/catalog/categories?x",
        ],
    ] {
        let ask = || spellings.iter().for_each(|path| drop(app.anon().get(path).expect(200).text()));
        assert_eq!(counted(&app.anon(), ask), (3, 1), "{spellings:?}");
    }
}

#[test]
fn other_questions_find_other_answers() {
    let app = app();
    let questions = [
        "/api/catalog/products?page=2",
        "/api/catalog/products?limit=19",
        "/api/catalog/products?sortOrder=asc",
        "/api/catalog/products?category=books",
        "/api/catalog/products?categoryId=books",
        "/api/catalog/products?minPrice=1",
        "/api/catalog/products?maxPrice=1",
        "/api/catalog/products?inStock=true",
        "/api/catalog/products?inStock=false",
        "/api/catalog/products?featured=true",
        "/api/search?q=yoga",
        "/api/search?q=Yoga",
        "/api/search?q=yoga&type=products",
        "/api/search/suggest?q=yoga",
        "/api/catalog/products/yoga-mat-pro",
    ];
    let ask = || questions.iter().for_each(|path| drop(app.anon().get(path).expect(200).text()));
    assert_eq!(counted(&app.anon(), ask), (0, 15));
    assert_eq!(counted(&app.anon(), ask), (15, 0));
}

#[test]
fn what_fails_is_not_kept() {
    let app = app();
    let gone = paths::catalog::product("nothing");
    let ask = || [(); 3].map(|()| app.anon().get(&gone).expect(404).status).iter().for_each(|_| {});
    assert_eq!(counted(&app.anon(), ask), (0, 3));
    let invalid = || drop(app.anon().get("/api/catalog/products?page=0").expect(422).text());
    assert_eq!(counted(&app.anon(), invalid), (0, 0));
}

#[test]
fn an_answer_that_many_ask_for_at_once_is_made_once() {
    let app = app();
    for path in ["/api/catalog/products?limit=3", "/api/search?q=lamp", "/api/catalog/categories/books"] {
        let ask = || at_once(40, |_| app.anon().get(path).expect(200).text()).sort();
        assert_eq!(counted(&app.anon(), ask), (39, 1), "{path}");
    }
}

/// Only PostgreSQL can be made to wait: readers of SQLite wait for nobody.
#[test]
fn those_who_ask_while_an_answer_is_being_made_wait_for_it() {
    if !is_postgres() {
        return;
    }
    let app = app();
    let mut blocker = app.database.connect();
    blocker.batch_execute("BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE").unwrap();
    let blocker = std::sync::Mutex::new(blocker);
    let ask = || {
        at_once(21, |index| match index {
            0 => {
                crate::support::wait_until("somebody reads", || app.database.waits_for_a_lock() > 0);
                blocker.lock().unwrap().batch_execute("COMMIT").unwrap();
            }
            _ => drop(app.anon().get("/api/catalog/products?limit=4").expect(200).text()),
        })
        .clear();
    };
    assert_eq!(counted(&app.anon(), ask), (19, 1));
}
