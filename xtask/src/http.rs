//! As much of HTTP as this needs: one request on 127.0.0.1, one answer.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer.
pub struct Answer {
    /// Its status code.
    pub status: u16,
    head: String,
}

impl Answer {
    /// The value of a header, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (present, value) = line.split_once(':')?;
            present.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Asks with GET.
pub fn get(port: u16, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
    ask(port, "GET", path, headers, "")
}

/// Whether GET is answered with 200.
pub fn is_ok(port: u16, path: &str) -> bool {
    get(port, path, &[]).is_ok_and(|answer| answer.status == 200)
}

/// Asks for anything, on a connection of its own.
pub fn ask(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Result<Answer> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).context("nobody listens")?;
    stream.set_read_timeout(Some(PATIENCE)).context("a connection can't be bounded")?;
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        let length = body.len();
        request.push_str(&format!("Content-Type: application/json\r\nContent-Length: {length}\r\n"));
    }
    write!(stream, "{request}\r\n{body}").context("the request can't be sent")?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).context("the answer ends in the middle")?;
    read(&String::from_utf8_lossy(&bytes))
}

fn read(text: &str) -> Result<Answer> {
    let (head, _) = text.split_once("\r\n\r\n").context("the answer has no end of its head")?;
    let first = head.strip_prefix("HTTP/1.1 ").context("the answer is none of HTTP")?;
    let status = first.split_whitespace().next().and_then(|word| word.parse().ok());
    Ok(Answer { status: status.context("the answer has no status")?, head: head.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::free_port;

    #[test]
    fn status_and_headers_are_read_from_the_head() {
        let answer = read("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\n\r\nX: y").unwrap();
        assert_eq!((answer.status, answer.header("retry-after"), answer.header("x")), (503, Some("2"), None));
    }

    #[test]
    fn something_else_than_http_is_no_answer() {
        assert!(read("SSH-2.0-x\r\n\r\n").is_err() && read("HTTP/1.1 200 OK\r\n").is_err());
    }

    #[test]
    fn a_port_without_listener_is_not_well() {
        assert!(!is_ok(free_port().unwrap(), "/ready"));
    }
}
