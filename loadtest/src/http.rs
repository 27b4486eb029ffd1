//! A small HTTP/1.1 client for one connection that is kept open. It does what a measurement needs and no more, so that the
//! server is what is measured: goose and its like take longer for a request than the shop does.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use memchr::memmem;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The longest answer's head that is accepted.
const HEAD_MAX: usize = 64 * 1024;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to a server on this machine.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'c> {
    /// HTTP status.
    pub status: u16,
    /// Status line and headers.
    pub head: &'c str,
    /// The body, as it travelled.
    pub body: &'c [u8],
    /// From before the first byte of the request was sent until after the last of the answer had come.
    pub took: Duration,
}

impl Answer<'_> {
    /// The body as JSON, of an answer that must be a success.
    pub fn json(&self) -> Result<Value> {
        if !(200..300).contains(&self.status) {
            bail!("answered {}: {}", self.status, String::from_utf8_lossy(self.body));
        }
        serde_json::from_slice(self.body).context("the answer is no JSON")
    }
}

impl Connection {
    /// Connects to a port of this machine.
    pub async fn open(port: u16) -> Result<Self> {
        Self::to(&format!("http://127.0.0.1:{port}")).await
    }

    /// Connects to the server of an address, `http://host:port`.
    pub async fn to(address: &str) -> Result<Self> {
        let Some(authority) = address.strip_prefix("http://") else {
            bail!("{address:?} must begin with http://: this client knows no TLS");
        };
        let authority = authority.split('/').next().unwrap_or_default();
        let place = if authority.ends_with(']') || !authority.contains(':') {
            format!("{authority}:80")
        } else {
            authority.to_owned()
        };
        let stream =
            TcpStream::connect(&place).await.with_context(|| format!("nobody listens at {place}"))?;
        stream.set_nodelay(true).context("the connection can't be prepared")?;
        Ok(Self { stream, buffer: vec![0; 256 * 1024] })
    }

    /// Sends a request and waits for the whole answer.
    pub async fn send(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        tokio::time::timeout(PATIENCE, self.exchange(request)).await.context("no answer in time")?
    }

    /// Like [`Self::send`], without a limit of time, which would cost a timer for each request.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        let started = Instant::now();
        self.stream.write_all(request).await.context("the request can't be sent")?;
        let mut filled = 0;
        let (head_end, length) = loop {
            filled += self.read(filled).await?;
            let received = self.buffer.get(..filled).unwrap_or_default();
            if let Some(head_end) = find_end_of_head(received) {
                break (head_end, content_length(received.get(..head_end).unwrap_or_default())?);
            }
            if filled > HEAD_MAX {
                bail!("the answer's head does not end");
            }
        };
        let end = head_end + length;
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        while filled < end {
            filled += self.read(filled).await?;
        }
        let took = started.elapsed();
        let head = self.buffer.get(..head_end).unwrap_or_default();
        let head = std::str::from_utf8(head).context("the answer's head is no text")?;
        let body = self.buffer.get(head_end..end).unwrap_or_default();
        Ok(Answer { status: status(head)?, head, body, took })
    }

    async fn read(&mut self, from: usize) -> Result<usize> {
        let room = self.buffer.get_mut(from..).unwrap_or_default();
        let count = self.stream.read(room).await.context("the answer can't be read")?;
        if count == 0 {
            bail!("the server closed the connection");
        }
        Ok(count)
    }
}

/// A request without a body. Each of `headers` is a whole line without its end.
pub fn get(address: &str, headers: &[String]) -> Vec<u8> {
    request("GET", address, headers, None)
}

/// A request with a body of JSON.
pub fn post(address: &str, headers: &[String], body: &Value) -> Vec<u8> {
    request("POST", address, headers, Some(body))
}

fn request(method: &str, address: &str, headers: &[String], body: Option<&Value>) -> Vec<u8> {
    let mut text =
        format!("{method} {address} HTTP/1.1\r\nhost: localhost\r\nuser-agent: loadtest\r\naccept: */*\r\n");
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    match body.map(Value::to_string) {
        Some(body) => {
            let length = body.len();
            text.push_str(&format!(
                "content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
            ));
        }
        None => text.push_str("\r\n"),
    }
    text.into_bytes()
}

/// The line that signs a request.
pub fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}")
}

fn find_end_of_head(received: &[u8]) -> Option<usize> {
    memmem::find(received, b"\r\n\r\n").map(|start| start + 4)
}

/// `content-length` of a head; 0 when there is none. The server writes names of headers in small letters.
fn content_length(head: &[u8]) -> Result<usize> {
    const NAME: &[u8] = b"\r\ncontent-length: ";
    let Some(start) = memmem::find(head, NAME) else { return Ok(0) };
    let value = head.get(start + NAME.len()..).unwrap_or_default();
    let digits: Vec<u8> = value.iter().copied().take_while(u8::is_ascii_digit).collect();
    let text = String::from_utf8(digits).unwrap_or_default();
    text.parse().context("content-length is no number")
}

fn status(head: &str) -> Result<u16> {
    let word = head.split(' ').nth(1).unwrap_or_default();
    word.parse()
        .with_context(|| format!("the answer begins with {:?}", head.lines().next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use serde_json::json;

    use super::*;

    /// A server that answers one connection with these bytes, in these pieces.
    fn answering(pieces: Vec<Vec<u8>>) -> u16 {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1_024];
            assert!(stream.read(&mut request).unwrap() > 0);
            for piece in pieces {
                stream.write_all(&piece).unwrap();
                stream.flush().unwrap();
            }
        });
        port
    }

    #[tokio::test]
    async fn an_answer_in_many_pieces_is_put_together() {
        let body = vec![b'x'; 400_000];
        let mut whole = b"HTTP/1.1 200 OK\r\ncontent-length: 400000\r\nx: y\r\n\r\n".to_vec();
        whole.extend(&body);
        let port = answering(whole.chunks(37).map(<[u8]>::to_vec).collect());
        let mut connection = Connection::open(port).await.unwrap();
        let answer = connection.send(&get("/", &[])).await.unwrap();
        assert_eq!((answer.status, answer.body), (200, body.as_slice()));
        assert!(answer.head.contains("x: y"));
    }

    #[tokio::test]
    async fn an_answer_that_is_cut_short_is_an_error() {
        let port = answering(vec![b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc".to_vec()]);
        let mut connection = Connection::open(port).await.unwrap();
        assert!(connection.send(&get("/", &[])).await.is_err());
    }

    #[tokio::test]
    async fn a_refusal_is_no_json_to_go_on_with() {
        let port = answering(vec![b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}".to_vec()]);
        let mut connection = Connection::open(port).await.unwrap();
        let answer = connection.send(&get("/", &[])).await.unwrap();
        assert!(answer.json().unwrap_err().to_string().contains("404"));
    }

    #[test]
    fn a_body_travels_with_its_length() {
        let text = String::from_utf8(post("/x", &[bearer("t")], &json!({"a": 1}))).unwrap();
        assert!(text.starts_with("POST /x HTTP/1.1\r\n") && text.ends_with("\r\n\r\n{\"a\":1}"));
        assert!(text.contains("content-length: 7\r\n") && text.contains("authorization: Bearer t\r\n"));
    }
}
