//! Redis, when there is one.

use deadpool_redis::redis::{ConnectionAddr, IntoConnectionInfo};

use super::Report;
use crate::{cache::Redis, config::Config};

/// Rules that need an answer of Redis, or its address.
pub(super) const RULES: [&str; 3] = ["redis", "redis-tls", "redis-eviction"];

/// Looks at Redis.
pub(super) async fn check(report: &mut Report, config: &Config) {
    let Some(url) = config.database.redis_url.as_deref() else { return };
    report.rule("redis-tls", encryption(url));
    let memory = match Redis::new(url) {
        Ok(redis) => ask(&redis).await,
        Err(error) => Err(error),
    };
    let answers = memory.as_ref().err().map(|error| {
        (
            format!("Redis does not answer: {error}"),
            "see that it runs, and that REDIS_URL and its password are right",
        )
    });
    report.rule("redis", answers);
    let memory = memory.map_err(|_| "Redis does not answer".to_owned());
    report.rule_if_known("redis-eviction", memory, |memory| eviction(&memory));
}

/// A server that is busy may be slow once.
async fn ask(redis: &Redis) -> Result<String, String> {
    let mut answer = redis.memory().await;
    for _ in 0..2 {
        if answer.is_err() {
            answer = redis.memory().await;
        }
    }
    answer
}

fn encryption(url: &str) -> Option<(String, &'static str)> {
    let info = url.into_connection_info().ok()?;
    let ConnectionAddr::Tcp(host, _) = info.addr() else { return None };
    let is_here =
        ["localhost", "127.0.0.1", "::1", "[::1]"].iter().any(|here| host.eq_ignore_ascii_case(here));
    (!is_here).then(|| {
        ("Redis is asked over the network without TLS".to_owned(), "use rediss:// (or REDIS_TLS=true)")
    })
}

/// Judges the lines of `INFO memory`.
fn eviction(memory: &str) -> Option<(String, &'static str)> {
    let value = |name: &str| {
        let line = memory.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_default()
    };
    match (value("maxmemory"), value("maxmemory_policy")) {
        ("0" | "", _) => Some((
            "Redis may take all memory of its machine".to_owned(),
            "set maxmemory, and maxmemory-policy to allkeys-lru",
        )),
        (_, "noeviction") => Some((
            "Redis refuses to store anything more when it is full".to_owned(),
            "set maxmemory-policy to allkeys-lru: everything in it can be made again",
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redis_without_tls_is_found_unless_it_is_on_this_machine() {
        for url in [
            "rediss://cache.example:6379",
            "redis://localhost:6379",
            "redis://:secret@127.0.0.1/0",
            "redis://[::1]:6379",
            "redis://LOCALHOST?db=1",
        ] {
            assert_eq!(encryption(url), None, "{url}");
        }
        for url in [
            "redis://cache.example",
            "redis://:localhost@cache.example:6379",
            "redis://localhost.example",
            "redis://127.0.0.10.example:6379",
        ] {
            assert!(encryption(url).is_some(), "{url}");
        }
    }

    #[test]
    fn a_full_redis_must_make_room() {
        let memory = |most: &str, policy: &str| {
            format!("# Memory\r\nmaxmemory:{most}\r\nmaxmemory_policy:{policy}\r\n")
        };
        assert_eq!(eviction(&memory("1048576", "allkeys-lru")), None);
        assert_eq!(eviction(&memory("1048576", "volatile-lfu")), None);
        assert!(
            eviction(&memory("1048576", "noeviction")).is_some_and(|(problem, _)| problem.contains("full"))
        );
        assert!(
            eviction(&memory("0", "allkeys-lru")).is_some_and(|(problem, _)| problem.contains("all memory"))
        );
    }
}
