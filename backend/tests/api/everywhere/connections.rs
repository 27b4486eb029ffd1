//! Several requests on one connection.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

use shared_types::paths;

use crate::support::{Content, TestApp, http};

/// A request after which the connection stays.
fn stay() -> String {
    format!("GET {} HTTP/1.1\r\nhost: localhost\r\n\r\n", paths::system::HEALTH)
}

/// An answer on a connection that stays.
fn answer(stream: &mut TcpStream) -> String {
    stream.write_all(stay().as_bytes()).unwrap();
    rest(stream)
}

/// What is sent until the end of the health check's JSON.
fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        let mut part = [0; 1_024];
        let length = stream.read(&mut part).unwrap();
        assert_ne!(length, 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&part[..length]);
    }
    String::from_utf8(answer).unwrap()
}

/// The status lines of everything that comes back until the server hangs up.
fn statuses(app: &TestApp, requests: &str) -> Vec<String> {
    let mut stream = http::connect(app.port).unwrap();
    stream.write_all(requests.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.split("HTTP/1.1 ").skip(1);
    lines.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn a_connection_serves_one_request_after_the_other() {
    let app = TestApp::start();
    let stay = stay();
    let last = http::head("GET", "/nothing", &[]);
    assert_eq!(statuses(&app, &format!("{stay}{stay}{last}")), ["200", "200", "404"]);
}

#[test]
fn a_body_that_nobody_read_is_not_taken_for_the_next_request() {
    let app = TestApp::start();
    let smuggled = stay();
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

/// More than the server takes from a connection at a time, and the last ones only when the first ones are answered.
#[test]
fn as_many_requests_as_somebody_sends_at_once_are_answered() {
    let app = TestApp::start();
    let stay = stay();
    let last = http::head("GET", "/nothing", &[]);
    let found = statuses(&app, &format!("{}{last}", stay.repeat(3_000)));
    let (end, before) = found.split_last().unwrap();
    assert_eq!((before.len(), end.as_str()), (3_000, "404"));
    assert!(before.iter().all(|status| status == "200"));
}

#[test]
fn large_bodies_on_one_connection_are_read_to_their_end() {
    let app = TestApp::start();
    let body = format!("{{\"email\":\"nobody\",\"password\":\"{}\"}}", "x".repeat(900_000));
    let login = format!(
        "POST {} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n",
        paths::auth::LOGIN
    );
    let measured = format!("{login}content-length: {}\r\n\r\n{body}", body.len());
    let (beginning, end) = body.split_at(500_000);
    let in_parts = format!(
        "{login}transfer-encoding: chunked\r\n\r\n{:x}\r\n{beginning}\r\n{:x}\r\n{end}\r\n0\r\n\r\n",
        beginning.len(),
        end.len()
    );
    let last = http::head("GET", "/nothing", &[]);
    assert_eq!(
        statuses(&app, &format!("{measured}{in_parts}{measured}{last}")),
        ["422", "422", "422", "404"]
    );
}

#[test]
fn answers_that_are_compressed_while_they_are_sent_come_one_after_the_other() {
    let app = TestApp::start();
    let stay = format!(
        "GET {}json HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip\r\n\r\n",
        paths::system::DOCS
    );
    let last = http::head("GET", "/nothing", &[]);
    assert_eq!(
        statuses(&app, &format!("{}{last}", stay.repeat(5))),
        ["200", "200", "200", "200", "200", "404"]
    );
}

/// A load balancer keeps its connections for a minute, and answers 502 when the shop ends one that it is about to use.
#[test]
fn a_connection_is_kept_while_nothing_is_asked() {
    let app = TestApp::start();
    let mut stream = http::connect(app.port).unwrap();
    answer(&mut stream);
    // The framework's own patience is five seconds.
    stream.set_read_timeout(Some(Duration::from_secs(7))).unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    stream.write_all(http::head("GET", "/nothing", &[]).as_bytes()).unwrap();
    let mut last = Vec::new();
    stream.read_to_end(&mut last).unwrap();
    assert!(last.starts_with(b"HTTP/1.1 404"));
}

#[test]
fn who_finds_no_place_is_answered_when_somebody_goes() {
    // Each worker has its part of the places.
    let places = std::thread::available_parallelism().unwrap().get() * 2;
    let app = TestApp::builder(Content::Demo).set("MAX_CONNECTIONS", places).start();
    let mut inside: Vec<TcpStream> = (0..places).map(|_| http::connect(app.port).unwrap()).collect();
    inside.iter_mut().for_each(|stream| assert!(answer(stream).starts_with("HTTP/1.1 200")));
    let mut outside = http::connect(app.port).unwrap();
    outside.write_all(stay().as_bytes()).unwrap();
    // Who is inside is answered all the same; meanwhile the other would have been, many times.
    for _ in 0..20 {
        inside.iter_mut().for_each(|stream| assert!(answer(stream).starts_with("HTTP/1.1 200")));
    }
    outside.set_nonblocking(true).unwrap();
    assert_eq!(outside.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    outside.set_nonblocking(false).unwrap();
    inside.pop();
    assert!(rest(&mut outside).starts_with("HTTP/1.1 200"));
}
