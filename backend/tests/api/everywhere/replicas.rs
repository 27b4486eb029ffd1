//! Two servers, each a process of its own, on one database and one Redis.

use serde_json::json;
use shared_types::{
    ErrorCode,
    auth::LoggedIn,
    cart::Cart,
    paths,
    system::{Readiness, ReadyStatus},
};

use crate::support::{
    Actor, Content, PASSWORD, Reply, TestDatabase, at_once,
    binary::ServerProcess,
    database::{is_postgres, redis_url},
    order_of,
    proxy::Proxy,
    turn::Turn,
    visitor::{Visitor, fresh_email},
    wait_until,
};

/// Two servers with these further settings.
fn two(database: &TestDatabase, more: &[(&str, &str)]) -> [ServerProcess; 2] {
    [(); 2].map(|()| ServerProcess::start(database, more))
}

/// Settings of servers that count requests, and share the count through the Redis at this address.
fn counting<'s>(redis: &'s str, max: &'s str) -> [(&'s str, &'s str); 4] {
    [
        ("ENABLE_RATE_LIMITING", "true"),
        ("TRUSTED_PROXY_HOPS", "1"),
        ("RATE_LIMIT_MAX", max),
        ("REDIS_URL", redis),
    ]
}

#[test]
fn a_limit_is_one_for_all_servers() {
    let Some(redis) = redis_url() else {
        return;
    };
    // On a busy machine Redis may answer too late, and a server then counts by itself.
    let _turn = Turn::alone();
    let database = TestDatabase::with(Content::Demo);
    let servers = two(&database, &counting(&redis, "10"));
    let client = Visitor::at(servers[0].port);
    let five = |index: usize| {
        [(); 5].map(|()| client.asking(servers[index % 2].port).get(paths::catalog::CATEGORIES))
    };
    let replies = at_once(6, five).concat();
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 10);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        reply.refused(429, ErrorCode::RateLimited, "Rate limit exceeded, retry in 1 minute");
    }
    let mut left: Vec<_> = replies.iter().filter_map(|reply| reply.header("x-ratelimit-remaining")).collect();
    left.sort_unstable();
    left.dedup();
    assert_eq!(left.len(), 10, "every request got a number of its own: {left:?}");
}

#[test]
fn guessing_a_password_on_two_servers_does_not_double_the_guesses() {
    let Some(redis) = redis_url() else {
        return;
    };
    // On a busy machine Redis may answer too late, and a server then counts by itself.
    let _turn = Turn::alone();
    let database = TestDatabase::with(Content::Demo);
    let servers = two(&database, &counting(&redis, "100"));
    let email = fresh_email();
    let guess = |index: usize| Visitor::at(servers[index % 2].port).login(&email, "wrong").status;
    assert_eq!((0..8).map(guess).collect::<Vec<_>>(), [401, 401, 401, 401, 401, 429, 429, 429]);
}

#[test]
fn without_redis_every_server_counts_by_itself_and_nobody_is_failed() {
    let Some(redis) = redis_url() else {
        return;
    };
    let (proxy, url) = Proxy::in_front_of(&redis);
    let database = TestDatabase::with(Content::Demo);
    let servers = two(&database, &counting(&url, "10"));
    let client = Visitor::at(servers[0].port);
    let ask = |index: usize| client.asking(servers[index].port).get(paths::catalog::CATEGORIES).status;
    assert_eq!([ask(0), ask(0), ask(0), ask(1)], [200; 4]);

    proxy.cut();
    // What was counted here before is not forgotten: three and one.
    for (index, left) in [(0, 7), (1, 9)] {
        let statuses: Vec<_> = (0..12).map(|_| ask(index)).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), left, "{statuses:?}");
        assert!(statuses[left..].iter().all(|status| *status == 429), "{statuses:?}");
    }

    proxy.restore();
    let newcomer = Visitor::at(servers[0].port);
    for server in &servers {
        wait_until("Redis is back", || {
            let ready = server.anon().get(paths::system::READY);
            ready.read::<Readiness>().status == ReadyStatus::Ready
        });
    }
    let statuses =
        (0..12).map(|index| newcomer.asking(servers[index % 2].port).get(paths::catalog::CATEGORIES).status);
    assert_eq!(statuses.filter(|status| *status == 200).count(), 10);
}

fn sign_in(server: &ServerProcess, email: &str, password: &str) -> Reply {
    server.anon().post(paths::auth::LOGIN, &json!({"email": email, "password": password}))
}

fn john(server: &ServerProcess) -> Actor {
    somebody(server, "john@example.com")
}

fn somebody(server: &ServerProcess, email: &str) -> Actor {
    let reply = sign_in(server, email, PASSWORD);
    let LoggedIn { user, token } = reply.data(200);
    let refresh_token = reply.refresh_cookie().map(|(value, _)| value);
    Actor { token: Some(token), refresh_token, user: Some(user), ..server.anon() }
}

/// The same person, asking another server.
fn at(actor: &Actor, server: &ServerProcess) -> Actor {
    Actor { port: server.port, ..actor.clone() }
}

