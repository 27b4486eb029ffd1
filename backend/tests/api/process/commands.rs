//! Commands that serve nothing.

use serde_json::Value;

use crate::support::{TestApp, app::JWT_SECRET, binary};

#[test]
fn the_document_is_printed_as_it_is_served() {
    let output = binary::run(&["openapi"], &[]);
    assert!(output.status.success());
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed, TestApp::start().anon().get("/api/docs/json").expect(200).json());
}

#[test]
fn the_settings_are_printed_without_secrets() {
    let settings = [
        ("JWT_SECRET", JWT_SECRET),
        ("DATABASE_URL", "postgres://shop:hunter2@db.example/shop"),
        ("REDIS_URL", "redis://:hunter3@cache.example"),
        ("PORT", "4321"),
    ];
    let output = binary::run(&["config"], &settings);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains("PORT=4321\n"), "{text}");
    assert!(text.contains("db.example"), "{text}");
    for secret in [JWT_SECRET, "hunter2", "hunter3"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn an_unknown_command_is_refused_with_those_there_are() {
    let output = binary::run(&["dance"], &[]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && text.contains("dance"), "{text}");
    let help = String::from_utf8(binary::run(&["--help"], &[]).stdout).unwrap();
    for command in ["serve", "migrate", "seed", "cache", "openapi", "config"] {
        assert!(help.contains(command), "{command} in {help}");
    }
}
