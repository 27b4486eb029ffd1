//! Who may do what: every address of the server, asked by everybody.
//!
//! The addresses are those in `routes.rs`, so a new one fails the test until a line below says whom it answers. Whoever
//! has no good token is answered like somebody who has none, whatever is wrong with it. Refusals come first and with a
//! request that would succeed; that the right person's request succeeds after them shows that they had no effect.

use std::{collections::BTreeSet, fmt::Write as _};

use serde_json::{Value, json};
use shared_types::{
    auth::{Role, SessionInfo},
    paths,
    payments::CARD_CONFIRMED,
};
use uuid::Uuid;

use super::forged;
use crate::support::{Actor, PASSWORD, TestApp, order_of, pay_with, visitor::fresh_email};

/// Where the matrix can be read.
const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/PERMISSIONS.md");

/// What is answered to: somebody without a good token, the customer whose object it is, another customer, an
/// administrator. Where `{key}` names something, it is an object of the first customer.
#[rustfmt::skip]
const EXPECTED: &[(&str, [u16; 4])] = &[
    // Route                                  nobody owner other admin
    ("GET /health",                            [200, 200, 200, 200]),
    ("GET /ready",                             [200, 200, 200, 200]),
    ("GET /metrics/cache",                     [200, 200, 200, 200]),
    ("GET /sitemap.xml",                       [200, 200, 200, 200]),
    ("GET /robots.txt",                        [200, 200, 200, 200]),
    ("GET /api/docs",                          [301, 301, 301, 301]),
    ("GET /api/docs/{file:.*}",                [200, 200, 200, 200]),
    ("GET /api/docs/json",                     [200, 200, 200, 200]),
    ("GET /api/docs/yaml",                     [200, 200, 200, 200]),

    ("POST /api/auth/register",                [201, 201, 201, 201]),
    ("POST /api/auth/login",                   [200, 200, 200, 200]),
    // By the cookie; a token changes nothing.
    ("POST /api/auth/refresh",                 [401, 401, 401, 401]),
    ("POST /api/auth/logout",                  [401, 200, 200, 200]),
    ("GET /api/auth/me",                       [401, 200, 200, 200]),
    ("PATCH /api/auth/me",                     [401, 200, 200, 200]),
    ("POST /api/auth/change-password",         [401, 200, 200, 200]),
    ("GET /api/auth/sessions",                 [401, 200, 200, 200]),
    ("DELETE /api/auth/sessions/{key}",        [401, 200, 404, 404]),
    ("DELETE /api/auth/sessions",              [401, 200, 200, 200]),
    ("GET /api/auth/users",                    [401, 403, 403, 200]),
    ("PATCH /api/auth/users/{key}",            [401, 403, 403, 200]),

    ("GET /api/catalog/products",              [200, 200, 200, 200]),
    ("POST /api/catalog/products",             [401, 403, 403, 201]),
    ("GET /api/catalog/categories",            [200, 200, 200, 200]),
    ("POST /api/catalog/categories",           [401, 403, 403, 201]),
    ("GET /api/catalog/low-stock",             [401, 403, 403, 200]),
    // A draft: products on sale are everybody's to read.
    ("GET /api/catalog/products/{key}",        [404, 404, 404, 200]),
    ("PATCH /api/catalog/products/{key}",      [401, 403, 403, 200]),
    ("DELETE /api/catalog/products/{key}",     [401, 403, 403, 200]),
    ("POST /api/catalog/products/{key}/stock", [401, 403, 403, 200]),
    ("GET /api/catalog/products/{key}/stock",  [401, 403, 403, 200]),
    ("GET /api/catalog/categories/{key}",      [200, 200, 200, 200]),
    ("PATCH /api/catalog/categories/{key}",    [401, 403, 403, 200]),
    ("DELETE /api/catalog/categories/{key}",   [401, 403, 403, 200]),
    ("GET /api/audit",                         [401, 403, 403, 200]),

    ("GET /api/search",                        [200, 200, 200, 200]),
    ("GET /api/search/suggest",                [200, 200, 200, 200]),
    ("GET /api/search/popular",                [200, 200, 200, 200]),

    ("POST /api/cart/quote",                   [200, 200, 200, 200]),
    ("GET /api/cart",                          [401, 200, 200, 200]),
    ("PUT /api/cart",                          [401, 200, 200, 200]),
    ("DELETE /api/cart",                       [401, 200, 200, 200]),
    ("PUT /api/cart/items/{key}",              [401, 200, 200, 200]),
    ("DELETE /api/cart/items/{key}",           [401, 200, 200, 200]),
    ("POST /api/cart/merge",                   [401, 200, 200, 200]),

    ("POST /api/orders",                       [401, 201, 201, 201]),
    ("GET /api/orders",                        [401, 200, 200, 200]),
    ("GET /api/orders/admin/all",              [401, 403, 403, 200]),
    ("GET /api/orders/admin/stats",            [401, 403, 403, 200]),
    ("GET /api/orders/{key}",                  [401, 200, 404, 200]),
    ("POST /api/orders/{key}/cancel",          [401, 200, 404, 404]),
    ("POST /api/orders/{key}/pay",             [401, 200, 404, 404]),
    ("GET /api/orders/{key}/payments",         [401, 200, 404, 200]),
    ("PATCH /api/orders/{key}/status",         [401, 403, 403, 200]),
    ("GET /api/orders/{key}/notes",            [401, 403, 403, 200]),

    // By the provider's signature; a token changes nothing.
    ("POST /api/payments/webhook",             [401, 401, 401, 401]),
    ("GET /api/payments/{key}",                [401, 200, 404, 404]),
    ("POST /api/payments/{key}/confirm",       [401, 200, 404, 404]),
];

