//! Answers from memory against a bare handler, on one core each: short rounds, by turns, so that whatever else the machine
//! does hits all of them alike. How many answers come in a round still depends on how much of the core the machine had for
//! the server, so the processor time that the server took for them is measured as well.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use loadtest::{
    figures::{Times, median, number, tell},
    http::{Connection, get},
};
use tokio::task::LocalSet;

/// Connections at once: enough to keep one core busy.
const CONNECTIONS: usize = 16;
const ROUND: Duration = Duration::from_millis(800);
/// Requests before the first round: the answer is made, and memory is warm.
const WARM_UP: Duration = Duration::from_millis(300);
/// The servers, in the order of the ports.
const NAMES: [&str; 3] = ["shop", "bare", "same"];

/// A server that is measured.
#[derive(Clone, Copy)]
pub struct Measured {
    port: u16,
    process: u32,
}

impl Measured {
    /// From `<port>:<process>`.
    pub fn parse(text: &str) -> Result<Self> {
        let (port, process) = text.split_once(':').with_context(|| format!("{text:?} names no process"))?;
        Ok(Self { port: super::port(port)?, process: process.parse().context("a process is a number")? })
    }

    /// Processor time that its threads have taken so far, in microseconds, to the nanosecond (proc(5), `schedstat`).
    fn processor_time(self) -> Result<f64> {
        let mut nanoseconds = 0_u64;
        for thread in
            std::fs::read_dir(format!("/proc/{}/task", self.process)).context("the server is gone")?
        {
            let Ok(text) = std::fs::read_to_string(thread?.path().join("schedstat")) else { continue };
            let word = text.split_whitespace().next();
            nanoseconds +=
                word.and_then(|word| word.parse::<u64>().ok()).context("schedstat can't be read")?;
        }
        Ok(Duration::from_nanos(nanoseconds).as_secs_f64() * 1e6)
    }
}

/// What one round came to.
struct Round {
    per_second: f64,
    times: Times,
    /// Processor time for a request, in microseconds.
    processor: f64,
}

/// Measures all addresses in one coding.
pub async fn measure(servers: [Measured; 3], rounds: usize, coding: &str, addresses: &[&str]) -> Result<()> {
    for (number, address) in addresses.iter().enumerate() {
        let request = get(address, &[format!("accept-encoding: {coding}")]);
        same_bytes(servers, &request).await?;
        let mut found = [const { Vec::new() }; 3];
        for server in servers {
            round(server, &request, WARM_UP).await?;
        }
        for _ in 0..rounds {
            for (server, found) in servers.iter().zip(&mut found) {
                found.push(round(*server, &request, ROUND).await?);
            }
        }
        for (name, found) in NAMES.iter().zip(&mut found) {
            let of = |value: fn(&mut Round) -> f64, found: &mut Vec<Round>| {
                median(&found.iter_mut().map(value).collect::<Vec<_>>())
            };
            tell(&format!("cached.{coding}.{number}.{name}.rate"), of(|round| round.per_second, found));
            tell(
                &format!("cached.{coding}.{number}.{name}.p50"),
                of(|round| round.times.permille(500), found),
            );
            tell(&format!("cached.{coding}.{number}.{name}.processor"), of(|round| round.processor, found));
            tell(
                &format!("cached.{coding}.{number}.{name}.p99"),
                of(|round| round.times.permille(990), found),
            );
        }
    }
    Ok(())
}

/// Both must answer the same, or the comparison means nothing.
async fn same_bytes(servers: [Measured; 3], request: &[u8]) -> Result<()> {
    let mut first: Option<Vec<u8>> = None;
    for server in servers {
        let mut connection = Connection::open(server.port).await?;
        let answer = connection.send(request).await?;
        let body = answer.body.to_vec();
        if answer.status != 200 || first.as_ref().is_some_and(|first| *first != body) {
            bail!("the servers do not answer alike: {}", answer.head);
        }
        first.get_or_insert(body);
    }
    Ok(())
}

async fn round(server: Measured, request: &[u8], time: Duration) -> Result<Round> {
    let end = Instant::now() + time;
    let tasks = LocalSet::new();
    let before = server.processor_time()?;
    let started = Instant::now();
    let all = tasks.run_until(async {
        let mut asking = Vec::new();
        for _ in 0..CONNECTIONS {
            let request = request.to_vec();
            asking.push(tokio::task::spawn_local(ask_until(end, server.port, request)));
        }
        let mut times = Times::default();
        for task in asking {
            times.merge(task.await??);
        }
        anyhow::Ok(times)
    });
    let times = all.await?;
    let count = number(times.count());
    let per_second = count / started.elapsed().as_secs_f64();
    Ok(Round { per_second, processor: (server.processor_time()? - before) / count, times })
}

async fn ask_until(end: Instant, port: u16, request: Vec<u8>) -> Result<Times> {
    let mut connection = Connection::open(port).await?;
    let mut times = Times::default();
    while Instant::now() < end {
        let answer = connection.exchange(&request).await?;
        if answer.status != 200 {
            bail!("answered {}", answer.status);
        }
        times.add(answer.took);
    }
    Ok(times)
}
