//! Clients that are slow, silent, endless or too many. Nobody else may notice them.

use std::io::{BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::http::{self, Client, Reply};
use super::report::{Seen, seconds};
use super::shop::{Engine, Ground, Shop, wait_until};

const PATIENCE: Duration = Duration::from_secs(60);
/// How long a slow client may keep its connection.
const LONGEST_HOLD: Duration = Duration::from_secs(25);
/// What honest clients may wait meanwhile.
const LONGEST_ANSWER: Duration = Duration::from_secs(2);
/// Threads that connect.
const CALLERS: usize = 10;
/// Bytes of headers that nobody sends.
const HUGE_HEAD: usize = 300_000;

/// Heads that come a byte a second, on new connections and on ones that have been used.
pub fn slow_heads(ground: &Ground, _: Engine) -> Result<Seen> {
    let begin = |stream: &mut TcpStream| {
        stream.write_all(b"GET /api/catalog/products HTTP/1.1\r\nhost: localhost\r\nx-slow: ")
    };
    slow(ground, ground.either(100, 500), begin)
}

/// Bodies that come a byte a second.
pub fn slow_bodies(ground: &Ground, _: Engine) -> Result<Seen> {
    let begin = |stream: &mut TcpStream| {
        stream.write_all(
            b"POST /api/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
              content-length: 5000\r\n\r\n{\"email\":\"",
        )
    };
    slow(ground, ground.either(100, 500), begin)
}

fn slow(
    ground: &Ground,
    count: usize,
    begin: impl Fn(&mut TcpStream) -> std::io::Result<()>,
) -> Result<Seen> {
    let mut seen = Seen::default();
    let shop = Shop::open(ground, Engine::Sqlite, &[])?;
    let mut slow = Vec::new();
    for _ in 0..count {
        let mut stream = http::connect(shop.port, PATIENCE)?;
        begin(&mut stream)?;
        stream.set_nonblocking(true).context("a connection can't be watched")?;
        slow.push(stream);
    }
    let started = Instant::now();
    let mut statuses = std::collections::BTreeMap::<String, usize>::new();
    let honest = Honest::default();
    std::thread::scope(|scope| {
        scope.spawn(|| honest.ask(&shop));
        while !slow.is_empty() && started.elapsed() < LONGEST_HOLD {
            slow.retain_mut(|stream| match still_open(stream) {
                None => true,
                Some(answer) => {
                    *statuses.entry(answer).or_default() += 1;
                    false
                }
            });
            std::thread::sleep(Duration::from_secs(1));
        }
        honest.is_over.store(true, Ordering::Relaxed);
    });
    let words: Vec<String> = statuses.iter().map(|(answer, count)| format!("{count} × {answer}")).collect();
    seen.note(format!(
        "{count} slow clients sent away after {}: {}",
        seconds(started.elapsed()),
        words.join(", ")
    ));
    seen.expect(slow.is_empty(), || format!("{} slow clients are still connected", slow.len()));
    honest.judge(&mut seen);
    Ok(seen)
}

/// Sends one more byte. When the server has hung up: the status it has sent before.
fn still_open(stream: &mut TcpStream) -> Option<String> {
    let mut answer = [0; 512];
    match stream.read(&mut answer) {
        Ok(0) => Some("hung up".to_owned()),
        Ok(length) => {
            let text = String::from_utf8_lossy(answer.get(..length).unwrap_or_default()).into_owned();
            Some(text.split(' ').nth(1).unwrap_or("nothing readable").to_owned())
        }
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            stream.write_all(b"x").err().map(|_| "hung up".to_owned())
        }
        Err(_) => Some("hung up".to_owned()),
    }
}

/// Somebody who behaves, and notes how long that takes.
#[derive(Default)]
struct Honest {
    is_over: AtomicBool,
    asked: Mutex<(usize, Duration, Vec<String>)>,
}

impl Honest {
    fn ask(&self, shop: &Shop) {
        let mut client = Client::with_patience(shop.port, PATIENCE);
        while !self.is_over.load(Ordering::Relaxed) {
            let started = Instant::now();
            let reply = client.get("/api/catalog/products?limit=5");
            let Ok(mut asked) = self.asked.lock() else { return };
            asked.0 += 1;
            asked.1 = asked.1.max(started.elapsed());
            match reply {
                Ok(reply) if reply.status == 200 => {}
                Ok(reply) => asked.2.push(reply.brief()),
                Err(error) => asked.2.push(error.to_string()),
            }
            drop(asked);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn judge(self, seen: &mut Seen) {
        let (asked, slowest, mut problems) = self.asked.into_inner().unwrap_or_default();
        seen.note(format!("{asked} honest requests, the slowest {}", seconds(slowest)));
        seen.expect(asked > 0 && slowest < LONGEST_ANSWER, || "honest clients were held up".to_owned());
        problems.truncate(3);
        seen.problems.append(&mut problems);
    }
}

/// Heads and bodies that are too large, with and without an end.
pub fn oversized(ground: &Ground, _: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut shop = Shop::open(ground, Engine::Sqlite, &[])?;
    let before = memory(shop.server()?.pid())?;
    let many: String = (0..500).map(|number| format!("x-{number}: y\r\n")).collect();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let post = "POST /api/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let cases: [(&str, String, &str, &[u16]); 5] = [
        (
            "a huge header",
            format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "y".repeat(HUGE_HEAD)),
            "",
            &[400, 431, 413],
        ),
        ("500 headers", format!("GET / HTTP/1.1\r\nhost: localhost\r\n{many}\r\n"), "", &[400, 431]),
        ("a body of 2 MiB", format!("{post}content-length: 2097152\r\n\r\n"), &chunk, &[413]),
        (
            "a body of 10 GB that is only announced",
            format!("{post}content-length: 10000000000\r\n\r\n"),
            "",
            &[413],
        ),
        ("a body without an end", format!("{post}transfer-encoding: chunked\r\n\r\n"), &chunk, &[413]),
    ];
    for (what, head, more, expected) in cases {
        for _ in 0..ground.either(5, 20) {
            let reply = pour(shop.port, &head, more)?;
            let status = reply.as_ref().map(|reply| reply.status);
            // Whoever sends more than is read may lose the answer with the connection.
            let is_good = status.is_none_or(|status| expected.contains(&status));
            seen.expect(is_good, || {
                format!("{what}: {}", reply.map_or_else(String::new, |reply| reply.brief()))
            });
        }
    }
    let grown = memory(shop.server()?.pid())?.saturating_sub(before);
    seen.note(format!("memory grew by {} MB", grown / 1000));
    seen.expect(grown < 100_000, || format!("the server has grown by {grown} kB"));
    let after = shop.client().get("/health")?;
    seen.expect(after.status == 200, || after.brief());
    Ok(seen)
}

/// Sends a head and then the same bytes again and again until somebody answers or hangs up.
fn pour(port: u16, head: &str, more: &str) -> Result<Option<Reply>> {
    let mut stream = http::connect(port, PATIENCE)?;
    let mut sent = stream.write_all(head.as_bytes()).is_ok();
    stream.set_read_timeout(Some(Duration::from_millis(50)))?;
    let mut reader = BufReader::new(stream.try_clone().context("a connection can't be shared")?);
    let started = Instant::now();
    let mut rounds = 0;
    while started.elapsed() < PATIENCE && rounds < 200 {
        if !more.is_empty() && sent {
            sent = stream.write_all(more.as_bytes()).is_ok();
        }
        if reader.get_ref().peek(&mut [0]).is_ok() || !sent {
            break;
        }
        rounds += 1;
    }
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(http::read_reply(&mut reader).ok())
}

/// Connections that say nothing.
pub fn idle(ground: &Ground, _: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let wanted = ground.either(2_000, 10_000);
    let mut shop = Shop::open(ground, Engine::Sqlite, &[])?;
    let pid = shop.server()?.pid();
    let honest = Honest::default();
    let (mut most, before) = (0, memory(pid)?);
    let silent = Mutex::new(Vec::new());
    let started = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| honest.ask(&shop));
        // Several connect at once: the first ones are sent away after ten seconds.
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                scope.spawn(|| {
                    let mut mine = Vec::new();
                    while mine.len() < wanted / CALLERS && started.elapsed() < Duration::from_secs(8) {
                        let Ok(stream) = http::connect(shop.port, Duration::from_secs(2)) else { break };
                        mine.push(stream);
                    }
                    if let Ok(mut silent) = silent.lock() {
                        silent.append(&mut mine);
                    }
                })
            })
            .collect();
        for caller in callers {
            // Those who could not connect are missed below.
            drop(caller.join());
        }
        std::thread::sleep(Duration::from_millis(500));
        most = files(pid);
        let grown = memory(pid).unwrap_or_default().saturating_sub(before);
        seen.note(format!("{most} connections at once, {} MB", grown / 1000));
        let gone = wait_until("silent clients are sent away", LONGEST_HOLD, || Ok(files(pid) < 200));
        honest.is_over.store(true, Ordering::Relaxed);
        match gone {
            Ok(took) => seen.recovered_after(took),
            Err(_) => seen.problems.push(format!("{} connections are still open", files(pid))),
        }
    });
    let silent = silent.into_inner().map_or(0, |silent| silent.len());
    // The first ones are sent away before a slow machine has connected the last ones.
    seen.expect(most >= wanted / 4, || format!("only {silent} of {wanted} clients got in"));
    honest.judge(&mut seen);
    Ok(seen)
}

