//! The map: every address the server answers, on one page. Each line names the handler; its comment, which `cargo xtask
//! tidy` keeps true, says where it answers.

use actix_web::web;
use utoipa_actix_web::{scope, service_config::ServiceConfig};

use crate::features::{audit, auth, cart, catalog, health, orders, payments, search, sitemap, users};

/// The API. `openapi.rs` adds the documentation of exactly these, `startup.rs` the storefront for everything else.
#[rustfmt::skip]
pub fn configure(map: &mut ServiceConfig<'_>) {
    map
        .service(health::handlers::health) // GET /health
        .service(health::handlers::ready) // GET /ready
        .service(health::handlers::cache_metrics) // GET /metrics/cache

        .service(scope("/api/auth")
            .service(auth::handlers::register) // POST /api/auth/register
            .service(auth::handlers::login) // POST /api/auth/login
            .service(auth::handlers::refresh) // POST /api/auth/refresh
            .service(auth::handlers::logout) // POST /api/auth/logout
            .service(auth::handlers::me) // GET /api/auth/me
            .service(auth::handlers::update_me) // PATCH /api/auth/me
            .service(auth::handlers::change_password) // POST /api/auth/change-password
            .service(auth::handlers::list_sessions) // GET /api/auth/sessions
            .service(auth::handlers::end_session) // DELETE /api/auth/sessions/{key}
            .service(auth::handlers::end_other_sessions) // DELETE /api/auth/sessions
            .service(users::handlers::list_users) // GET /api/auth/users
            .service(users::handlers::update_user)) // PATCH /api/auth/users/{key}

        // Those without a variable first: the others cost a search by regular expression each.
        .service(scope("/api/catalog")
            .service(catalog::handlers::list_products) // GET /api/catalog/products
            .service(catalog::products::handlers::create_product) // POST /api/catalog/products
            .service(catalog::handlers::list_categories) // GET /api/catalog/categories
            .service(catalog::categories::handlers::create_category) // POST /api/catalog/categories
            .service(catalog::stock::handlers::list_low_stock) // GET /api/catalog/low-stock
            .service(catalog::handlers::get_product) // GET /api/catalog/products/{key}
            .service(catalog::products::handlers::update_product) // PATCH /api/catalog/products/{key}
            .service(catalog::products::handlers::delete_product) // DELETE /api/catalog/products/{key}
            .service(catalog::stock::handlers::adjust_stock) // POST /api/catalog/products/{key}/stock
            .service(catalog::stock::handlers::list_stock_movements) // GET /api/catalog/products/{key}/stock
            .service(catalog::handlers::get_category) // GET /api/catalog/categories/{key}
            .service(catalog::categories::handlers::update_category) // PATCH /api/catalog/categories/{key}
            .service(catalog::categories::handlers::delete_category)) // DELETE /api/catalog/categories/{key}

        .service(scope("/api/audit")
            .service(audit::handlers::list_audit_entries)) // GET /api/audit

        .service(scope("/api/search")
            .service(search::handlers::search) // GET /api/search
            .service(search::handlers::suggest) // GET /api/search/suggest
            .service(search::handlers::popular)) // GET /api/search/popular

        .service(scope("/api/cart")
            .service(cart::handlers::quote) // POST /api/cart/quote
            .service(cart::handlers::get_cart) // GET /api/cart
            .service(cart::handlers::put_cart) // PUT /api/cart
            .service(cart::handlers::clear_cart) // DELETE /api/cart
            .service(cart::handlers::put_cart_item) // PUT /api/cart/items/{key}
            .service(cart::handlers::remove_cart_item) // DELETE /api/cart/items/{key}
            .service(cart::handlers::merge_cart)) // POST /api/cart/merge

        .service(scope("/api/orders")
            .service(orders::handlers::place_order) // POST /api/orders
            .service(orders::handlers::list_orders) // GET /api/orders
            .service(orders::handlers::list_all_orders) // GET /api/orders/admin/all
            .service(orders::handlers::get_order_stats) // GET /api/orders/admin/stats
            .service(orders::handlers::get_order) // GET /api/orders/{key}
            .service(orders::handlers::cancel_order) // POST /api/orders/{key}/cancel
            .service(orders::handlers::pay_order) // POST /api/orders/{key}/pay
            .service(orders::handlers::list_order_payments) // GET /api/orders/{key}/payments
            .service(orders::handlers::change_order_status) // PATCH /api/orders/{key}/status
            .service(orders::handlers::list_order_notes)) // GET /api/orders/{key}/notes

        .service(scope("/api/payments")
            .service(payments::handlers::receive_payment_event) // POST /api/payments/webhook
            .service(payments::handlers::get_payment) // GET /api/payments/{key}
            .service(payments::handlers::confirm_payment)); // POST /api/payments/{key}/confirm
}

/// What belongs to the storefront but is made from the database. Not part of the API, and not in its documentation.
pub fn storefront(map: &mut web::ServiceConfig) {
    map.service(sitemap::handlers::sitemap); // GET /sitemap.xml
    map.service(sitemap::handlers::robots); // GET /robots.txt
}

/// The documentation, when it is switched on.
pub fn documentation(map: &mut web::ServiceConfig) {
    map.service(crate::openapi::redirect) // GET /api/docs
        .service(crate::openapi::json) // GET /api/docs/json
        .service(crate::openapi::yaml) // GET /api/docs/yaml
        .service(crate::openapi::swagger_ui); // GET /api/docs/{file:.*}
}
