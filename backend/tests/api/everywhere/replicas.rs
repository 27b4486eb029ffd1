//! Two servers, each a process of its own, on one database and one Redis.

use shared_types::{ErrorCode, paths, system::ReadyStatus};

use crate::support::{
    Content, TestDatabase, at_once,
    binary::ServerProcess,
    database::redis_url,
    proxy::Proxy,
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
            ready.read::<shared_types::system::Readiness>().status == ReadyStatus::Ready
        });
    }
    let statuses =
        (0..12).map(|index| newcomer.asking(servers[index % 2].port).get(paths::catalog::CATEGORIES).status);
    assert_eq!(statuses.filter(|status| *status == 200).count(), 10);
}
