//! How long shoppers wait for the catalogue while a crowd signs in.

use std::time::{Duration, Instant};

use anyhow::Result;
use loadtest::{
    figures::{Times, median, number, tell},
    http::{Connection, get, post},
    shop::{CUSTOMERS, credentials},
};
use shared_types::paths;
use tokio::task::LocalSet;

/// Connections that read the catalogue, each so often.
const READERS: usize = 8;
const PAUSE: Duration = Duration::from_millis(10);
/// Connections that sign in again and again.
const CROWD: usize = 16;
/// Who is told that there is no place comes back after this time.
const COME_BACK: Duration = Duration::from_millis(100);
/// How long a round reads.
const ROUND: Duration = Duration::from_secs(2);

/// Reads the catalogue alone and beside the crowd, by turns: what the rest of the machine does hits both alike.
pub async fn measure(port: u16, rounds: usize) -> Result<()> {
    let (mut quiet, mut stormy) = (Vec::new(), Vec::new());
    let (mut reads, mut served, mut turned_away) = (0, 0, 0);
    for _ in 0..rounds {
        quiet.push(read(port, Instant::now() + ROUND).await?.permille(990));
        let end = Instant::now() + ROUND;
        let (found, crowd) = tokio::join!(read(port, end), storm(port, end));
        let (mut found, crowd) = (found?, crowd?);
        stormy.push(found.permille(990));
        (reads, served, turned_away) = (reads + found.count(), served + crowd.0, turned_away + crowd.1);
    }
    tell("storm.quiet.p99", median(&quiet));
    tell("storm.storm.p99", median(&stormy));
    tell("storm.reads", number(reads));
    tell("storm.served", number(served));
    tell("storm.turned-away", number(turned_away));
    Ok(())
}

async fn read(port: u16, end: Instant) -> Result<Times> {
    let tasks = LocalSet::new();
    let reading = (0..READERS).map(|number| tasks.spawn_local(reader(port, end, number))).collect::<Vec<_>>();
    tasks.await;
    let mut times = Times::default();
    for task in reading {
        times.merge(task.await??);
    }
    Ok(times)
}

async fn reader(port: u16, end: Instant, number: usize) -> Result<Times> {
    let addresses = [paths::catalog::PRODUCTS, paths::catalog::CATEGORIES, "/api/search?q=yoga"];
    let requests = addresses.map(|address| get(address, &["accept-encoding: br".to_owned()]));
    let mut connection = Connection::open(port).await?;
    let mut times = Times::default();
    for request in requests.iter().cycle().skip(number) {
        if Instant::now() >= end {
            break;
        }
        let answer = connection.send(request).await?;
        anyhow::ensure!(answer.status == 200, "the catalogue answers {}", answer.status);
        times.add(answer.took);
        tokio::time::sleep(PAUSE).await;
    }
    Ok(times)
}

/// How many could sign in, and how many were told to come back.
async fn storm(port: u16, end: Instant) -> Result<(usize, usize)> {
    let tasks = LocalSet::new();
    let crowd = (0..CROWD).map(|number| tasks.spawn_local(customer(port, end, number))).collect::<Vec<_>>();
    tasks.await;
    let mut sum = (0, 0);
    for task in crowd {
        let (served, turned_away) = task.await??;
        sum = (sum.0 + served, sum.1 + turned_away);
    }
    Ok(sum)
}

async fn customer(port: u16, end: Instant, number: usize) -> Result<(usize, usize)> {
    let email = CUSTOMERS.iter().cycle().nth(number).copied().unwrap_or_default();
    let request = post(paths::auth::LOGIN, &[], &credentials(email));
    let mut connection = Connection::open(port).await?;
    let mut sum = (0, 0);
    while Instant::now() < end {
        match connection.send(&request).await?.status {
            200 => sum.0 += 1,
            503 => {
                sum.1 += 1;
                tokio::time::sleep(COME_BACK).await;
            }
            status => anyhow::bail!("signing in answers {status}"),
        }
    }
    Ok(sum)
}
