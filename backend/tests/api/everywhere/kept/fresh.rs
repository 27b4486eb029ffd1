//! Whoever writes finds it written, in every answer that is kept.

use serde_json::{Value, json};
use shared_types::{catalog::ProductFull, paths};

use super::{all, counted, recommend_the_mat, warm_up};
use crate::support::{Actor, Content, Reply, TestApp};

fn patch(actor: &Actor, path: &str, body: &Value) {
    actor.request("PATCH", path).json(body).send().expect(200);
}

fn texts(app: &TestApp) -> Vec<String> {
    all().iter().map(|path| app.anon().get(path).expect(200).text()).collect()
}

#[test]
fn an_edit_of_a_product_is_in_every_answer_that_shows_it_at_once() {
    let app = TestApp::builder(Content::Demo).start_with(recommend_the_mat);
    let (admin, mat) = (app.admin(), paths::catalog::product(&app.product_id("YOGA-MAT-PRO")));
    for round in 0..5 {
        let before = texts(&app);
        assert_eq!(before, texts(&app));
        let name = format!("Yoga Mat {round}");
        patch(&admin, &mat, &json!({"name": name}));
        let after = texts(&app);
        for (path, text) in all().iter().zip(&after) {
            let shows_products = !path.starts_with(paths::catalog::CATEGORIES);
            assert_eq!(text.contains(&name), shows_products, "{path}: {text}");
        }
    }
}

#[test]
fn a_product_that_is_withdrawn_or_released_is_counted_anew_at_once() {
    let app = TestApp::start();
    let (admin, mat) = (app.admin(), paths::catalog::product(&app.product_id("YOGA-MAT-PRO")));
    let is_shown = |text: &str| text.contains("Yoga Mat Pro");
    for (status, is_there) in [("DRAFT", false), ("ACTIVE", true), ("ARCHIVED", false), ("ACTIVE", true)] {
        let counts = || {
            let paths = [paths::catalog::CATEGORIES, &paths::catalog::category("sports-outdoors")];
            paths.map(|path| app.anon().get(path).expect(200).text())
        };
        let before = counts();
        patch(&admin, &mat, &json!({"status": status}));
        let [products, search, suggest] =
            [paths::catalog::PRODUCTS, "/api/search?q=yoga", "/api/search/suggest?q=yoga"]
                .map(|path| app.anon().get(path).expect(200).text());
        let after = counts();
        assert!(before[0] != after[0] && before[1] != after[1], "{status}");
        assert_eq!([&products, &search, &suggest].map(|text| is_shown(text)), [is_there; 3], "{status}");
        app.anon().get(&mat).expect(if is_there { 200 } else { 404 });
    }
}

#[test]
fn an_edit_of_a_category_is_in_every_answer_that_names_it_at_once() {
    let app = TestApp::start();
    let sports: Value = app.anon().get(&paths::catalog::category("sports-outdoors")).value(200);
    let path = paths::catalog::category(sports["id"].as_str().unwrap());
    let product = paths::catalog::product("YOGA-MAT-PRO");
    for round in 0..3 {
        let name = format!("Sports {round}");
        let shown = [
            paths::catalog::CATEGORIES,
            &path,
            paths::catalog::PRODUCTS,
            &product,
            "/api/search?q=sports",
            "/api/search/suggest?q=sports",
            paths::search::POPULAR,
        ];
        let replies = || shown.map(|path| app.anon().get(path).expect(200).text());
        assert!(replies().iter().all(|text| !text.contains(&name)));
        patch(&app.admin(), &path, &json!({"name": name}));
        for (path, text) in shown.iter().zip(replies()) {
            assert!(text.contains(&name), "{path}: {text}");
        }
    }
}

#[test]
fn a_sale_is_in_every_answer_that_shows_the_stock_at_once_and_leaves_the_others() {
    let app = TestApp::builder(Content::Demo).alone().start();
    warm_up(&app.anon());
    let (customer, mat) = (app.customer(), app.product_id("YOGA-MAT-PRO"));
    let shown = [paths::catalog::PRODUCTS, &paths::catalog::product("yoga-mat-pro"), "/api/search?q=yoga"];
    let others = [
        paths::catalog::CATEGORIES,
        &paths::catalog::product("iphone-15-pro"),
        "/api/search?q=iphone",
        "/api/search/suggest?q=yoga",
        paths::search::POPULAR,
    ];
    others.iter().chain(&shown).for_each(|path| drop(app.anon().get(path)));
    // What was read at the start may have been read by the index as well: the first sale is not taken for one.
    customer.order(&[(&mat, 1)]);
    others.iter().chain(&shown).for_each(|path| drop(app.anon().get(path)));
    for left in (90..99).rev() {
        customer.order(&[(&mat, 1)]);
        assert_eq!(
            counted(&app.anon(), || others.iter().for_each(|path| drop(app.anon().get(path)))),
            (5, 0)
        );
        for path in shown {
            let text = app.anon().get(path).text();
            assert!(text.contains(&format!("\"stock\":{left},")), "{path}: {text}");
        }
    }
    // The last one is another matter: what can't be bought is sorted and counted differently.
    customer.order(&[(&mat, 90)]);
    let found = app.anon().get("/api/search?q=yoga&inStock=true");
    assert_eq!(found.json()["meta"]["totalProducts"], 0);
    for path in shown {
        assert!(app.anon().get(path).text().contains("\"stock\":0,"), "{path}");
    }
}

#[test]
fn what_is_cancelled_is_back_on_the_shelf_at_once() {
    let app = TestApp::start();
    let (customer, mat) = (app.customer(), app.product_id("YOGA-MAT-PRO"));
    let stock = |reply: Reply| reply.data::<ProductFull>(200).product.stock;
    let path = paths::catalog::product("yoga-mat-pro");
    assert_eq!(stock(app.anon().get(&path)), 100);
    let order = customer.order(&[(&mat, 100)]).order;
    assert_eq!(stock(app.anon().get(&path)), 0);
    customer.post_nothing(&paths::orders::cancel(&order.id)).expect(200);
    assert_eq!(stock(app.anon().get(&path)), 100);
}
