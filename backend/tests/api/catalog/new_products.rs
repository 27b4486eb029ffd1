//! `POST /api/catalog/products`

use serde_json::{Value, json};
use shared_types::{ErrorCode, catalog::ProductFull, paths};

use super::{category_id, product_request, trail_length, with};
use crate::support::{
    Reply, TestApp,
    shapes::{CATEGORY, PRODUCT, assert_fields, assert_fields_and, assert_moment},
};

fn create(app: &TestApp, body: &Value) -> Reply {
    app.admin().post(paths::catalog::PRODUCTS, body)
}

#[test]
fn a_product_needs_five_fields_and_has_defaults_for_the_rest() {
    let app = TestApp::start();
    let reply = create(&app, &product_request(&app, "trowel"));
    let made = reply.value(201);
    assert_fields_and(&made, PRODUCT, &["category"]);
    assert_fields(&made["category"], CATEGORY);
    assert_moment(&made["createdAt"]);
    for field in ["description", "compareAt", "imageUrl", "metadata"] {
        assert!(made[field].is_null(), "{field}");
    }
    assert_eq!((&made["stock"], &made["images"]), (&json!(0), &json!([])));
    assert_eq!((&made["status"], &made["isFeatured"]), (&json!("DRAFT"), &json!(false)));
    assert_eq!((&made["price"], &made["category"]["slug"]), (&json!("19.90"), &json!("books")));
    let path = paths::catalog::product(made["id"].as_str().unwrap());
    assert_eq!(reply.header("location"), Some(path.as_str()));
    assert_eq!(app.admin().get(&path).value(200), made);
    // A draft is nobody else's business.
    app.anon().get(&path).expect(404);
}

#[test]
fn every_field_of_a_new_product_is_kept() {
    let app = TestApp::start();
    let more = json!({
        "description": "For\nsmall gardens", "compareAt": "25.00", "stock": 12, "imageUrl": "/images/products/x.svg",
        "images": ["https://a.example/1.png", "/images/2.svg"], "status": "ACTIVE", "isFeatured": true,
        "metadata": {"weight": 1.5, "tags": ["a", {"b": null}], "größe": "\u{0}"},
    });
    let body = with(&product_request(&app, "trowel"), &more);
    let made = create(&app, &body).value(201);
    for (field, value) in body.as_object().unwrap() {
        assert_eq!(&made[field], value, "{field}");
    }
    let seen = app.anon().get(&paths::catalog::product("trowel-slug")).value(200);
    assert_eq!(seen, made);
}

#[test]
fn what_is_missing_is_named_as_the_contract_says() {
    let app = TestApp::start();
    let expected = [
        ("categoryId", "Category ID is required"),
        ("name", "Name is required"),
        ("price", "Price is required"),
        ("sku", "SKU is required"),
        ("slug", "Slug is required"),
    ];
    let errors = create(&app, &json!({})).invalid();
    assert_eq!(errors.iter().count(), expected.len());
    for (field, message) in expected {
        assert_eq!(errors.first(field), Some(message));
    }
    let empty =
        create(&app, &json!({"categoryId": "", "sku": " ", "name": "\t", "slug": "", "price": 0})).invalid();
    assert_eq!(empty.first("sku"), Some("SKU is required"));
    assert_eq!(empty.first("price"), Some("Price must be positive"));
}

#[test]
fn null_is_refused_for_every_optional_field_of_a_new_product() {
    let app = TestApp::start();
    let optional =
        ["compareAt", "description", "imageUrl", "images", "isFeatured", "metadata", "status", "stock"];
    let nulls: Value = optional.iter().map(|field| ((*field).to_owned(), Value::Null)).collect();
    let reply = create(&app, &with(&product_request(&app, "n"), &nulls));
    assert_eq!(reply.invalid_paths(), optional);
}

