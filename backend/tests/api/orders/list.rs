//! `GET /api/orders`

use shared_types::{
    ErrorCode, Page,
    orders::{OrderQuery, OrderStatus, OrderWithItems},
    paths,
    payments::CARD_APPROVED,
};

use crate::support::{
    Actor, TestApp, pay_with,
    shapes::{ORDER, ORDER_ITEM, assert_fields, assert_fields_and},
};

fn list(actor: &Actor, query: &OrderQuery) -> Page<OrderWithItems> {
    actor.get(&paths::with_query(paths::orders::ORDERS, &query.pairs())).page()
}

fn with_status(status: OrderStatus) -> OrderQuery {
    OrderQuery { status: Some(status), ..OrderQuery::default() }
}

#[test]
fn an_order_in_a_list_has_the_fields_of_the_contract() {
    let app = TestApp::start();
    let page = app.john().get(paths::orders::ORDERS).page::<serde_json::Value>();
    assert_eq!(page.data.len(), 2);
    for order in &page.data {
        assert_fields_and(order, ORDER, &["items"]);
        for item in order["items"].as_array().unwrap() {
            assert_fields(item, ORDER_ITEM);
            assert_fields(&item["product"], &["id", "name", "imageUrl"]);
        }
    }
}

#[test]
fn what_is_listed_is_what_was_answered_to_each_order() {
    let app = TestApp::start();
    let customer = app.customer();
    let [mat, tee] = ["YOGA-MAT-PRO", "MENS-CLASSIC-TEE"].map(|sku| app.product_id(sku));
    // Many, since moments that are taken twice differ only now and then.
    let placed: Vec<_> = (0..40).map(|_| customer.order(&[(&mat, 2), (&tee, 1)])).collect();
    let listed = list(&customer, &OrderQuery { limit: 50, ..OrderQuery::default() }).data;
    assert_eq!(listed.len(), 40);
    for (listed, placed) in listed.iter().rev().zip(&placed) {
        assert_eq!(listed, placed);
    }
}

#[test]
fn orders_come_newest_first_a_page_at_a_time() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("MENS-CLASSIC-TEE");
    let mut ids: Vec<String> = (0..7).map(|_| customer.order(&[(&id, 1)]).order.id).collect();
    ids.reverse();
    let mut found = Vec::new();
    for page in 1..=4 {
        let answer = list(&customer, &OrderQuery { page, limit: 3, status: None });
        assert_eq!((answer.meta.page, answer.meta.limit), (page, 3));
        assert_eq!((answer.meta.total, answer.meta.total_pages), (7, 3));
        found.extend(answer.data.into_iter().map(|row| row.order.id));
    }
    assert_eq!(found, ids);
}

#[test]
fn everybody_sees_their_own_orders_only() {
    let app = TestApp::start();
    let numbers = |actor: &Actor| {
        let page = list(actor, &OrderQuery::default());
        page.data.into_iter().map(|row| row.order.order_number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&app.john()), ["ORD-2024-0003", "ORD-2024-0001"]);
    assert_eq!(numbers(&app.login("jane@example.com")), ["ORD-2024-0002"]);
    // An administrator's own list is the administrator's, too.
    assert_eq!(numbers(&app.admin()), Vec::<String>::new());
    let nobody = list(&app.customer(), &OrderQuery::default());
    assert_eq!((nobody.meta.total, nobody.meta.total_pages), (0, 0));
}

#[test]
fn orders_can_be_listed_by_status() {
    let app = TestApp::start();
    let customer = app.customer();
    let id = app.product_id("MENS-CLASSIC-TEE");
    let [pending, paid, cancelled] = [0; 3].map(|_| customer.order(&[(&id, 1)]).order.id);
    customer.post(&paths::orders::pay(&paid), &pay_with(CARD_APPROVED)).expect(200);
    customer.post_nothing(&paths::orders::cancel(&cancelled)).expect(200);
    for (status, id) in
        [(OrderStatus::Pending, pending), (OrderStatus::Confirmed, paid), (OrderStatus::Cancelled, cancelled)]
    {
        let page = list(&customer, &with_status(status));
        assert_eq!((page.meta.total, page.data.len()), (1, 1), "{status}");
        assert_eq!((page.data[0].order.id.as_str(), page.data[0].order.status), (id.as_str(), status));
    }
    assert_eq!(list(&customer, &with_status(OrderStatus::Shipped)).data, []);
}

#[test]
fn an_unknown_status_is_refused() {
    let app = TestApp::start();
    let customer = app.customer();
    for status in ["pending", "GONE", ""] {
        assert_eq!(customer.get(&format!("/api/orders?status={status}")).invalid_paths(), ["status"]);
    }
}

#[test]
fn somebody_unknown_has_no_orders_to_list() {
    let reply = TestApp::start().anon().get(paths::orders::ORDERS);
    reply.refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
}
