//! Stock: corrections, the ledger, what runs low.

use serde_json::{Value, json};
use shared_types::{
    ErrorCode,
    catalog::{
        ProductFull, ProductList,
        stock::{StockMovement, StockReason},
    },
    paths,
};

use super::{patch, product_path, product_request, trail_length, with};
use crate::support::{
    TestApp,
    shapes::{CATEGORY_REF, PRODUCT, assert_fields, assert_fields_and, assert_moment},
};

fn adjust(app: &TestApp, id: &str, body: &Value) -> crate::support::Reply {
    app.admin().post(&paths::catalog::stock(id), body)
}

fn ledger(app: &TestApp, id: &str) -> Vec<StockMovement> {
    app.admin().get(&paths::catalog::stock(id)).page().data
}

#[test]
fn a_correction_adds_and_takes_away() {
    let app = TestApp::start();
    let id = app.product_id("YOGA-MAT-PRO");
    let before = app.admin().product(&id);
    for (delta, stock) in [(20, 120), (-119, 1), (-1, 0), (5, 5)] {
        let after: ProductFull = adjust(&app, &id, &json!({"delta": delta})).data(200);
        assert_eq!(after.product.stock, stock);
        assert_eq!(after.product.updated_at, before.product.updated_at, "not an edit");
        assert_eq!(app.anon().product(&id), after);
    }
    app.database.assert_ledger_explains_stock();
}

#[test]
fn more_than_there_is_cannot_be_taken_away() {
    let app = TestApp::start();
    let id = app.product_id("YOGA-MAT-PRO");
    let before = trail_length(&app);
    let reply = adjust(&app, &id, &json!({"delta": -101}));
    let message = "Insufficient stock for Yoga Mat Pro. Available: 100";
    reply.refused(
        400,
        ErrorCode::BadRequest,
        &message.replace("Yoga Mat Pro", &app.anon().product(&id).product.name),
    );
    assert_eq!((app.database.stock(&id), trail_length(&app)), (100, before));
    app.database.assert_ledger_explains_stock();
}

