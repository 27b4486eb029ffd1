//! Settings, read once from the environment at start. One struct per concern; every field names its variable.
//!
//! All mistakes are collected, so that one failed start names every variable to mend. Nothing else in the program reads
//! the environment.

mod accounts;
mod cache;
mod database;
mod limits;
mod log;
mod orders;
mod secret;
mod server;
mod source;
mod telemetry;
mod warnings;

use std::collections::BTreeSet;

pub use self::{
    accounts::AccountsConfig,
    cache::CacheConfig,
    database::DatabaseConfig,
    limits::LimitsConfig,
    log::{LogConfig, LogFormat},
    orders::OrdersConfig,
    server::{AppEnv, OriginRule, ServerConfig},
    source::{ConfigError, Source},
    telemetry::{Sampling, TelemetryConfig, TracesConfig},
};

/// Everything the server needs to know to start.
#[derive(Clone)]
pub struct Config {
    /// Where it listens and whom it answers.
    pub server: ServerConfig,
    /// Where the data is.
    pub database: DatabaseConfig,
    /// What is kept in memory.
    pub cache: CacheConfig,
    /// Accounts and tokens.
    pub accounts: AccountsConfig,
    /// How many requests a client may send.
    pub limits: LimitsConfig,
    /// Orders, payments and the work that happens by itself.
    pub orders: OrdersConfig,
    /// What is written to the log.
    pub log: LogConfig,
    /// What is hardly meant: names that look like settings, and settings that contradict each other.
    pub warnings: Vec<String>,
    /// Names that the environment has.
    given: BTreeSet<String>,
    /// Names of all settings.
    known: BTreeSet<String>,
    /// What is told besides.
    pub telemetry: TelemetryConfig,
}

impl Config {
    /// Reads all settings, or names everything that is wrong with them.
    pub fn read(source: Source) -> Result<Self, ConfigError> {
        let (config, outcome) = Self::read_all(source);
        outcome.map(|()| config)
    }

    /// Reads all settings, with the default in the place of whatever is wrong, and names that.
    pub fn read_with_mistakes(source: Source) -> (Self, Vec<String>) {
        let (config, outcome) = Self::read_all(source);
        (config, outcome.err().map(ConfigError::into_mistakes).unwrap_or_default())
    }

    fn read_all(mut source: Source) -> (Self, Result<(), ConfigError>) {
        let server = ServerConfig::read(&mut source);
        let mut config = Self {
            database: DatabaseConfig::read(&mut source),
            cache: CacheConfig::read(&mut source),
            accounts: AccountsConfig::read(&mut source, server.app_env),
            limits: LimitsConfig::read(&mut source, server.app_env),
            orders: OrdersConfig::read(&mut source, server.app_env),
            log: LogConfig::read(&mut source, server.app_env),
            telemetry: TelemetryConfig::read(&mut source, server.app_env, server.port),
            server,
            warnings: Vec::new(),
            given: source.given(),
            known: source.asked(),
        };
        config.warnings = warnings::unknown(&config.given, &config.known);
        config.warnings.extend(warnings::contradictions(&config, &config.given));
        (config, source.finish())
    }

    /// The effective settings, a line each with where it comes from, without secrets.
    pub fn describe(&self) -> String {
        let mut text = String::new();
        for (name, value) in self.lines() {
            let origin = match name {
                _ if self.given.contains(name) => "environment",
                "REDIS_URL" if self.database.redis_url.is_some() => "REDIS_HOST",
                _ => "default",
            };
            text.push_str(&format!("{:<50} # {origin}\n", format!("{name}={value}")));
        }
        text
    }

