//! Commands that serve nothing.

use std::io::{Read, Write};

use serde_json::Value;

use crate::support::{
    TestApp,
    app::JWT_SECRET,
    binary::{self, ServerProcess},
    database::{Content, TestDatabase},
};

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
    assert!(output.status.success() && text.contains("PORT=4321 "), "{text}");
    assert!(text.contains("db.example"), "{text}");
    for secret in [JWT_SECRET, "hunter2", "hunter3"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn what_is_hardly_meant_is_said_by_the_command_and_at_the_start_and_stops_nothing() {
    let database = TestDatabase::with(Content::Tables);
    let settings = [("DATABASE_URL", database.url.as_str()), ("DATABSE_URL", "x"), ("HOME", "/root")];
    let output = binary::run(&["config"], &settings);
    let said = String::from_utf8(output.stderr).unwrap();
    let warning = "DATABSE_URL is no setting and has no effect; did you mean DATABASE_URL?";
    assert!(output.status.success() && said == format!("warning: {warning}\n"), "{said}");
    let log = ServerProcess::start(&database, &[("RATE_LIMT_MAX", "5")]).log_after_stopping();
    assert!(log.contains("RATE_LIMT_MAX is no setting") && !log.contains("HOME"), "{log}");
    let log = ServerProcess::start(&database, &[("RATE_LIMIT_TIME_WINDOW", "60000")]).log_after_stopping();
    assert!(log.contains("RATE_LIMIT_TIME_WINDOW has no effect with ENABLE_RATE_LIMITING=false"), "{log}");
}

#[test]
fn an_unknown_command_is_refused_with_those_there_are() {
    let output = binary::run(&["dance"], &[]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && text.contains("dance"), "{text}");
    let help = String::from_utf8(binary::run(&["--help"], &[]).stdout).unwrap();
    for command in [
        "serve",
        "migrate",
        "seed",
        "backup",
        "restore",
        "healthcheck",
        "db",
        "cache",
        "openapi",
        "config",
        "doctor",
    ] {
        assert!(help.contains(command), "{command} in {help}");
    }
}

#[test]
fn a_server_is_asked_how_it_is_and_one_that_is_gone_is_not_well() {
    let database = TestDatabase::with(Content::Tables);
    let mut server = ServerProcess::start(&database, &[]);
    let port = server.port.to_string();
    let ask = |arguments: &[&str]| binary::run(arguments, &[("PORT", &port)]);
    for arguments in [&["healthcheck"][..], &["healthcheck", "--ready"]] {
        let output = ask(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    server.kill();
    let output = ask(&["healthcheck"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && text.contains(&port), "{text}");
}

#[test]
fn a_server_whose_database_is_behind_runs_but_is_not_ready() {
    // Listens like a server, and says what one says that misses its tables.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let server = std::thread::spawn(move || {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 16];
            stream.read_exact(&mut request).unwrap();
            let answer =
                if request.starts_with(b"GET /ready ") { "503 Service Unavailable" } else { "200 OK" };
            write!(stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n").unwrap();
        }
    });
    let ask = |arguments: &[&str]| binary::run(arguments, &[("PORT", &port)]);
    assert!(ask(&["healthcheck"]).status.success());
    let output = ask(&["healthcheck", "--ready"]);
    server.join().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && text.contains("answers 503"), "{text}");
}

#[test]
fn the_database_says_its_engine_its_time_and_its_migration() {
    let database = TestDatabase::with(Content::Tables);
    let output = binary::run(&["db", "ping"], &[("DATABASE_URL", &database.url)]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let engine = database.url.split(':').next().unwrap();
    assert!(text.contains(&format!("database: {engine}\n")) && text.contains("round trip: "), "{text}");
    let dialect = if engine == "sqlite" { "sqlite" } else { "postgres" };
    let folder = format!("{}/../migrations/{dialect}", env!("CARGO_MANIFEST_DIR"));
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let newest = names.max().unwrap();
    let version: String = newest.chars().take_while(|c| *c != '_').filter(|c| *c != '-').collect();
    assert!(text.contains(&format!("migration: {version}\n")), "{version}: {text}");
}

#[test]
fn a_database_out_of_reach_is_no_success() {
    let output = binary::run(&["db", "ping"], &[("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/x")]);
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(!output.status.success() && !text.contains("hunter2") && !text.contains("round trip"), "{text}");
}