/// Every address of the server as its map names it; `cargo xtask tidy` keeps these names true.
fn routes() -> BTreeSet<String> {
    let map = include_str!("../../../src/routes.rs");
    let comments = map.lines().filter_map(|line| line.split_once("// ")).map(|(_, comment)| comment.trim());
    let is_route = |comment: &&str| {
        ["GET /", "POST /", "PUT /", "PATCH /", "DELETE /"].iter().any(|start| comment.starts_with(start))
    };
    comments.filter(is_route).map(str::to_owned).collect()
}

#[test]
fn every_address_says_whom_it_answers() {
    let listed: BTreeSet<String> = EXPECTED.iter().map(|(route, _)| (*route).to_owned()).collect();
    assert_eq!(listed.len(), EXPECTED.len(), "an address is listed twice");
    assert_eq!(listed, routes(), "routes.rs on the right");
    let document = serde_json::to_value(backend::openapi::document()).unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let route = format!("{} {path}", method.to_uppercase());
            assert!(listed.contains(&route), "{route} is described and not on the map");
        }
    }
}

/// A request that succeeds when the right person sends it, about objects of `owner`.
struct Asked {
    method: &'static str,
    path: String,
    body: Option<Value>,
}

fn asked(app: &TestApp, route: &'static str, owner: &Actor, admin: &Actor) -> Asked {
    let (method, pattern) = route.split_once(' ').unwrap();
    let mat = app.product_id("YOGA-MAT-PRO");
    let name = Uuid::new_v4().to_string();
    let order = || owner.order(&[(&mat, 1)]).order.id;
    let payment = || owner.pay_pending(&order(), CARD_CONFIRMED).payment_id;
    let session = || {
        let sessions: Vec<SessionInfo> = owner.get(paths::auth::SESSIONS).data(200);
        sessions.iter().find(|session| !session.is_current).unwrap().id.clone()
    };
    let category = || {
        let made = admin.post(paths::catalog::CATEGORIES, &json!({"name": name, "slug": name}));
        made.value(201)["id"].as_str().unwrap().to_owned()
    };
    let product = |status: &str| json!({"categoryId": category(), "sku": name, "name": name, "slug": name, "price": "1.00", "status": status});
    let draft = || {
        let made = admin.post(paths::catalog::PRODUCTS, &product("DRAFT"));
        made.value(201)["id"].as_str().unwrap().to_owned()
    };
    let key = match pattern {
        "/api/auth/sessions/{key}" => session(),
        "/api/auth/users/{key}" => owner.id().to_owned(),
        "/api/cart/items/{key}" => mat.clone(),
        _ if pattern.starts_with("/api/catalog/products/{key}") => draft(),
        "/api/catalog/categories/{key}" => category(),
        _ if pattern.starts_with("/api/orders/{key}") => order(),
        _ if pattern.starts_with("/api/payments/{key}") => payment(),
        _ => String::new(),
    };
    let lines = json!({"items": [{"productId": mat, "quantity": 1}]});
    let body = match route {
        "POST /api/auth/login" => Some(json!({"email": owner.email(), "password": PASSWORD})),
        "PATCH /api/auth/me" => Some(json!({"firstName": "Kim"})),
        "POST /api/auth/change-password" => {
            Some(json!({"currentPassword": PASSWORD, "newPassword": PASSWORD}))
        }
        "PATCH /api/auth/users/{key}" => Some(json!({"role": "ADMIN"})),
        "POST /api/catalog/products" => Some(product("ACTIVE")),
        "POST /api/catalog/categories" => Some(json!({"name": name, "slug": name})),
        "PATCH /api/catalog/products/{key}" | "PATCH /api/catalog/categories/{key}" => {
            Some(json!({"name": "New"}))
        }
        "POST /api/catalog/products/{key}/stock" => Some(json!({"delta": 1})),
        "POST /api/cart/quote" | "PUT /api/cart" | "POST /api/cart/merge" => Some(lines),
        "PUT /api/cart/items/{key}" => Some(json!({"quantity": 1})),
        "POST /api/orders" => Some(serde_json::to_value(order_of(&[(&mat, 1)])).unwrap()),
        "POST /api/orders/{key}/pay" => Some(pay_with(shared_types::payments::CARD_APPROVED)),
        "PATCH /api/orders/{key}/status" => Some(json!({"status": "CONFIRMED"})),
        "POST /api/payments/webhook" => Some(json!({"id": name, "type": "payout.paid"})),
        "POST /api/payments/{key}/confirm" => Some(json!({"approve": true})),
        _ => None,
    };
    let query = match route {
        "GET /api/search" | "GET /api/search/suggest" => "?q=mat",
        _ => "",
    };
    // The documentation's page is the file without a name.
    let path = pattern.replace("{key}", &key).replace("{file:.*}", "");
    Asked { method, path: format!("{path}{query}"), body }
}