    fn lines(&self) -> Vec<(&'static str, String)> {
        let (server, telemetry) = (&self.server, &self.telemetry);
        let traces = telemetry.traces.as_ref();
        let sampling = traces.map(|traces| traces.sampling.describe());
        let or_unset = |value: Option<String>| value.unwrap_or_else(|| "(unset)".to_owned());
        let set_or_not = |secret: &Option<String>| secret.as_ref().map_or("(unset)", |_| "(set)").to_owned();
        vec![
            ("APP_ENV", server.app_env.as_str().to_owned()),
            ("HOST", server.host.clone()),
            ("PORT", server.port.to_string()),
            ("MAX_CONNECTIONS", server.max_connections.to_string()),
            ("SPA_DIR", or_unset(server.spa_dir.as_ref().map(|dir| dir.display().to_string()))),
            ("PUBLIC_URL", or_unset(server.public_url.clone())),
            (
                "CORS_ORIGINS",
                server.cors_origins.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
            ),
            ("ENABLE_SWAGGER", server.enable_swagger.to_string()),
            ("DATABASE_URL", self.database.url.to_string()),
            ("DATABASE_POOL_SIZE", self.database.pool_size.to_string()),
            ("REDIS_URL", or_unset(self.database.redis_address())),
            ("CACHE_MAX_BYTES", self.cache.max_bytes.to_string()),
            ("JWT_SECRET", self.accounts.secret_origin().to_owned()),
            ("JWT_SECRET_PREVIOUS", set_or_not(&self.accounts.jwt_secret_previous)),
            ("JWT_EXPIRES_IN", format!("{}s", self.accounts.token_lifetime.as_secs())),
            ("BCRYPT_SALT_ROUNDS", self.accounts.bcrypt_cost.to_string()),
            ("ENABLE_RATE_LIMITING", self.limits.enabled.to_string()),
            ("RATE_LIMIT_MAX", self.limits.max.to_string()),
            ("RATE_LIMIT_TIME_WINDOW", self.limits.window.as_millis().to_string()),
            ("RATE_LIMIT_BYPASS_TOKEN", set_or_not(&self.limits.bypass_token)),
            ("TRUSTED_PROXY_HOPS", self.limits.trusted_proxy_hops.to_string()),
            ("ORDER_HOLD_MINUTES", (self.orders.hold.as_secs() / 60).to_string()),
            ("PAYMENT_WEBHOOK_SECRET", self.orders.secret_origin().to_owned()),
            ("JOB_INTERVAL_SECONDS", self.orders.job_interval.as_secs().to_string()),
            ("LOG_LEVEL", self.log.level.clone()),
            ("LOG_FORMAT", self.log.format.as_str().to_owned()),
            ("ADMIN_HOST", telemetry.admin_host.clone()),
            ("ADMIN_PORT", or_unset(telemetry.admin_port.map(|port| port.to_string()))),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", or_unset(traces.map(|traces| traces.endpoint.clone()))),
            ("OTEL_SERVICE_NAME", or_unset(traces.map(|traces| traces.service_name.clone()))),
            ("OTEL_TRACES_SAMPLER", or_unset(sampling.as_ref().map(|(name, _)| (*name).to_owned()))),
            ("OTEL_TRACES_SAMPLER_ARG", or_unset(sampling.map(|(_, share)| share))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(Source::from_pairs(pairs.iter().copied()))
    }

    fn message(pairs: &[(&str, &str)]) -> String {
        read(pairs).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let config = read(&[]).unwrap();
        assert_eq!(config.server.port, 4000);
        assert_eq!(config.database.url.engine(), "sqlite");
    }

    #[test]
    fn a_server_is_everybodys_in_production_alone() {
        const ONE: &str = "0123456789abcdef0123456789abcdef";
        let of = |app_env| {
            let pairs = [("APP_ENV", app_env), ("JWT_SECRET", ONE), ("PAYMENT_WEBHOOK_SECRET", ONE)];
            let config = read(&pairs).unwrap();
            (config.server.host, config.accounts.secure_cookies, config.log.format)
        };
        assert_eq!(of("development"), ("127.0.0.1".to_owned(), false, LogFormat::Human));
        assert_eq!(of("production"), ("0.0.0.0".to_owned(), true, LogFormat::Json));
    }

    #[test]
    fn every_bad_value_is_named_with_an_example() {
        let message = message(&[
            ("PORT", "http"),
            ("DATABASE_URL", "mysql://x"),
            ("BCRYPT_SALT_ROUNDS", "3"),
            ("LOG_FORMAT", "xml"),
        ]);
        for expected in ["PORT", "DATABASE_URL", "BCRYPT_SALT_ROUNDS", "LOG_FORMAT", "for example"] {
            assert!(message.contains(expected), "{expected} is missing in: {message}");
        }
    }

    #[test]
    fn every_number_may_be_as_small_and_as_large_as_it_says_and_no_more() {
        for (name, least, most) in [
            ("PORT", 0, 65_535),
            ("DATABASE_POOL_SIZE", 2, 100),
            ("REDIS_PORT", 1, 65_535),
            ("CACHE_MAX_BYTES", 65_536, 68_719_476_736),
            ("BCRYPT_SALT_ROUNDS", 4, 16),
            ("RATE_LIMIT_MAX", 1, 1_000_000),
            ("RATE_LIMIT_TIME_WINDOW", 1_000, 86_400_000),
            ("TRUSTED_PROXY_HOPS", 0, 10),
            ("ORDER_HOLD_MINUTES", 1, 10_080),
            ("JOB_INTERVAL_SECONDS", 1, 3_600),
        ] {
            let said = |number: i64| message(&[(name, &number.to_string())]);
            assert_eq!([said(least), said(most)], ["", ""], "{name}");
            let range = format!("{name} must be a whole number from {least} to {most}");
            for wrong in [least - 1, most + 1, i64::MAX] {
                assert!(said(wrong).contains(&range), "{wrong}: {}", said(wrong));
            }
        }
    }

    #[test]
    fn production_refuses_a_missing_a_short_and_the_development_secret() {
        let good = "0123456789abcdef0123456789abcdef";
        let both = [("JWT_SECRET", good), ("PAYMENT_WEBHOOK_SECRET", good)];
        let with = |name: &'static str, value: &'static str| {
            let mut pairs = vec![("APP_ENV", "production")];
            pairs.extend(both.iter().filter(|(other, _)| *other != name));
            pairs.extend((!value.is_empty()).then_some((name, value)));
            message(&pairs)
        };
        assert_eq!(with("JWT_SECRET", good), "");
        let defaults = [accounts::DEVELOPMENT_SECRET, orders::DEVELOPMENT_WEBHOOK_SECRET];
        for ((name, _), default) in both.into_iter().zip(defaults) {
            for (value, problem) in [
                ("", "is required in production"),
                ("short", "must have at least 32 bytes"),
                (default, "must be a secret of your own"),
            ] {
                assert!(with(name, value).contains(&format!("{name} {problem}")), "{name}: {problem}");
            }
        }
    }

    #[test]
    fn production_refuses_secrets_that_can_be_guessed() {
        let good = "0123456789abcdef0123456789abcdef";
        for weak in ["a".repeat(64), "changeme".repeat(8), "ChangeMe-0123456789-abcdefghijklm".to_owned()] {
            for (name, other) in
                [("JWT_SECRET", "PAYMENT_WEBHOOK_SECRET"), ("PAYMENT_WEBHOOK_SECRET", "JWT_SECRET")]
            {
                let pairs = [("APP_ENV", "production"), (name, weak.as_str()), (other, good)];
                assert!(message(&pairs).contains(name), "{weak}");
                assert!(read(&pairs[1..]).is_ok());
            }
        }
    }

    #[test]
    fn every_setting_says_where_it_comes_from() {
        let text = read(&[("PORT", "4321"), ("HOST", " ")]).unwrap().describe();
        let origin = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(&format!("{name}=")));
            line.and_then(|line| line.split(" # ").nth(1)).map(str::to_owned)
        };
        assert_eq!(origin("PORT").as_deref(), Some("environment"));
        assert_eq!(origin("HOST").as_deref(), Some("default"), "one that is empty counts as unset");
        assert_eq!(origin("REDIS_URL").as_deref(), Some("default"));
        let parts =
            [("DATABASE_URL", "postgres://u@h/d"), ("REDIS_HOST", "cache"), ("REDIS_PASSWORD", "p@ss")];
        let text = read(&parts).unwrap().describe();
        let line = text.lines().find(|line| line.starts_with("REDIS_URL=")).unwrap();
        assert!(line.contains("redis://…@cache:6379") && line.ends_with("# REDIS_HOST"), "{line}");
        assert!(!text.contains("p@ss") && !text.contains("p%40ss"), "{text}");
    }

    #[test]
    fn every_setting_that_is_read_is_shown() {
        let config = read(&[]).unwrap();
        let text = config.describe();
        // Those that make up the address of Redis are shown as that.
        let parts = ["REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD", "REDIS_TLS"];
        for name in config.known.iter().filter(|name| !parts.contains(&name.as_str())) {
            assert!(text.contains(&format!("{name}=")), "{name}");
        }
    }

    #[test]
    fn the_description_shows_no_secret() {
        let secret = "a-secret-nobody-should-read-0123";
        let pairs = [
            ("JWT_SECRET", secret),
            ("JWT_SECRET_PREVIOUS", "another-secret-nobody-should-read"),
            ("PAYMENT_WEBHOOK_SECRET", secret),
            ("DATABASE_URL", "postgres://u:hunter2@h/d"),
            ("RATE_LIMIT_BYPASS_TOKEN", "sesame"),
        ];
        let text = read(&pairs).unwrap().describe();
        assert!(
            [secret, "another-secret", "hunter2", "sesame"].iter().all(|hidden| !text.contains(hidden)),
            "{text}"
        );
    }
}
