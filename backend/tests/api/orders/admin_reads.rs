//! `GET /api/orders/admin/all` and `GET /api/orders/admin/stats`

use backend::db::{schema::orders, time::now};
use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::json;
use shared_types::{
    ErrorCode, Money, Page,
    orders::{OrderQuery, OrderStatus, OrderSummary},
    paths,
};

use crate::support::{
    Actor, Content, TestApp,
    shapes::{ORDER, ORDER_USER, assert_fields, assert_fields_and},
};

fn list(admin: &Actor, query: &OrderQuery) -> Page<OrderSummary> {
    admin.get(&paths::with_query(paths::orders::ALL, &query.pairs())).page()
}

fn numbers(page: &Page<OrderSummary>) -> Vec<&str> {
    page.data.iter().map(|row| row.order.order_number.as_str()).collect()
}

#[test]
fn an_administrator_sees_everybodys_orders_newest_first() {
    let app = TestApp::start();
    let admin = app.admin();
    let page = list(&admin, &OrderQuery::default());
    assert_eq!(numbers(&page), ["ORD-2024-0003", "ORD-2024-0002", "ORD-2024-0001"]);
    assert_eq!((page.meta.page, page.meta.limit, page.meta.total, page.meta.total_pages), (1, 20, 3, 1));
    let emails: Vec<_> = page.data.iter().map(|row| row.user.email.as_str()).collect();
    assert_eq!(emails, ["john@example.com", "jane@example.com", "john@example.com"]);
    let placed = app.customer().order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    assert_eq!(list(&admin, &OrderQuery::default()).data[0].order, placed);
}

#[test]
fn each_has_its_user_and_how_many_items_it_has() {
    let app = TestApp::start();
    let page = app.admin().get(paths::orders::ALL).page::<serde_json::Value>();
    for order in &page.data {
        assert_fields_and(order, ORDER, &["user", "_count"]);
        assert_fields(&order["user"], ORDER_USER);
        assert_fields(&order["_count"], &["items"]);
    }
    let [mat, tee] = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE"].map(|sku| app.product_id(sku));
    // Units do not count, and lines of one product are one item.
    app.customer().order(&[(&mat, 2), (&tee, 3), (&mat, 1)]);
    let counts: Vec<i64> =
        list(&app.admin(), &OrderQuery::default()).data.iter().map(|row| row.count.items).collect();
    assert_eq!(counts, [2, 1, 2, 1]);
}

#[test]
fn everybodys_orders_come_a_page_at_a_time_and_by_status() {
    let app = TestApp::start();
    let admin = app.admin();
    let query = |page, limit, status| OrderQuery { page, limit, status };
    let mut found = Vec::new();
    for page in 1..=3 {
        let page = list(&admin, &query(page, 2, None));
        assert_eq!((page.meta.total, page.meta.total_pages), (3, 2));
        found.extend(numbers(&page).into_iter().map(str::to_owned));
    }
    assert_eq!(found, ["ORD-2024-0003", "ORD-2024-0002", "ORD-2024-0001"]);
    let processing = list(&admin, &query(1, 20, Some(OrderStatus::Processing)));
    assert_eq!((numbers(&processing), processing.meta.total), (vec!["ORD-2024-0002"], 1));
    let none = list(&admin, &query(1, 20, Some(OrderStatus::Refunded)));
    assert_eq!((none.meta.total, none.meta.total_pages, none.data.len()), (0, 0, 0));
    for wrong in ["page=0", "limit=0", "limit=51", "status=GONE", "page=1&page=2"] {
        admin.get(&format!("{}?{wrong}", paths::orders::ALL)).expect(422);
    }
}

#[test]
fn the_list_and_the_figures_are_for_administrators() {
    let app = TestApp::start();
    for path in [paths::orders::ALL, paths::orders::STATS] {
        app.john().get(path).refused(403, ErrorCode::Forbidden, "Admin access required");
        app.anon().get(path).refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
    }
    // Permission comes before what is asked for.
    app.john().get(&format!("{}?page=0", paths::orders::ALL)).expect(403);
}

#[test]
fn the_figures_count_what_there_is_and_leave_out_what_there_is_not() {
    let app = TestApp::start();
    let stats = app.admin().get(paths::orders::STATS).value(200);
    assert_fields(&stats, &["totalOrders", "ordersByStatus", "last30Days"]);
    assert_fields(&stats["last30Days"], &["revenue", "orders"]);
    assert_eq!(stats["totalOrders"], 3);
    assert_eq!(stats["ordersByStatus"], json!({"DELIVERED": 1, "PROCESSING": 1, "PENDING": 1}));
    // The demo shop's orders are older than that.
    assert_eq!(stats["last30Days"], json!({"revenue": "0.00", "orders": 0}));
}

#[test]
fn a_shop_without_orders_has_no_revenue() {
    let app = TestApp::start();
    app.database.query(|connection| {
        use backend::db::schema::{order_items, payments, stock_movements};
        diesel::delete(payments::table).execute(connection)?;
        diesel::delete(stock_movements::table).execute(connection)?;
        diesel::delete(order_items::table).execute(connection)?;
        diesel::delete(orders::table).execute(connection)
    });
    let stats = app.admin().get(paths::orders::STATS).value(200);
    let expected =
        json!({"totalOrders": 0, "ordersByStatus": {}, "last30Days": {"revenue": "0.00", "orders": 0}});
    assert_eq!(stats, expected);
}

#[test]
fn what_is_sold_counts_for_thirty_days_and_what_was_given_back_does_not() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("MENS-CLASSIC-TEE");
    let mut expected = (0, 0);
    for (index, status) in OrderStatus::ALL.iter().enumerate() {
        let order = customer.order(&[(&id, u32::try_from(index + 1).unwrap())]).order;
        app.database.set_order_status(&order.id, *status);
        if !matches!(status, OrderStatus::Pending | OrderStatus::Cancelled | OrderStatus::Refunded) {
            expected = (expected.0 + order.total_amount.minor(), expected.1 + 1);
        }
    }
    for (days, counts) in [(29, true), (31, false)] {
        let order = customer.order(&[(&id, 1)]).order;
        app.database.set_order_status(&order.id, OrderStatus::Delivered);
        app.database.query(|connection| {
            diesel::update(orders::table.find(&order.id))
                .set(orders::created_at.eq(now() - TimeDelta::days(days)))
                .execute(connection)
        });
        if counts {
            expected = (expected.0 + order.total_amount.minor(), expected.1 + 1);
        }
    }
    let stats = app.admin().get(paths::orders::STATS).value(200);
    let revenue = Money::from_minor(expected.0).to_string();
    assert_eq!(stats["last30Days"], json!({"revenue": revenue, "orders": expected.1}));
    assert_eq!(stats["totalOrders"], 3 + 7 + 2);
}

#[test]
fn the_words_of_these_addresses_are_not_orders() {
    let app = TestApp::builder(Content::Demo).start();
    // `admin` is a key like any other, `admin/all` is not.
    app.john().get("/api/orders/admin").refused(404, ErrorCode::NotFound, "Order not found");
    app.admin().get("/api/orders/admin/none").refused(404, ErrorCode::NotFound, "Not found");
}