#[test]
fn no_more_can_be_added_than_fits() {
    let app = TestApp::start();
    let id = app.product_id("YOGA-MAT-PRO");
    let reply = adjust(&app, &id, &json!({"delta": 1_000_000_000}));
    reply.refused(400, ErrorCode::BadRequest, "Stock must be at most 1000000000");
    adjust(&app, &id, &json!({"delta": 999_999_900})).expect(200);
    // Orders that return their units afterwards still find room.
    let order = app.customer();
    let placed = order.order(&[(&id, 999)]).order;
    adjust(&app, &id, &json!({"delta": 999})).expect(200);
    order.post_nothing(&paths::orders::cancel(&placed.id)).expect(200);
    assert_eq!(app.database.stock(&id), 1_000_000_999);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn wrong_fields_of_a_correction_are_named() {
    let app = TestApp::start();
    let id = app.product_id("YOGA-MAT-PRO");
    for (given, message) in [
        (json!(null), "Expected a whole number"),
        (json!(0), "Must not be 0"),
        (json!("1"), "Expected a whole number"),
        (json!(1.5), "Expected a whole number"),
        (json!(1_000_000_001), "Must be at most 1000000000"),
        (json!(-1_000_000_001), "Must be at least -1000000000"),
    ] {
        adjust(&app, &id, &json!({"delta": given})).invalid_at("delta", message);
    }
    adjust(&app, &id, &json!({})).invalid_at("delta", "Expected a whole number");
    adjust(&app, &id, &json!({"delta": 1, "note": ""})).invalid_at("note", "Must not be empty");
    adjust(&app, &id, &json!({"delta": 1, "note": null})).invalid_at("note", "Must not be empty");
    let long = json!({"delta": 1, "note": "ü".repeat(501)});
    adjust(&app, &id, &long).invalid_at("note", "Must be at most 500 characters");
    app.admin().post_nothing(&paths::catalog::stock(&id)).invalid_at("", "Request body is required");
}

#[test]
fn an_unknown_product_has_no_stock() {
    let app = TestApp::start();
    for key in ["nothing", "yoga-mat-pro"] {
        let path = paths::catalog::stock(key);
        let reply = app.admin().post(&path, &json!({"delta": 1}));
        reply.refused(404, ErrorCode::NotFound, "Product not found");
        app.admin().get(&path).refused(404, ErrorCode::NotFound, "Product not found");
    }
}

#[test]
fn the_ledger_says_who_why_which_order_how_many_and_when() {
    let app = TestApp::start();
    let admin = app.admin();
    let body = with(&product_request(&app, "p"), &json!({"stock": 10, "status": "ACTIVE"}));
    let made: ProductFull = admin.post(paths::catalog::PRODUCTS, &body).data(201);
    let (id, customer) = (made.product.id, app.customer());
    let order = customer.order(&[(&id, 4)]).order;
    customer.post_nothing(&paths::orders::cancel(&order.id)).expect(200);
    adjust(&app, &id, &json!({"delta": -3, "note": "Broken in transit"})).expect(200);
    patch(&admin, &paths::catalog::product(&id), &json!({"stock": 20})).expect(200);

    let reply = admin.get(&paths::catalog::stock(&id));
    for row in reply.page::<Value>().data {
        let fields = ["id", "productId", "delta", "reason", "note", "order", "actor", "createdAt"];
        assert_fields(&row, &fields);
        assert_moment(&row["createdAt"]);
        if !row["order"].is_null() {
            assert_fields(&row["order"], &["id", "orderNumber"]);
        }
    }
    let found = ledger(&app, &id);
    let rows: Vec<_> = found.iter().map(|row| (row.reason, row.delta, row.note.as_deref())).collect();
    let expected = [
        (StockReason::Adjustment, 13, None),
        (StockReason::Adjustment, -3, Some("Broken in transit")),
        (StockReason::Return, 4, None),
        (StockReason::Order, -4, None),
        (StockReason::Initial, 10, None),
    ];
    assert_eq!(rows, expected);
    for row in &found {
        let is_by_order = matches!(row.reason, StockReason::Order | StockReason::Return);
        let number = row.order.as_ref().map(|order| order.order_number.as_str());
        assert_eq!(number, is_by_order.then_some(order.order_number.as_str()));
        let actor = row.actor.as_ref().map(|actor| (actor.id.as_str(), actor.email.as_str()));
        assert_eq!(actor, (!is_by_order).then_some((admin.id(), "admin@example.com")));
    }
    app.database.assert_ledger_explains_stock();
}

#[test]
fn the_ledger_comes_in_pages() {
    let app = TestApp::start();
    let id = app.product_id("YOGA-MAT-PRO");
    for delta in 1..=4 {
        adjust(&app, &id, &json!({"delta": delta})).expect(200);
    }
    let page = |query: &str| {
        app.admin().get(&format!("{}{query}", paths::catalog::stock(&id))).page::<StockMovement>()
    };
    let deltas = |query: &str| page(query).data.iter().map(|row| row.delta).collect::<Vec<_>>();
    assert_eq!(deltas(""), [4, 3, 2, 1, 100]);
    assert_eq!(deltas("?limit=2"), [4, 3]);
    assert_eq!(deltas("?limit=2&page=3"), [100]);
    assert_eq!(deltas("?limit=2&page=1000000000"), Vec::<i32>::new());
    let meta = page("?limit=2&page=2").meta;
    assert_eq!((meta.page, meta.limit, meta.total, meta.total_pages), (2, 2, 5, 3));
    let path = paths::catalog::stock(&id);
    app.admin().get(&format!("{path}?limit=101")).invalid_at("limit", "Must be at most 100");
    app.admin().get(&format!("{path}?page=0")).invalid_at("page", "Must be at least 1");
}

#[test]
fn setting_stock_moves_the_difference_and_the_same_number_moves_nothing() {
    let app = TestApp::start();
    let (id, path) = (app.product_id("YOGA-MAT-PRO"), product_path(&app, "YOGA-MAT-PRO"));
    patch(&app.admin(), &path, &json!({"stock": 100, "name": "Mat"})).expect(200);
    assert_eq!(ledger(&app, &id).len(), 1);
    patch(&app.admin(), &path, &json!({"stock": 0})).expect(200);
    patch(&app.admin(), &path, &json!({"stock": 8})).expect(200);
    let deltas: Vec<_> = ledger(&app, &id).iter().map(|row| row.delta).collect();
    assert_eq!(deltas, [8, -100, 100]);
    app.database.assert_ledger_explains_stock();
}

#[test]
fn a_product_without_units_begins_with_an_empty_ledger() {
    let app = TestApp::start();
    let made: ProductFull = app.admin().post(paths::catalog::PRODUCTS, &product_request(&app, "p")).data(201);
    assert_eq!(ledger(&app, &made.product.id), []);
}

#[test]
fn active_products_that_run_low_come_with_the_fewest_units_first() {
    let app = TestApp::start();
    for (sku, units) in
        [("YOGA-MAT-PRO", 10), ("PIXEL-8-PRO", 0), ("DELL-XPS-15", 11), ("MODERN-TABLE-LAMP", 3)]
    {
        app.database.set_stock(&app.product_id(sku), units);
    }
    let low = |query: &str| {
        let page = app.admin().get(&format!("{}{query}", paths::catalog::LOW_STOCK)).page::<ProductList>();
        let rows: Vec<_> = page.data.into_iter().map(|row| (row.product.sku, row.product.stock)).collect();
        (page.meta.total, rows)
    };
    let row = |sku: &str, stock: i32| (sku.to_owned(), stock);
    // The draft and the archived product have no units either, but are not sold.
    let three = vec![row("PIXEL-8-PRO", 0), row("MODERN-TABLE-LAMP", 3), row("YOGA-MAT-PRO", 10)];
    assert_eq!(low(""), (3, three.clone()));
    assert_eq!(low("?threshold=11"), (4, [three.clone(), vec![row("DELL-XPS-15", 11)]].concat()));
    assert_eq!(low("?threshold=0"), (1, three[..1].to_vec()));
    assert_eq!(low("?limit=1&page=2"), (3, three[1..2].to_vec()));
    assert_eq!(low("?page=9"), (3, vec![]));
    assert_eq!(low("?threshold=1000000000&limit=100").0, 16);
    let rows = app.admin().get(paths::catalog::LOW_STOCK).page::<Value>().data;
    assert_fields_and(&rows[0], PRODUCT, &["category"]);
    assert_fields(&rows[0]["category"], CATEGORY_REF);
}

#[test]
fn among_equally_low_products_the_id_breaks_ties() {
    let app = TestApp::start();
    for sku in ["YOGA-MAT-PRO", "PIXEL-8-PRO", "DELL-XPS-15", "MODERN-TABLE-LAMP"] {
        app.database.set_stock(&app.product_id(sku), 2);
    }
    let page = |number: usize| {
        let path = format!("{}?limit=1&page={number}", paths::catalog::LOW_STOCK);
        app.admin().get(&path).page::<ProductList>().data[0].product.id.clone()
    };
    let ids: Vec<_> = (1..=4).map(page).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
}

#[test]
fn the_threshold_is_a_whole_number_from_zero() {
    let app = TestApp::start();
    for (query, path, message) in [
        ("threshold=-1", "threshold", "Must be at least 0"),
        ("threshold=1000000001", "threshold", "Must be at most 1000000000"),
        ("threshold=ten", "threshold", "Expected a whole number"),
        ("limit=0", "limit", "Must be at least 1"),
        ("page=x", "page", "Expected a whole number"),
        ("threshold=1&threshold=2", "threshold", "Must be given once"),
    ] {
        app.admin().get(&format!("{}?{query}", paths::catalog::LOW_STOCK)).invalid_at(path, message);
    }
}