fn refresh(server: &ServerProcess, cookie: &str) -> Reply {
    let cookie = format!("refresh_token={cookie}");
    server.anon().request("POST", paths::auth::REFRESH).header("cookie", &cookie).send()
}

#[test]
fn a_session_that_ends_on_one_server_has_ended_on_the_other() {
    if !is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let [one, other] = two(&database, &[]);
    let here = john(&one);
    at(&here, &other).get(paths::auth::ME).expect(200);
    here.post_nothing(paths::auth::LOGOUT).expect(200);
    at(&here, &other).assert_signed_out();
    refresh(&other, here.refresh_token.as_ref().unwrap()).expect(401);

    let (here, there) = (john(&one), john(&other));
    at(&there, &one).get(paths::auth::ME).expect(200);
    let change = json!({"currentPassword": PASSWORD, "newPassword": "another password"});
    here.post(paths::auth::CHANGE_PASSWORD, &change).expect(200);
    there.assert_signed_out();
    at(&here, &other).get(paths::auth::ME).expect(200);
    sign_in(&other, "john@example.com", PASSWORD).expect(401);
    sign_in(&other, "john@example.com", "another password").expect(200);
}

#[test]
fn rights_that_are_taken_on_one_server_are_gone_on_the_other() {
    if !is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let [one, other] = two(&database, &[]);
    let (admin, john) = (somebody(&one, "admin@example.com"), john(&other));
    let set = |body: serde_json::Value| {
        admin.request("PATCH", &paths::auth::user(john.id())).json(&body).send().expect(200);
    };
    john.get(paths::auth::USERS).expect(403);
    set(json!({"role": "ADMIN"}));
    john.get(paths::auth::USERS).expect(200);
    set(json!({"role": "CUSTOMER"}));
    john.get(paths::auth::USERS).expect(403);
    set(json!({"isActive": false}));
    john.assert_signed_out();
    let refused = sign_in(&other, "john@example.com", PASSWORD);
    refused.refused(401, ErrorCode::Unauthorized, "Account is disabled");
}

#[test]
fn of_those_who_use_one_refresh_token_on_two_servers_at_the_same_time_one_succeeds() {
    if !is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let servers = two(&database, &[]);
    for _ in 0..5 {
        let john = john(&servers[0]);
        let cookie = john.refresh_token.clone().unwrap();
        let replies = at_once(4, |index| refresh(&servers[index % 2], &cookie));
        assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
        // The others used it a second time, so somebody may have copied it: the session has ended.
        for server in &servers {
            at(&john, server).assert_signed_out();
        }
    }
}

fn registered(server: &ServerProcess) -> Actor {
    let email = fresh_email();
    server.anon().post(paths::auth::REGISTER, &json!({"email": email, "password": PASSWORD})).expect(201);
    somebody(server, &email)
}

#[test]
fn two_servers_never_sell_one_unit_twice() {
    if !is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let servers = two(&database, &[("DATABASE_POOL_SIZE", "10")]);
    let id = database.product_id("MACBOOK-PRO-16");
    let customers: Vec<_> = (0..10).map(|index| registered(&servers[index % 2])).collect();
    let order = order_of(&[(&id, 1)]);
    let replies = at_once(50, |index| {
        // Half of everybody's orders go to the server they did not sign in at.
        at(&customers[index % 10], &servers[index / 10 % 2]).post(paths::orders::ORDERS, &order)
    });
    let count = |status| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((count(201), count(400), database.stock(&id)), (20, 30, 0));
    database.assert_ledger_explains_stock();
}

#[test]
fn a_key_is_one_for_all_servers() {
    if !is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let servers = two(&database, &[("DATABASE_POOL_SIZE", "10")]);
    let customer = registered(&servers[0]);
    let mat = database.product_id("YOGA-MAT-PRO");
    let order = order_of(&[(&mat, 1)]);
    for key in ["one", "two", "three"] {
        let (before, stock) = (database.order_count(), database.stock(&mat));
        let replies = at_once(12, |index| {
            at(&customer, &servers[index % 2]).post_keyed(paths::orders::ORDERS, key, &order)
        });
        for reply in &replies {
            assert_eq!(reply.expect(201).bytes(), replies[0].bytes());
        }
        assert_eq!((database.order_count(), database.stock(&mat)), (before + 1, stock - 1));
    }
}

#[test]
fn a_cart_is_one_for_all_servers() {
    if !is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let servers = two(&database, &[("DATABASE_POOL_SIZE", "10")]);
    let customer = registered(&servers[0]);
    let mat = database.product_id("YOGA-MAT-PRO");
    let guest = json!({"items": [{"productId": mat, "quantity": 1}]});
    let replies = at_once(24, |index| {
        // Twelve merges under one key, and twelve each for itself.
        let here = at(&customer, &servers[index % 2]);
        let key = if index < 12 { "sign-in".to_owned() } else { format!("sign-in-{index}") };
        here.post_keyed(paths::cart::MERGE, &key, &guest)
    });
    for reply in &replies {
        reply.expect(200);
    }
    for server in &servers {
        let cart: Cart = at(&customer, server).get(paths::cart::CART).data(200);
        assert_eq!(cart.quote.lines[0].quantity, 13);
    }
}
