//! Clients that ask faster than they are answered, or do not even read the answers. What they cost must not grow with what
//! they ask.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::clients::{Honest, PATIENCE};
use super::report::{Seen, seconds};
use super::shop::{Engine, Ground, Shop, wait_until};
use crate::http;
use crate::machine::{self, End};

/// How long a client may leave its answers unread, and some: the system asks less and less often whether it reads.
const LONGEST_DEAFNESS: Duration = Duration::from_secs(60);
/// Memory that clients who do not read may cost together, in kB.
const MOST_GROWTH: u64 = 40_000;
/// Requests of a deaf client with large answers, and with small ones: together more than the server reads at once.
const HEAVY: usize = 100;
const LIGHT: usize = 30_000;
/// The shortest request that there is: the more of them are kept, the more memory they take.
const SHORTEST: &str = "GET / HTTP/1.1\r\nhost:a\r\n\r\n";
/// How many of them a hasty client sends while another one of its requests takes its time.
const HASTE: usize = 5_000;

/// Clients that ask for much and read nothing.
pub fn deaf(ground: &Ground, _: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut shop = Shop::open(ground, Engine::Sqlite, &[])?;
    let pid = shop.server()?.pid();
    let count = ground.either(10, 20);
    let honest = Honest::default();
    std::thread::scope(|scope| -> Result<()> {
        let _over = honest.over_when_dropped();
        scope.spawn(|| honest.ask(&shop));
        honest.wait_until_served()?;
        let before = machine::most_memory(pid)?;
        // What the first ones took, the allocator may keep, and give to the second ones.
        for _ in 0..2 {
            let most = deafen(&shop, pid, count, &mut seen)?;
            let grown = most.saturating_sub(before);
            seen.note(format!("memory has grown by {} MB", grown / 1000));
            seen.expect(grown < MOST_GROWTH, || format!("the server has grown by {grown} kB"));
        }
        Ok(())
    })?;
    honest.judge(&mut seen);
    Ok(seen)
}

/// Connects so many of them and waits until they were sent away. Answers how much memory the server had at most.
fn deafen(shop: &Shop, pid: u32, count: usize, seen: &mut Seen) -> Result<u64> {
    // Answers that the system does not keep for somebody who does not read, and then as many requests as can be sent.
    let mut requests = "GET /api/docs/json HTTP/1.1\r\nhost:a\r\n\r\n".repeat(HEAVY);
    requests.push_str(&SHORTEST.repeat(LIGHT));
    let mut deaf = Vec::new();
    for _ in 0..count {
        let stream = http::connect(shop.port, PATIENCE)?;
        stream.set_nonblocking(true).context("a connection can't be watched")?;
        deaf.push((stream, requests.as_bytes()));
    }
    let peers: std::io::Result<HashSet<u16>> =
        deaf.iter().map(|(stream, _)| stream.local_addr().map(|address| address.port())).collect();
    let peers = peers.context("a connection has no address")?;
    let unread = |ends: &[End]| ends.iter().map(|end| end.unsent).sum::<u64>();
    let (mut most_stuck, mut last) = (0, (0, Instant::now()));
    let started = Instant::now();
    let gone = wait_until("deaf clients are sent away", LONGEST_DEAFNESS, || {
        for (stream, left) in &mut deaf {
            while let Ok(sent @ 1..) = stream.write(left) {
                *left = left.get(sent..).unwrap_or_default();
            }
        }
        let ends = machine::connections(shop.port, &peers)?;
        // Stuck are those for whom there is something, and nothing moves.
        if unread(&ends) != last.0 {
            last = (unread(&ends), Instant::now());
        }
        if last.1.elapsed() > Duration::from_secs(2) {
            most_stuck = ends.iter().filter(|end| end.unsent > 0).count().max(most_stuck);
        }
        std::thread::sleep(Duration::from_millis(50));
        Ok(ends.is_empty())
    });
    seen.note(format!("{most_stuck} deaf clients"));
    seen.expect(most_stuck == count, || format!("only {most_stuck} of {count} clients were stuck"));
    match gone {
        Ok(_) => seen.note(format!("sent away after {}", seconds(started.elapsed()))),
        Err(error) => seen.problems.push(format!("{error:#}")),
    }
    machine::most_memory(pid)
}

/// Clients that ask again and again before the first answer has come, which takes its time.
pub fn hasty(ground: &Ground, _: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut shop = Shop::open(ground, Engine::Sqlite, &[])?;
    let pid = shop.server()?.pid();
    let count = ground.either(5, 10);
    // Each sign-in is computed for a while. Before the second one the server has taken a few of the requests behind it.
    let sign_in = http::request(
        "POST",
        "/api/auth/login",
        &[],
        "{\"email\":\"john@example.com\",\"password\":\"not-his-password\"}",
    );
    let few = SHORTEST.repeat(40);
    let last = http::request("GET", "/health", &[("connection", "close")], "");
    let requests = format!("{sign_in}{few}{sign_in}{}{last}", SHORTEST.repeat(HASTE));
    let honest = Honest::default();
    let answers = std::thread::scope(|scope| -> Result<usize> {
        let _over = honest.over_when_dropped();
        scope.spawn(|| honest.ask(&shop));
        honest.wait_until_served()?;
        let before = machine::most_memory(pid)?;
        let clients: Vec<_> =
            (0..count).map(|_| scope.spawn(|| ask_in_haste(shop.port, &requests))).collect();
        let mut answers = 0;
        for client in clients {
            let Ok(count) = client.join() else { bail!("a client is lost") };
            answers += count?;
        }
        let grown = machine::most_memory(pid)?.saturating_sub(before);
        seen.note(format!("{count} hasty clients got {answers} answers, memory grew by {} MB", grown / 1000));
        seen.expect(grown < MOST_GROWTH, || format!("the server has grown by {grown} kB"));
        Ok(answers)
    })?;
    let asked = count * (40 + HASTE + 3);
    seen.expect(answers == asked, || format!("{answers} answers to {asked} requests"));
    honest.judge(&mut seen);
    Ok(seen)
}

/// Sends all of this at once, and counts the answers.
fn ask_in_haste(port: u16, requests: &str) -> Result<usize> {
    let mut stream = http::connect(port, PATIENCE)?;
    let mut writer = stream.try_clone().context("a connection can't be shared")?;
    let mut answers = Vec::new();
    std::thread::scope(|scope| {
        // What could not be sent is missed among the answers.
        scope.spawn(move || drop(writer.write_all(requests.as_bytes())));
        stream.read_to_end(&mut answers)
    })?;
    Ok(String::from_utf8_lossy(&answers).matches("HTTP/1.1 ").count())
}
