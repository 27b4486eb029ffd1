//! Other processes: replicas, and commands that write into the database of a running server.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use backend::db::schema::{categories, products};
use diesel::prelude::*;
use serde_json::json;
use shared_types::{auth::LoggedIn, paths};

use super::{all, recommend_the_mat, warm_up};
use crate::support::{
    Actor, Content, PASSWORD, TestApp, TestDatabase,
    binary::{self, ServerProcess},
    database::is_postgres,
    turn::Turn,
    wait_until,
};

/// What the design promises to those who ask another server than the one that was written to.
const PROMISE: Duration = Duration::from_secs(1);

fn admin(server: &ServerProcess) -> Actor {
    let body = json!({"email": "admin@example.com", "password": PASSWORD});
    let LoggedIn { token, .. } = server.anon().post(paths::auth::LOGIN, &body).data(200);
    server.anon().with_token(&token)
}

#[test]
fn every_answer_of_another_server_has_an_edit_within_a_second() {
    if !is_postgres() {
        return;
    }
    // On a busy machine everything may take longer than a second.
    let _turn = Turn::alone();
    let database = TestDatabase::with(Content::Demo);
    let [one, other] = [(); 2].map(|()| ServerProcess::start(&database, &[]));
    for server in [&one, &other] {
        warm_up(&server.anon());
    }
    let admin = admin(&one);
    let mat = paths::catalog::product(&database.product_id("YOGA-MAT-PRO"));
    let category = admin.get(&paths::catalog::category("sports-outdoors")).value(200)["id"].clone();
    let category = paths::catalog::category(category.as_str().unwrap());
    for round in 0..5 {
        let texts = || all().iter().map(|path| other.anon().get(path).expect(200).text()).collect::<Vec<_>>();
        let before = texts();
        let (name, place) = (format!("Yoga Mat {round}"), format!("Sports {round}"));
        admin.patch(&mat, &json!({"name": name})).expect(200);
        admin.patch(&category, &json!({"name": place})).expect(200);
        let written = Instant::now();
        loop {
            let asked = Instant::now();
            let after = texts();
            let is_new =
                |(old, new): (&String, &String)| old != new && (new.contains(&name) || new.contains(&place));
            if before.iter().zip(&after).all(is_new) {
                break;
            }
            assert!(asked - written < PROMISE, "still old: {after:?}");
        }
    }
}

#[test]
fn a_sale_on_one_server_is_seen_on_the_other() {
    if !is_postgres() {
        return;
    }
    let app = TestApp::start();
    let replica = app.replica();
    let (customer, mat) = (app.customer(), app.product_id("YOGA-MAT-PRO"));
    for left in (95..100).rev() {
        customer.order(&[(&mat, 1)]);
        for path in [paths::catalog::PRODUCTS, "/api/catalog/products/yoga-mat-pro", "/api/search?q=yoga"] {
            let shown = format!("\"stock\":{left},");
            assert!(app.anon().get(path).text().contains(&shown), "{path}");
            wait_until("the other server knows", || replica.anon().get(path).text().contains(&shown));
        }
    }
}

fn flush(database: &TestDatabase, which: &str) {
    let output = binary::run(&["cache", "flush", which], &[("DATABASE_URL", &database.url)]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.starts_with(&format!("Flushed: {which}.")), "{text}");
}

#[test]
fn a_flush_makes_every_running_server_drop_what_was_named() {
    let app = TestApp::builder(Content::Demo).alone().start_with(recommend_the_mat);
    let replica = is_postgres().then(|| app.replica());
    let replica = replica.as_ref().map(|replica| replica.anon());
    let servers: Vec<Actor> = std::iter::once(app.anon()).chain(replica).collect();
    let (mat, round) = (app.product_id("YOGA-MAT-PRO"), Cell::new(0));
    let is_new = |server: &Actor, path: &str| {
        let text = server.get(path).expect(200).text();
        text.contains(&format!("Mat {} ", round.get())) || text.contains(&format!("Sports {} ", round.get()))
    };
    for which in ["categories", "products", "search", "all"] {
        round.set(round.get() + 1);
        for server in &servers {
            warm_up(server);
            assert!(all().iter().all(|path| !is_new(server, path)));
        }
        // Nobody is told, so only what is made anew shows it.
        rename(
            &app.database,
            &mat,
            &format!("Yoga Mat {} Pro", round.get()),
            &format!("Sports {} X", round.get()),
        );
        assert!(servers.iter().all(|server| all().iter().all(|path| !is_new(server, path))));
        flush(&app.database, which);
        for server in &servers {
            let is_named = |path: &String| which == "all" || namespace(path) == which;
            for path in all().iter().filter(|path| is_named(path)) {
                wait_until("it is made anew", || is_new(server, path));
            }
            assert!(all().iter().all(|path| is_named(path) || !is_new(server, path)), "{which}");
        }
        flush(&app.database, "all");
        for (server, path) in
            servers.iter().flat_map(|server| all().into_iter().map(move |path| (server, path)))
        {
            wait_until("all is made anew", || is_new(server, &path));
        }
    }
}

fn rename(database: &TestDatabase, product_id: &str, product: &str, category: &str) {
    database.query(|connection| {
        diesel::update(products::table.find(product_id))
            .set(products::name.eq(product))
            .execute(connection)?;
        diesel::update(categories::table.filter(categories::slug.eq("sports-outdoors")))
            .set(categories::name.eq(category))
            .execute(connection)
    });
}

fn namespace(path: &str) -> &'static str {
    if path.starts_with("/api/search") {
        "search"
    } else if path.starts_with(paths::catalog::CATEGORIES) {
        "categories"
    } else {
        "products"
    }
}

#[test]
fn what_can_not_be_flushed_is_named() {
    let output = binary::run(&["cache", "flush", "orders"], &[]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && text.contains("orders") && text.contains("categories"), "{text}");
    let missing = [("DATABASE_URL", "sqlite:///nowhere/shop.db")];
    assert!(!binary::run(&["cache", "flush", "all"], &missing).status.success());
}
