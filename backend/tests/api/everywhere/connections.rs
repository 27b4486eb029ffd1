//! Several requests on one connection.

use std::io::{Read, Write};

use shared_types::paths;

use crate::support::{TestApp, http};

/// The status lines of everything that comes back until the server hangs up.
fn statuses(app: &TestApp, requests: &str) -> Vec<String> {
    let mut stream = http::connect(app.port).unwrap();
    stream.write_all(requests.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let lines = text.split("HTTP/1.1 ").skip(1);
    lines.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn a_connection_serves_one_request_after_the_other() {
    let app = TestApp::start();
    let stay = format!("GET {} HTTP/1.1\r\nhost: localhost\r\n\r\n", paths::system::HEALTH);
    let last = http::head("GET", "/nothing", &[]);
    assert_eq!(statuses(&app, &format!("{stay}{stay}{last}")), ["200", "200", "404"]);
}

#[test]
fn a_body_that_nobody_read_is_not_taken_for_the_next_request() {
    let app = TestApp::start();
    let smuggled = format!("GET {} HTTP/1.1\r\nhost: localhost\r\n\r\n", paths::system::HEALTH);
    let unread = format!(
        "POST {} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n{smuggled}",
        paths::auth::LOGOUT,
        smuggled.len()
    );
    let last = http::head("GET", "/nothing", &[]);
    let found = statuses(&app, &format!("{unread}{last}"));
    // Going on with the next request is as good as hanging up.
    assert!(found == ["401", "404"] || found == ["401"], "{found:?}");
}
