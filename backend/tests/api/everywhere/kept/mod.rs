//! Answers to public reads that are kept.

mod again;
mod forms;
mod fresh;
mod keys;
mod outages;
mod replicas;
mod who;

use backend::db::schema::products;
use diesel::prelude::*;
use shared_types::{paths, system::CacheMetrics};

use crate::support::{Actor, TestDatabase, wait_until};

/// One address of every kind of answer that is kept, all of which show the yoga mat or count it.
fn all() -> Vec<String> {
    vec![
        paths::catalog::CATEGORIES.to_owned(),
        paths::catalog::category("sports-outdoors"),
        paths::catalog::PRODUCTS.to_owned(),
        paths::catalog::product("yoga-mat-pro"),
        "/api/search?q=yoga".to_owned(),
        "/api/search/suggest?q=yoga".to_owned(),
        paths::search::POPULAR.to_owned(),
    ]
}

/// Makes the yoga mat the one product that the shop recommends, so that it is among what is popular.
fn recommend_the_mat(database: &TestDatabase) {
    database.query(|connection| {
        diesel::update(products::table)
            .set(products::is_featured.eq(products::sku.eq("YOGA-MAT-PRO")))
            .execute(connection)
    });
}

/// What the server says of its kept answers.
fn metrics(actor: &Actor) -> CacheMetrics {
    actor.get(paths::system::CACHE_METRICS).expect(200).read()
}

/// Waits until a server that has just started answers from memory.
fn warm_up(actor: &Actor) {
    wait_until("answers are kept", || {
        let before = metrics(actor).hits;
        actor.get(paths::search::POPULAR).expect(200);
        metrics(actor).hits > before
    });
}

/// How many hits and misses some requests come to, with a server that has looked at the catalogue a moment ago: on a busy
/// machine that may take a while.
fn counted(actor: &Actor, ask: impl FnOnce()) -> (u64, u64) {
    warm_up(actor);
    let before = metrics(actor);
    ask();
    let after = metrics(actor);
    (after.hits - before.hits, after.misses - before.misses)
}