#[test]
fn prices_are_numbers_or_text_with_at_most_two_decimals() {
    let app = TestApp::start();
    let base = product_request(&app, "p");
    for (index, (given, read)) in [
        (json!(29.9), "29.90"),
        (json!("29.9"), "29.90"),
        (json!(0.01), "0.01"),
        (json!(1e2), "100.00"),
        (json!(99_999_999.99), "99999999.99"),
        (json!("99999999.99"), "99999999.99"),
    ]
    .into_iter()
    .enumerate()
    {
        let body = with(
            &base,
            &json!({"sku": index.to_string(), "slug": index.to_string(), "price": given, "compareAt": given}),
        );
        let made = create(&app, &body).value(201);
        assert_eq!((&made["price"], &made["compareAt"]), (&json!(read), &json!(read)), "{given}");
    }
}

#[test]
fn prices_that_are_not_amounts_are_refused_and_say_why() {
    let app = TestApp::start();
    let base = product_request(&app, "p");
    let not_an_amount = "Expected an amount with at most two decimals";
    for (given, message) in [
        (json!(0), "Price must be positive"),
        (json!(-1), "Price must be positive"),
        (json!("0.00"), "Price must be positive"),
        (json!("-5.50"), "Price must be positive"),
        (json!(0.1 + 0.2), not_an_amount),
        (json!(1.999), not_an_amount),
        (json!("1,50"), not_an_amount),
        (json!("1e2"), not_an_amount),
        (json!(""), not_an_amount),
        (json!(true), not_an_amount),
        (json!(1e300), not_an_amount),
        (json!(100_000_000), "Must be at most 99999999.99"),
        (json!("100000000.00"), "Must be at most 99999999.99"),
    ] {
        create(&app, &with(&base, &json!({"price": given}))).invalid_at("price", message);
    }
    let reply = create(&app, &with(&base, &json!({"compareAt": 0})));
    reply.invalid_at("compareAt", "Compare-at price must be positive");
    let raw = base.to_string().replace("\"19.90\"", "1e400");
    let reply = app.admin().request("POST", paths::catalog::PRODUCTS).body("application/json", raw).send();
    reply.refused(400, ErrorCode::BadRequest, "Request body is not valid JSON");
}

#[test]
fn stock_is_a_whole_number_from_zero() {
    let app = TestApp::start();
    let base = product_request(&app, "p");
    let most = create(&app, &with(&base, &json!({"stock": 1_000_000_000})));
    assert_eq!(most.value(201)["stock"], 1_000_000_000);
    for (given, message) in [
        (json!(-1), "Must be at least 0"),
        (json!(1_000_000_001), "Must be at most 1000000000"),
        (json!(i64::MAX), "Must be at most 1000000000"),
        (json!(1e3), "Expected a whole number"),
        (json!(1.5), "Expected a whole number"),
        (json!("5"), "Expected a whole number"),
        (json!([5]), "Expected a whole number"),
    ] {
        create(&app, &with(&base, &json!({"stock": given}))).invalid_at("stock", message);
    }
}

#[test]
fn the_other_fields_have_their_kinds_too() {
    let app = TestApp::start();
    let base = product_request(&app, "p");
    for (field, given, message) in [
        ("status", json!("active"), "Expected one of DRAFT, ACTIVE, ARCHIVED"),
        ("isFeatured", json!("true"), "Expected true or false"),
        ("isFeatured", json!(1), "Expected true or false"),
        ("metadata", json!([]), "Expected an object"),
        ("metadata", json!("{}"), "Expected an object"),
        ("images", json!("a.png"), "Expected a list"),
        ("description", json!(5), "Expected a text"),
        ("sku", json!("S".repeat(101)), "Must be at most 100 characters"),
    ] {
        create(&app, &with(&base, &json!({field: given}))).invalid_at(field, message);
    }
}

#[test]
fn pictures_are_counted_and_each_is_checked_at_its_place() {
    let app = TestApp::start();
    let base = product_request(&app, "p");
    let pictures = |count: usize| json!({"images": vec!["/images/a.svg"; count]});
    create(&app, &with(&base, &pictures(21))).invalid_at("images", "At most 20 are allowed");
    assert_eq!(create(&app, &with(&base, &pictures(20))).value(201)["images"].as_array().unwrap().len(), 20);
    let mixed =
        json!({"images": ["/images/a.svg", "data:image/png;base64,AA==", 7, null, "https://a.example/b"]});
    let reply = create(&app, &with(&base, &mixed));
    assert_eq!(reply.invalid_paths(), ["images.1", "images.2", "images.3"]);
}

