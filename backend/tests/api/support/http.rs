//! A small HTTP/1.1 client over a plain socket. It sends exactly the bytes a test asks for: no address is tidied up, no
//! header is added behind the test's back, and a connection serves one request.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

/// Longer than any answer may take; a server that hangs fails the test instead of stopping it.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came back, taken apart but not interpreted.
#[derive(Debug, Clone)]
pub struct RawReply {
    pub status: u16,
    /// Names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Opens a connection to a server on this machine.
pub fn connect(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A port of this machine that nobody listens on.
pub fn free_port() -> u16 {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    free.local_addr().unwrap().port()
}

/// The head of a request, with `Connection: close`.
pub fn head(method: &str, target: &str, headers: &[(String, String)]) -> String {
    let mut text = format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text
}

/// Sends one request and reads the whole answer.
pub fn exchange(
    port: u16,
    method: &str,
    target: &str,
    headers: &[(String, String)],
    body: Option<&[u8]>,
) -> io::Result<RawReply> {
    let mut headers = headers.to_vec();
    if let Some(body) = body {
        headers.push(("content-length".to_owned(), body.len().to_string()));
    }
    let mut stream = connect(port)?;
    let mut bytes = head(method, target, &headers).into_bytes();
    bytes.extend_from_slice(body.unwrap_or_default());
    // A server may answer and hang up before it has read everything; what counts is the answer.
    let sent = stream.write_all(&bytes);
    read_reply(stream).or_else(|error| sent.and(Err(error)))
}

/// Sends these bytes, whatever they are, and reads the first answer.
pub fn send_raw(port: u16, bytes: &[u8]) -> io::Result<RawReply> {
    let mut stream = connect(port)?;
    let sent = stream.write_all(bytes);
    // Nothing more comes: a server that waits for the rest of a request gives up.
    let _ = stream.shutdown(std::net::Shutdown::Write);
    read_reply(stream).or_else(|error| sent.and(Err(error)))
}

/// Reads an answer to its end, which is the end of the connection.
pub fn read_reply(mut stream: TcpStream) -> io::Result<RawReply> {
    let mut bytes = Vec::new();
    let received = stream.read_to_end(&mut bytes);
    match parse(&bytes) {
        Some(reply) => Ok(reply),
        None => received.and_then(|_| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("no complete answer: {text:?}")))
        }),
    }
}

fn parse(bytes: &[u8]) -> Option<RawReply> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())))
        .collect::<Option<_>>()?;
    let rest = &bytes[end + 4..];
    let value = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
    let body = if value("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
        join_chunks(rest)?
    } else {
        rest.to_vec()
    };
    Some(RawReply { status, headers, body })
}

fn join_chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while !rest.is_empty() {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + 4 + size..)?;
    }
    // A `HEAD` answer has no chunks at all.
    Some(body)
}