/// Clients that ask for much and read nothing.
pub fn deaf(ground: &Ground, _: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut shop = Shop::open(ground, Engine::Sqlite, &[])?;
    let pid = shop.server()?.pid();
    let before = memory(pid)?;
    // Far more than the system keeps for a client that does not read.
    let requests = http::request("GET", "/api/catalog/products?limit=100", &[], "").repeat(400);
    let count = ground.either(10, 20);
    let mut deaf = Vec::new();
    for _ in 0..count {
        let mut stream = http::connect(shop.port, PATIENCE)?;
        stream.set_nonblocking(true).context("a connection can't be watched")?;
        // What does not fit stays unsaid.
        drop(stream.write(requests.as_bytes()));
        deaf.push(stream);
    }
    let honest = Honest::default();
    std::thread::scope(|scope| {
        scope.spawn(|| honest.ask(&shop));
        let gone = wait_until("deaf clients are sent away", Duration::from_secs(60), || Ok(files(pid) < 35));
        honest.is_over.store(true, Ordering::Relaxed);
        match gone {
            Ok(took) => seen.recovered_after(took),
            Err(_) => seen.problems.push(format!("{} files are still open", files(pid))),
        }
    });
    let grown = memory(pid)?.saturating_sub(before);
    seen.note(format!("{count} deaf clients, memory grew by {} MB", grown / 1000));
    seen.expect(grown < 100_000, || format!("the server has grown by {grown} kB"));
    honest.judge(&mut seen);
    Ok(seen)
}

/// Files and connections that a process has open.
fn files(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}

/// Memory that a process occupies, in kB.
fn memory(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("the server is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()).and_then(|word| word.parse().ok());
    number.context("a process has no memory")
}