#[test]
fn metadata_is_bounded_in_size_and_depth() {
    let app = TestApp::start();
    let base = product_request(&app, "p");
    let nested = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({"a": inner}));
    let reply = create(&app, &with(&base, &json!({"metadata": nested(17)})));
    reply.invalid_at("metadata", "Must have at most 16 levels");
    let reply = create(&app, &with(&base, &json!({"metadata": {"a": "x".repeat(16_384)}})));
    reply.invalid_at("metadata", "Must be at most 16384 bytes of JSON");
    let made = create(&app, &with(&base, &json!({"metadata": nested(16)}))).value(201);
    assert_eq!(made["metadata"], nested(16));
    // Deeper than the parser goes.
    let deep = format!("{{\"metadata\": {}1{}}}", "[".repeat(1_000), "]".repeat(1_000));
    let reply = app.admin().request("POST", paths::catalog::PRODUCTS).body("application/json", deep).send();
    reply.refused(400, ErrorCode::BadRequest, "Request body is not valid JSON");
}

#[test]
fn a_category_that_does_not_exist_is_refused_and_nothing_is_added() {
    let app = TestApp::start();
    let before = trail_length(&app);
    for category in ["nothing", "books"] {
        let reply = create(&app, &with(&product_request(&app, "p"), &json!({"categoryId": category})));
        reply.refused(400, ErrorCode::BadRequest, "Category not found");
    }
    assert_eq!(trail_length(&app), before);
}

#[test]
fn a_sku_or_slug_that_is_taken_is_a_conflict_that_says_which() {
    let app = TestApp::start();
    let before = trail_length(&app);
    let base = product_request(&app, "p");
    let reply = create(&app, &with(&base, &json!({"sku": "YOGA-MAT-PRO"})));
    reply.refused(409, ErrorCode::Conflict, "A product with this SKU already exists");
    let reply = create(&app, &with(&base, &json!({"slug": "yoga-mat-pro"})));
    reply.refused(409, ErrorCode::Conflict, "A product with this slug already exists");
    assert_eq!(trail_length(&app), before);
}

#[test]
fn a_product_may_be_put_into_a_hidden_category() {
    let app = TestApp::start();
    let body = json!({"name": "Hidden", "slug": "hidden", "isActive": false});
    app.admin().post(paths::catalog::CATEGORIES, &body).expect(201);
    let more = json!({"categoryId": category_id(&app, "hidden"), "status": "ACTIVE"});
    let made: ProductFull = create(&app, &with(&product_request(&app, "p"), &more)).data(201);
    assert_eq!(app.anon().product("p-slug"), made);
}

#[test]
fn text_of_any_script_is_kept_and_quotes_do_no_harm() {
    let app = TestApp::start();
    let odd = "'\"; DROP TABLE products;-- 🦀 \u{202e}مرحبا %_\\";
    let body = with(
        &product_request(&app, "p"),
        &json!({"name": odd, "sku": odd, "description": odd, "metadata": {odd: odd}}),
    );
    let made = create(&app, &body).value(201);
    for field in ["name", "sku", "description"] {
        assert_eq!(made[field], odd, "{field}");
    }
    assert_eq!(made["metadata"][odd], odd);
    let nul = json!({"name": "a\u{0}", "sku": "a\u{0}", "slug": "a\u{0}", "description": "a\u{0}", "imageUrl": "/a\u{0}", "categoryId": "a\u{0}"});
    let reply = create(&app, &with(&product_request(&app, "q"), &nul));
    assert_eq!(reply.invalid_paths(), ["categoryId", "description", "imageUrl", "name", "sku", "slug"]);
}

#[test]
fn a_new_product_can_be_sold_at_once() {
    let app = TestApp::start();
    let body = with(&product_request(&app, "p"), &json!({"status": "ACTIVE", "stock": 3}));
    let made: ProductFull = create(&app, &body).data(201);
    app.customer().order(&[(&made.product.id, 2)]);
    assert_eq!(app.anon().product("p-slug").product.stock, 1);
    app.database.assert_ledger_explains_stock();
}
