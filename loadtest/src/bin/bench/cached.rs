//! Answers from memory against a bare handler, on one core each: rounds of one second, by turns, so that whatever else the
//! machine does hits all of them alike.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
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

/// What one round came to.
struct Round {
    per_second: f64,
    times: Times,
}

/// Measures all addresses in one coding.
pub async fn measure(ports: [u16; 3], rounds: usize, coding: &str, addresses: &[&str]) -> Result<()> {
    for (number, address) in addresses.iter().enumerate() {
        let request = get(address, &[format!("accept-encoding: {coding}")]);
        same_bytes(ports, &request).await?;
        let mut found = [const { Vec::new() }; 3];
        for port in ports {
            round(port, &request, WARM_UP).await?;
        }
        for _ in 0..rounds {
            for (port, found) in ports.iter().zip(&mut found) {
                found.push(round(*port, &request, ROUND).await?);
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
            tell(
                &format!("cached.{coding}.{number}.{name}.p99"),
                of(|round| round.times.permille(990), found),
            );
        }
    }
    Ok(())
}

/// Both must answer the same, or the comparison means nothing.
async fn same_bytes(ports: [u16; 3], request: &[u8]) -> Result<()> {
    let mut first: Option<Vec<u8>> = None;
    for port in ports {
        let mut connection = Connection::open(port).await?;
        let answer = connection.send(request).await?;
        let body = answer.body.to_vec();
        if answer.status != 200 || first.as_ref().is_some_and(|first| *first != body) {
            bail!("the servers do not answer alike: {}", answer.head);
        }
        first.get_or_insert(body);
    }
    Ok(())
}

async fn round(port: u16, request: &[u8], time: Duration) -> Result<Round> {
    let end = Instant::now() + time;
    let tasks = LocalSet::new();
    let started = Instant::now();
    let all = tasks.run_until(async {
        let mut asking = Vec::new();
        for _ in 0..CONNECTIONS {
            let request = request.to_vec();
            asking.push(tokio::task::spawn_local(ask_until(end, port, request)));
        }
        let mut times = Times::default();
        for task in asking {
            times.merge(task.await??);
        }
        anyhow::Ok(times)
    });
    let times = all.await?;
    Ok(Round { per_second: number(times.count()) / started.elapsed().as_secs_f64(), times })
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
