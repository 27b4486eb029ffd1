//! `POST /api/cart/quote`

use serde_json::{Value, json};
use shared_types::{
    Money,
    cart::{LineProblem, Quote},
    paths,
};

use crate::support::{TestApp, shapes::assert_fields};

fn quote(app: &TestApp, lines: &[(&str, u32)]) -> Quote {
    let items: Vec<Value> =
        lines.iter().map(|(id, units)| json!({"productId": id, "quantity": units})).collect();
    app.anon().post(paths::cart::QUOTE, &json!({"items": items})).data(200)
}

fn cents(quote: &Quote) -> [i64; 4] {
    let totals = quote.totals;
    [totals.subtotal, totals.tax, totals.shipping, totals.total].map(Money::minor)
}

#[test]
fn a_quote_has_lines_and_totals() {
    let app = TestApp::start();
    let id = app.product_id("BOOK-CLEAN-CODE");
    let body = json!({"items": [{"productId": id, "quantity": 1}]});
    let data = app.anon().post(paths::cart::QUOTE, &body).value(200);
    assert_fields(&data, &["lines", "subtotal", "tax", "shipping", "total", "currency"]);
    let expected = json!([{
        "productId": id, "name": "Clean Code", "slug": "book-clean-code",
        "imageUrl": "/images/products/book-clean-code.svg", "quantity": 1, "available": 120,
        "unitPrice": "44.99", "subtotal": "44.99", "problem": null,
    }]);
    assert_eq!(data["lines"], expected);
    let money = ["subtotal", "tax", "shipping", "total", "currency"].map(|name| data[name].as_str().unwrap());
    assert_eq!(money, ["44.99", "4.50", "9.99", "59.48", "USD"]);
}

#[test]
fn goods_of_fifty_ship_free_and_one_cent_less_does_not() {
    let app = TestApp::start();
    let id = app.product_id("INDOOR-PLANT-SET");
    assert_eq!(cents(&quote(&app, &[(&id, 1)])), [4_999, 500, 999, 6_498]);
    app.database.set_price(&id, 5_000);
    assert_eq!(cents(&quote(&app, &[(&id, 1)])), [5_000, 500, 0, 5_500]);
}

#[test]
fn lines_keep_their_order_and_lines_of_one_product_become_one() {
    let app = TestApp::start();
    let [mat, tee] = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE"].map(|sku| app.product_id(sku));
    let quote = quote(&app, &[(&mat, 1), (&tee, 2), (&mat, 3)]);
    let lines: Vec<_> = quote.lines.iter().map(|line| (line.product_id.as_str(), line.quantity)).collect();
    assert_eq!(lines, [(mat.as_str(), 4), (tee.as_str(), 2)]);
    assert_eq!(quote.lines[0].subtotal, Money::from_minor(4 * 5_999));
    assert_eq!(quote.totals.subtotal, Money::from_minor(4 * 5_999 + 2 * 2_999));
}

#[test]
fn a_line_with_too_few_units_says_so_and_still_has_a_price() {
    let app = TestApp::start();
    let id = app.product_id("MACBOOK-PRO-16");
    let line = quote(&app, &[(&id, 20)]).lines.remove(0);
    assert_eq!((line.problem, line.available), (None, 20));
    let short = quote(&app, &[(&id, 21)]);
    assert_eq!(
        (short.lines[0].problem, short.lines[0].available),
        (Some(LineProblem::InsufficientStock), 20)
    );
    assert_eq!(short.totals.subtotal, Money::from_minor(21 * 349_999));
    let split = quote(&app, &[(&id, 11), (&id, 10)]);
    assert_eq!(split.lines[0].problem, Some(LineProblem::InsufficientStock));
}

#[test]
fn a_product_that_is_not_sold_costs_nothing_and_says_so() {
    let app = TestApp::start();
    let [draft, archived, mat] =
        ["UNRELEASED-GADGET", "OLD-PHONE-MODEL", "YOGA-MAT-PRO"].map(|sku| app.product_id(sku));
    for id in ["nothing", &draft, &archived] {
        let quote = quote(&app, &[(id, 2), (&mat, 1)]);
        let line = &quote.lines[0];
        assert_eq!(
            (line.problem, line.available, line.subtotal),
            (Some(LineProblem::Unavailable), 0, Money::ZERO)
        );
        // What a shopper may not see is not told here either.
        assert_eq!((&line.name, &line.slug, line.unit_price), (&None, &None, None));
        assert_eq!(cents(&quote), [5_999, 600, 0, 6_599]);
    }
    assert_eq!(cents(&quote(&app, &[("nothing", 1)])), [0, 0, 0, 0]);
}

#[test]
fn what_is_quoted_is_what_is_charged() {
    let app = TestApp::start();
    let [mat, tee, book] =
        ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE", "BOOK-CLEAN-CODE"].map(|sku| app.product_id(sku));
    for lines in [
        vec![(tee.as_str(), 1)],
        vec![(mat.as_str(), 3), (tee.as_str(), 7)],
        vec![(book.as_str(), 1), (&mat, 2)],
    ] {
        let quoted = quote(&app, &lines).totals;
        let order = app.customer().order(&lines).order;
        let charged = [order.subtotal, order.tax, order.shipping_amount, order.total_amount];
        assert_eq!([quoted.subtotal, quoted.tax, quoted.shipping, quoted.total], charged);
    }
}

#[test]
fn nothing_is_reserved() {
    let app = TestApp::start();
    let id = app.product_id("YOGA-MAT-PRO");
    quote(&app, &[(&id, 100)]);
    assert_eq!(app.database.stock(&id), 100);
    app.customer().order(&[(&id, 100)]);
}

#[test]
fn the_items_are_checked() {
    let app = TestApp::start();
    let ask = |items: Value| app.anon().post(paths::cart::QUOTE, &json!({"items": items}));
    ask(json!([])).invalid_at("items", "At least one item is required");
    app.anon().post(paths::cart::QUOTE, &json!({})).invalid_at("items", "At least one item is required");
    let line = |units: Value| json!([{"productId": "p", "quantity": units}]);
    for units in [json!(0), json!(-1), json!(1000), json!(1.5), json!("1"), json!(null)] {
        assert_eq!(ask(line(units)).invalid_paths(), ["items.0.quantity"]);
    }
    for units in [json!(1), json!(999)] {
        ask(line(units)).expect(200);
    }
    let many = |count: usize| Value::from(vec![json!({"productId": "p", "quantity": 1}); count]);
    ask(many(100)).expect(200);
    assert_eq!(ask(many(101)).invalid_paths(), ["items"]);
}