impl Asked {
    /// Asks as somebody; answers what is wrong with the answer.
    fn by(&self, actor: &Actor, expected: u16, who: &str) -> Option<String> {
        let request = actor.request(self.method, &self.path);
        // Nobody opens the same account twice.
        let fresh = (self.path == paths::auth::REGISTER)
            .then(|| json!({"email": fresh_email(), "password": PASSWORD}));
        let body = fresh.as_ref().or(self.body.as_ref());
        let reply = body.into_iter().fold(request, |request, body| request.json(body)).send();
        let is_there = reply.status < 400 || reply.error().error.message != "Not found";
        let is_right = reply.status == expected && is_there;
        (!is_right).then(|| format!("{who} is answered {}, not {expected}: {reply}", reply.status))
    }
}

#[test]
fn every_address_answers_those_it_is_for_and_refuses_all_others() {
    let app = TestApp::start();
    let mut wrong = Vec::new();
    for (route, [nobody, owners, others, admins]) in EXPECTED {
        let (owner, other, admin) = (app.customer(), app.customer(), app.customer());
        forged::set_role(&app, &admin, Role::Admin);
        let admin = app.login(admin.email());
        // A second session of the owner, for the route that ends one.
        app.login(owner.email());
        let asked = asked(&app, route, &owner, &admin);
        wrong.extend(asked.by(&app.anon(), *nobody, "somebody without a token"));
        let rightful = if *owners < 400 { &owner } else { &admin };
        for (fault, actor) in forged::tokens(&app, rightful) {
            wrong.extend(asked.by(&actor, *nobody, &format!("somebody with a token {fault}")));
        }
        wrong.extend(asked.by(&other, *others, "another customer"));
        // Whoever has the right comes last: then it shows whether a refused request had its effect.
        let [owner, admin] = [(&owner, *owners, "the owner"), (&admin, *admins, "an administrator")];
        let order = if owner.1 < 400 { [admin, owner] } else { [owner, admin] };
        wrong.extend(order.into_iter().filter_map(|(actor, expected, who)| asked.by(actor, expected, who)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_matrix_in_the_documents_is_this_one() {
    let mut text = String::from(
        "# Who may do what\n\nWhat every address answers to a request that is right in all other respects. Made from \
         `backend/tests/api/security/permissions.rs`, whose\ntest asks every address as everybody; a new address fails it \
         until it is listed.\n\n- *Nobody* has no token, or one that is expired, forged, changed, of an ended session or of \
         a disabled account.\n- *Owner* is the customer whose order, payment, session or account `{key}` names.\n- 404 \
         instead of 403 keeps secret that something exists.\n\n| Address | Nobody | Owner | Another customer | \
         Administrator |\n|---|---|---|---|---|\n",
    );
    for (route, [nobody, owner, other, admin]) in EXPECTED {
        writeln!(text, "| `{route}` | {nobody} | {owner} | {other} | {admin} |").unwrap();
    }
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(SNAPSHOT, &text).unwrap();
    }
    let committed = std::fs::read_to_string(SNAPSHOT).unwrap_or_default();
    assert!(committed == text, "run the test with UPDATE_SNAPSHOTS=1 and commit docs/PERMISSIONS.md");
}
