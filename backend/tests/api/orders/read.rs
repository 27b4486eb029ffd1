//! `GET /api/orders/{key}`

use shared_types::{ErrorCode, orders::OrderDetail, paths};

use crate::support::{
    TestApp,
    shapes::{ORDER, ORDER_ITEM, ORDER_USER, assert_fields, assert_fields_and},
};

#[test]
fn an_order_has_the_fields_of_the_contract() {
    let app = TestApp::start();
    let john = app.john();
    let order = john.get(&paths::orders::order("ORD-2024-0001")).value(200);
    assert_fields_and(&order, ORDER, &["user", "items"]);
    assert_fields(&order["user"], ORDER_USER);
    assert_eq!((&order["user"]["id"], &order["user"]["email"]), (&john.id().into(), &john.email().into()));
    let item = &order["items"][0];
    assert_fields(item, ORDER_ITEM);
    assert_fields(&item["product"], &["id", "name", "slug", "imageUrl"]);
    assert_eq!(item["product"]["slug"], "iphone-15-pro");
}

#[test]
fn an_order_is_found_by_id_and_by_number() {
    let app = TestApp::start();
    let john = app.john();
    let by_number: OrderDetail = john.get(&paths::orders::order("ORD-2024-0003")).data(200);
    let by_id: OrderDetail = john.get(&paths::orders::order(&by_number.order.id)).data(200);
    assert_eq!(by_number, by_id);
}

#[test]
fn the_orders_of_others_do_not_exist() {
    let app = TestApp::start();
    let (jane, john) = (app.login("jane@example.com"), app.john());
    let order: OrderDetail = john.get(&paths::orders::order("ORD-2024-0003")).data(200);
    for key in [&order.order.id, "ORD-2024-0003"] {
        let theirs = jane.get(&paths::orders::order(key));
        theirs.refused(404, ErrorCode::NotFound, "Order not found");
        assert!(!theirs.text().contains("John"));
    }
    for key in ["nothing", "ord-2024-0003", "ORD-2024"] {
        john.get(&paths::orders::order(key)).refused(404, ErrorCode::NotFound, "Order not found");
    }
}

#[test]
fn an_administrator_reads_every_order() {
    let app = TestApp::start();
    for (number, email) in [("ORD-2024-0001", "john@example.com"), ("ORD-2024-0002", "jane@example.com")] {
        let order: OrderDetail = app.admin().get(&paths::orders::order(number)).data(200);
        assert_eq!((order.order.order_number.as_str(), order.user.email.as_str()), (number, email));
    }
}

#[test]
fn somebody_unknown_reads_no_order() {
    let app = TestApp::start();
    for key in ["ORD-2024-0001", "nothing"] {
        let reply = app.anon().get(&paths::orders::order(key));
        reply.refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
    }
}

#[test]
fn the_demo_orders_are_as_the_contract_says() {
    let app = TestApp::start();
    for (number, status, amounts) in [
        ("ORD-2024-0001", "DELIVERED", ["999.99", "100.00", "0.00", "1099.99"]),
        ("ORD-2024-0002", "PROCESSING", ["3529.98", "353.00", "0.00", "3882.98"]),
        ("ORD-2024-0003", "PENDING", ["59.98", "6.00", "5.99", "71.97"]),
    ] {
        let order = app.admin().get(&paths::orders::order(number)).value(200);
        let names = ["subtotal", "tax", "shippingAmount", "totalAmount"];
        assert_eq!(names.map(|name| order[name].as_str().unwrap()), amounts, "{number}");
        assert_eq!(order["status"], status);
    }
}
