//! What the server refuses to start with: it exits at once, says which variable is wrong, and what would be right.

use std::net::TcpListener;

use crate::support::{Content, TestDatabase, app::JWT_SECRET, binary};

/// What a start that must fail says.
fn refusal(settings: &[(&str, &str)]) -> String {
    let output = binary::run(&["serve"], settings);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.starts_with("error: "), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    text
}

#[test]
fn a_value_that_means_nothing_is_named_with_an_example() {
    for (name, value) in [
        ("PORT", "http"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("MAX_CONNECTIONS", "0"),
        ("MAX_CONNECTIONS", "1000001"),
        ("DATABASE_URL", "mysql://db/shop"),
        ("DATABASE_POOL_SIZE", "0"),
        ("BCRYPT_SALT_ROUNDS", "3"),
        ("JWT_EXPIRES_IN", "soon"),
        ("JWT_SECRET", "short"),
        ("JWT_SECRET_PREVIOUS", "short"),
        ("CORS_ORIGINS", "*"),
        ("LOG_FORMAT", "xml"),
        ("ENABLE_SWAGGER", "perhaps"),
        ("APP_ENV", "staging"),
        ("SPA_DIR", "/nowhere/at/all"),
        ("REDIS_URL", "cache.example"),
        ("ENABLE_RATE_LIMITING", "sometimes"),
        ("RATE_LIMIT_MAX", "0"),
        ("RATE_LIMIT_TIME_WINDOW", "1m"),
        ("TRUSTED_PROXY_HOPS", "all"),
        ("ORDER_HOLD_MINUTES", "0"),
        ("PAYMENT_WEBHOOK_SECRET", "short"),
        ("JOB_INTERVAL_SECONDS", "0"),
    ] {
        let text = refusal(&[(name, value)]);
        assert!(text.contains(&format!("{name} ")) && text.contains(&format!("{name}=")), "{name}: {text}");
    }
}

#[test]
fn all_mistakes_are_named_at_once() {
    let text = refusal(&[("PORT", "x"), ("LOG_FORMAT", "x"), ("JWT_EXPIRES_IN", "x")]);
    for name in ["PORT", "LOG_FORMAT", "JWT_EXPIRES_IN"] {
        assert!(text.contains(name), "{text}");
    }
}

#[test]
fn production_needs_a_secret_of_its_own() {
    let text = refusal(&[("APP_ENV", "production")]);
    assert!(text.contains("JWT_SECRET is required in production"), "{text}");
    assert!(text.contains("PAYMENT_WEBHOOK_SECRET is required in production"), "{text}");
    let text = refusal(&[("APP_ENV", "production"), ("JWT_SECRET", "too-short")]);
    assert!(text.contains("JWT_SECRET must have at least 32 bytes"), "{text}");
    assert!(!text.contains("too-short"), "{text}");
    let guessable = "changeme-changeme-changeme-0123456789";
    for name in ["JWT_SECRET", "RATE_LIMIT_BYPASS_TOKEN"] {
        let text = refusal(&[("APP_ENV", "production"), ("JWT_SECRET", JWT_SECRET), (name, guessable)]);
        assert!(text.contains(&format!("{name} must be a secret of your own")), "{text}");
        assert!(!text.contains(guessable), "{text}");
    }
}

#[test]
fn several_replicas_cannot_share_the_embedded_database() {
    let text = refusal(&[("REDIS_URL", "redis://cache.example"), ("DATABASE_URL", "sqlite://data/shop.db")]);
    assert!(text.contains("REDIS_URL") && text.contains("PostgreSQL"), "{text}");
}

#[test]
fn a_port_that_is_taken_is_named_with_the_remedy() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let database = TestDatabase::with(Content::Tables);
    let settings = [("PORT", port.as_str()), ("DATABASE_URL", &database.url), ("JWT_SECRET", JWT_SECRET)];
    let text = refusal(&settings);
    assert!(text.contains(&port) && text.contains("another program listens there"), "{text}");
    assert!(text.contains("PORT"), "{text}");
}

#[test]
fn a_database_out_of_reach_is_named_without_its_password() {
    let output = binary::run(&["migrate"], &[("DATABASE_URL", "postgres://shop:hunter2@127.0.0.1:1/shop")]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("the database is out of reach") && !text.contains("hunter2"), "{text}");
}
