//! Clients that are slow, silent, endless or too many. Nobody else may notice them.

use std::io::{BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::report::{Seen, seconds};
use super::shop::{Engine, Ground, Shop, wait_until};
use crate::http::{self, Client, Reply};
use crate::machine;

/// How long these clients wait for anything.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How long a slow client may keep its connection.
const LONGEST_HOLD: Duration = Duration::from_secs(25);
/// What honest clients may wait meanwhile.
const LONGEST_ANSWER: Duration = Duration::from_secs(2);
/// Threads that connect.
const CALLERS: usize = 10;
/// How long a client may keep a connection without a word; the server's own measure.
const SILENCE: Duration = Duration::from_secs(10);
/// Files that are no silent connections.
const OTHER_FILES: u64 = 500;
/// Bytes of headers that nobody sends.
const HUGE_HEAD: usize = 300_000;

/// Heads that come a byte a second, on new connections and on ones that have been used.
pub fn slow_heads(ground: &Ground, _: Engine) -> Result<Seen> {
    let mut is_used = false;
    let begin = |stream: &mut TcpStream| {
        is_used = !is_used;
        if is_used {
            stream.write_all(http::request("GET", "/health", &[], "").as_bytes())?;
            http::read_reply(&mut BufReader::new(&*stream))?;
        }
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
    mut begin: impl FnMut(&mut TcpStream) -> std::io::Result<()>,
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
pub struct Honest {
    is_over: AtomicBool,
    asked: Mutex<(usize, Duration, Vec<String>)>,
}

/// Ends the asking, also when what is done meanwhile has failed.
pub struct Over<'h>(&'h AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Honest {
    /// Keeps asking until what it answers is dropped.
    pub fn over_when_dropped(&self) -> Over<'_> {
        Over(&self.is_over)
    }

    /// Waits for the first answers, so that what they cost the server is not taken for somebody else's doing.
    pub fn wait_until_served(&self) -> Result<()> {
        let served = || self.asked.lock().is_ok_and(|asked| asked.0 >= 100);
        wait_until("honest clients are served", PATIENCE, || Ok(served())).map(drop)
    }

    /// Asks again and again.
    pub fn ask(&self, shop: &Shop) {
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

    /// Notes what it was like.
    pub fn judge(self, seen: &mut Seen) {
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
    let before = machine::memory(shop.server()?.pid())?;
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
    let grown = machine::memory(shop.server()?.pid())?.saturating_sub(before);
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
    machine::allow_files(u64::try_from(wanted)? + OTHER_FILES)?;
    let mut shop = Shop::open(ground, Engine::Sqlite, &[])?;
    let pid = shop.server()?.pid();
    let honest = Honest::default();
    let silent =
        std::thread::scope(|scope| -> Result<Vec<TcpStream>> {
            let _over = honest.over_when_dropped();
            scope.spawn(|| honest.ask(&shop));
            honest.wait_until_served()?;
            let (files, memory) = (machine::files(pid), machine::memory(pid)?);
            let started = Instant::now();
            let silent = call(shop.port, wanted)?;
            seen.note(format!("{} connected in {}", silent.len(), seconds(started.elapsed())));
            let mut most = 0;
            // The first ones are sent away ten seconds after they have come: by then all have to be there.
            let all = wait_until("all are there", SILENCE, || {
                most = machine::files(pid).saturating_sub(files).max(most);
                Ok(most >= wanted)
            });
            let grown = machine::memory(pid)?.saturating_sub(memory);
            seen.note(format!("{most} connections at once, {} MB", grown / 1000));
            seen.expect(all.is_ok(), || format!("only {most} of {wanted} clients were there at once"));
            let gone = wait_until("silent clients are sent away", LONGEST_HOLD, || {
                Ok(machine::files(pid) <= files + 10)
            });
            match gone {
                Ok(_) => seen.note(format!("sent away after {}", seconds(started.elapsed()))),
                Err(_) => seen.problems.push(format!("{} files are still open", machine::files(pid))),
            }
            Ok(silent)
        })?;
    let untold = silent.into_iter().filter_map(|mut stream| still_open(&mut stream).is_none().then_some(()));
    let untold = untold.count();
    seen.expect(untold == 0, || format!("{untold} clients do not know that they were sent away"));
    honest.judge(&mut seen);
    Ok(seen)
}

/// So many connections, made by several at once.
fn call(port: u16, wanted: usize) -> Result<Vec<TcpStream>> {
    let caller = || -> Result<Vec<TcpStream>> {
        let streams = (0..wanted / CALLERS).map(|_| {
            let stream = http::connect(port, PATIENCE)?;
            stream.set_nonblocking(true)?;
            Ok(stream)
        });
        streams.collect()
    };
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(caller)).collect();
        let mut all = Vec::new();
        for caller in callers {
            let Ok(streams) = caller.join() else { bail!("a caller is lost") };
            all.append(&mut streams?);
        }
        Ok(all)
    })
}
