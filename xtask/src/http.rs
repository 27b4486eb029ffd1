//! A small HTTP/1.1 client that keeps its connection, as shoppers' browsers do, and sees everything that comes back.

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// How long a client waits for an answer. Longer than the server may take for anything, so that a client that gives up has
/// found a server that hangs.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// The body, as text.
    pub body: String,
}

impl Reply {
    /// A header, by its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first text of this name in the JSON body.
    pub fn text(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.body.split_once(&format!("\"{name}\":\""))?;
        rest.split_once('"').map(|(value, _)| value)
    }

    /// Whether it refuses for now and says when to come back.
    pub fn is_come_back_later(&self) -> bool {
        matches!(self.status, 503 | 409) && self.header("retry-after").is_some()
    }

    /// Status and the beginning of the body, for reports.
    pub fn brief(&self) -> String {
        let body: String = self.body.chars().take(160).collect();
        format!("{} {body}", self.status)
    }
}

/// One client of a server on this machine.
pub struct Client {
    port: u16,
    patience: Duration,
    connection: Option<BufReader<TcpStream>>,
}

impl Client {
    /// A client that connects when it is first used.
    pub fn new(port: u16) -> Self {
        Self { port, patience: PATIENCE, connection: None }
    }

    /// The same with another patience.
    pub fn with_patience(port: u16, patience: Duration) -> Self {
        Self { patience, ..Self::new(port) }
    }

    /// Asks for an address. A connection that the server has closed meanwhile is replaced, since reading is safe to repeat.
    pub fn get(&mut self, path: &str) -> io::Result<Reply> {
        let had_connection = self.connection.is_some();
        match self.send("GET", path, &[], "") {
            Err(error) if had_connection && is_hang_up(&error) => self.send("GET", path, &[], ""),
            outcome => outcome,
        }
    }

    /// Sends a request once. After an error nobody knows whether the server has seen it.
    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> io::Result<Reply> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => BufReader::new(connect(self.port, self.patience)?),
        };
        let request = request(method, path, headers, body);
        connection.get_mut().write_all(request.as_bytes())?;
        let reply = read_reply(&mut connection)?;
        if reply.header("connection") != Some("close") {
            self.connection = Some(connection);
        }
        Ok(reply)
    }
}

/// Asks for an address once, on a connection of its own.
pub fn get(port: u16, path: &str, headers: &[(&str, &str)]) -> io::Result<Reply> {
    ask(port, "GET", path, headers, "")
}

/// Sends a request once, on a connection of its own.
pub fn ask(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Reply> {
    let headers: Vec<_> = headers.iter().copied().chain([("connection", "close")]).collect();
    Client::new(port).send(method, path, &headers, body)
}

/// Whether GET is answered with 200.
pub fn is_ok(port: u16, path: &str) -> bool {
    get(port, path, &[]).is_ok_and(|reply| reply.status == 200)
}

/// A connection to a server on this machine.
pub fn connect(port: u16, patience: Duration) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The bytes of a request.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        text.push_str(&format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    text.push_str(body);
    text
}

/// Reads one answer; the connection can be used for another one then.
pub fn read_reply(connection: &mut impl BufRead) -> io::Result<Reply> {
    let status = line(connection)?
        .split(' ')
        .nth(1)
        .and_then(|word| word.parse().ok())
        .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "no status line"))?;
    let mut headers = Vec::new();
    loop {
        let line = line(connection)?;
        if line.is_empty() {
            break;
        }
        let (name, value) =
            line.split_once(':').ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "no header"))?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut reply = Reply { status, headers, body: String::new() };
    let length = reply.header("content-length").and_then(|length| length.parse::<usize>().ok());
    if let Some(length) = length {
        let mut body = vec![0; length];
        connection.read_exact(&mut body)?;
        reply.body = String::from_utf8_lossy(&body).into_owned();
    } else if reply.header("transfer-encoding").is_some() {
        reply.body = read_chunks(connection)?;
    }
    Ok(reply)
}

fn line(connection: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if connection.read_line(&mut line)? == 0 {
        return Err(io::Error::new(ErrorKind::UnexpectedEof, "the server hung up"));
    }
    Ok(line.trim_end().to_owned())
}

fn read_chunks(connection: &mut impl BufRead) -> io::Result<String> {
    let mut body = Vec::new();
    loop {
        let size = line(connection)?;
        let size = usize::from_str_radix(&size, 16)
            .map_err(|_| io::Error::new(ErrorKind::InvalidData, "no size of a chunk"))?;
        let mut chunk = vec![0; size];
        connection.read_exact(&mut chunk)?;
        line(connection)?;
        if size == 0 {
            return Ok(String::from_utf8_lossy(&body).into_owned());
        }
        body.extend(chunk);
    }
}

fn is_hang_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::BrokenPipe
            | ErrorKind::ConnectionAborted
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::free_port;

    fn read(text: &str) -> Reply {
        read_reply(&mut text.as_bytes()).unwrap()
    }

    #[test]
    fn an_answer_is_taken_apart() {
        let reply =
            read("HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 14\r\n\r\n{\"code\":\"BUSY\"}");
        assert_eq!((reply.status, reply.header("retry-after")), (503, Some("5")));
        assert!(reply.is_come_back_later());
        assert_eq!(
            read("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"token\":\"x\"}").text("token"),
            None
        );
        assert_eq!(
            read("HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"token\":\"x\"}").text("token"),
            Some("x")
        );
    }

    #[test]
    fn chunks_are_joined() {
        let reply =
            read("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n");
        assert_eq!(reply.body, "abcd");
    }

    #[test]
    fn a_connection_that_ends_early_is_an_error_and_so_is_what_is_no_http() {
        assert!(read_reply(&mut "HTTP/1.1 200 OK\r\ncontent-le".as_bytes()).is_err());
        assert!(read_reply(&mut "SSH-2.0-x\r\n\r\n".as_bytes()).is_err());
    }

    #[test]
    fn a_port_without_listener_is_not_well() {
        assert!(!is_ok(free_port().unwrap(), "/ready"));
    }
}
