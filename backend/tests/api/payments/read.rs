//! `GET /api/payments/{key}` and `GET /api/orders/{key}/payments`

use shared_types::{
    ErrorCode, paths,
    payments::{CARD_APPROVED, CARD_CONFIRMED, CARD_DECLINED, Payment, PaymentStatus},
};

use crate::support::{
    TestApp, pay_with,
    shapes::{PAYMENT, assert_fields, assert_moment},
};

#[test]
fn a_payment_says_how_it_is_and_what_comes_next() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let pending = customer.pay_pending(&order.id, CARD_CONFIRMED);
    let reply = customer.get(&paths::payments::payment(&pending.payment_id));
    let data = reply.value(200);
    assert_fields(&data, PAYMENT);
    assert_fields(&data["nextAction"], &["type", "url"]);
    assert_moment(&data["createdAt"]);
    assert!(data["declineReason"].is_null());
    let payment: Payment = reply.data(200);
    assert_eq!((payment.order_id, payment.amount), (order.id, order.total_amount));
    assert_eq!(
        (payment.status, payment.next_action),
        (PaymentStatus::NeedsConfirmation, Some(pending.next_action))
    );
    assert_eq!((payment.currency.as_str(), payment.card_last4.as_str()), ("USD", "3155"));
}

#[test]
fn only_its_owner_sees_a_payment() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let path = paths::payments::payment(&customer.pay_pending(&order.id, CARD_CONFIRMED).payment_id);
    for other in [app.john(), app.admin()] {
        other.get(&path).refused(404, ErrorCode::NotFound, "Payment not found");
    }
    app.anon().get(&path).refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
    let unknown = customer.get(&paths::payments::payment("nothing"));
    unknown.refused(404, ErrorCode::NotFound, "Payment not found");
}

#[test]
fn the_attempts_to_pay_an_order_are_listed_newest_first() {
    let app = TestApp::start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let list = paths::orders::payments(&order.order_number);
    assert_eq!(customer.get(&list).data::<Vec<Payment>>(200), []);
    for card in [CARD_DECLINED, CARD_APPROVED] {
        customer.post(&paths::orders::pay(&order.id), &pay_with(card));
    }
    let attempts: Vec<Payment> = customer.get(&list).data(200);
    let statuses: Vec<_> = attempts.iter().map(|payment| payment.status).collect();
    assert_eq!(statuses, [PaymentStatus::Succeeded, PaymentStatus::Declined]);
    assert_eq!(attempts[1].decline_reason.as_deref(), Some("Your card was declined"));
    assert_eq!(app.admin().get(&list).data::<Vec<Payment>>(200), attempts);
    app.john().get(&list).refused(404, ErrorCode::NotFound, "Order not found");
    app.anon().get(&list).refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
}
