//! Where the data is.

use crate::db::DatabaseUrl;

use super::Source;

/// The embedded database, used when nothing else is named.
const DEFAULT_URL: &str = "sqlite://data/shop.db";

/// Where the data is.
#[derive(Clone)]
pub struct DatabaseConfig {
    /// `DATABASE_URL`: `sqlite://<path>` (default `sqlite://data/shop.db`) or `postgres://…`.
    pub url: DatabaseUrl,
    /// `DATABASE_POOL_SIZE`: most connections at once, 2 to 100; 10.
    pub pool_size: u32,
    /// `REDIS_URL`, or `REDIS_HOST` with `REDIS_PORT` (6379), `REDIS_PASSWORD` and `REDIS_TLS` (false): shared state of
    /// several replicas. Unset with one process.
    pub redis_url: Option<String>,
}

impl DatabaseConfig {
    pub(super) fn read(source: &mut Source) -> Self {
        let default = DatabaseUrl::Sqlite("data/shop.db".into());
        let url = source.value("DATABASE_URL", default, DEFAULT_URL, DatabaseUrl::parse);
        let redis_url = read_redis(source);
        if redis_url.is_some() && url.engine() == "sqlite" {
            source.refuse(
                "REDIS_URL",
                "is for several replicas, which need PostgreSQL; unset it or set DATABASE_URL",
                "redis://cache:6379 with DATABASE_URL=postgres://shop@db/shop",
            );
        }
        Self { url, pool_size: source.number("DATABASE_POOL_SIZE", 10, 2..=100), redis_url }
    }
}

impl DatabaseConfig {
    /// Where Redis is, without what signs in to it.
    pub(super) fn redis_address(&self) -> Option<String> {
        let (scheme, rest) = self.redis_url.as_deref()?.split_once("://")?;
        Some(match rest.rsplit_once('@') {
            Some((_, address)) => format!("{scheme}://…@{address}"),
            None => format!("{scheme}://{rest}"),
        })
    }
}

fn read_redis(source: &mut Source) -> Option<String> {
    let url = source.value("REDIS_URL", None, "redis://cache:6379", |text| match text.split_once("://") {
        Some(("redis" | "rediss", host)) if !host.is_empty() => Ok(Some(text.to_owned())),
        _ => Err("must begin with redis:// or rediss://".to_owned()),
    });
    let port = source.number("REDIS_PORT", 6379, 1..=u16::MAX);
    let tls = source.flag("REDIS_TLS", false);
    let password = source.text("REDIS_PASSWORD");
    // Asked for in any case: it is a setting, even if it has no effect.
    let host = source.text("REDIS_HOST");
    url.or_else(|| {
        let host = host?;
        let scheme = if tls { "rediss" } else { "redis" };
        let login = password
            .map(|password| format!(":{}@", shared_types::paths::segment(&password)))
            .unwrap_or_default();
        Some(format!("{scheme}://{login}{host}:{port}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redis(pairs: &[(&str, &str)]) -> Option<String> {
        let mut source = Source::from_pairs(pairs.iter().copied());
        read_redis(&mut source)
    }

    #[test]
    fn redis_is_named_by_a_url_or_by_its_parts() {
        assert_eq!(redis(&[("REDIS_URL", "redis://a:1")]).as_deref(), Some("redis://a:1"));
        let parts = [("REDIS_HOST", "b"), ("REDIS_PASSWORD", "p@ss"), ("REDIS_TLS", "true")];
        assert_eq!(redis(&parts).as_deref(), Some("rediss://:p%40ss@b:6379"));
        assert_eq!(redis(&[]), None);
    }

    #[test]
    fn the_embedded_database_refuses_to_be_shared() {
        let mut source = Source::from_pairs([("REDIS_URL", "redis://a:1")]);
        DatabaseConfig::read(&mut source);
        assert!(source.finish().is_err());
    }
}
